import { expect, test } from "vitest";

import { createStyle, wantsColor } from "#cli/output/style.ts";

test.each([
  { name: "terminal", isTerminal: true, env: {}, flag: undefined, expected: true },
  { name: "pipe", isTerminal: false, env: {}, flag: undefined, expected: false },
  {
    name: "dumb terminal",
    isTerminal: true,
    env: { TERM: "dumb" },
    flag: undefined,
    expected: false,
  },
  { name: "NO_COLOR", isTerminal: true, env: { NO_COLOR: "1" }, flag: undefined, expected: false },
  {
    name: "empty NO_COLOR",
    isTerminal: true,
    env: { NO_COLOR: "" },
    flag: undefined,
    expected: true,
  },
  {
    name: "FORCE_COLOR",
    isTerminal: false,
    env: { FORCE_COLOR: "1" },
    flag: undefined,
    expected: true,
  },
  {
    name: "FORCE_COLOR=0",
    isTerminal: true,
    env: { FORCE_COLOR: "0" },
    flag: undefined,
    expected: false,
  },
  {
    name: "NO_COLOR beats FORCE_COLOR",
    isTerminal: true,
    env: { NO_COLOR: "1", FORCE_COLOR: "1" },
    flag: undefined,
    expected: false,
  },
  {
    name: "--color",
    isTerminal: false,
    env: { NO_COLOR: "1" },
    flag: "always" as const,
    expected: true,
  },
  {
    name: "--no-color",
    isTerminal: true,
    env: { FORCE_COLOR: "1" },
    flag: "never" as const,
    expected: false,
  },
])("wantsColor() for $name is $expected", ({ isTerminal, env, flag, expected }) => {
  expect(wantsColor({ isTerminal, env, flag })).toBe(expected);
});

test("createStyle() marks text only with colour, whatever the process's own streams are", () => {
  expect(createStyle(false)("error", "x")).toBe("x");
  expect(createStyle(true)("warning", "x")).toBe("\u001b[33mx\u001b[39m");
});
