import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { PINNED_NODE } from "#cli/testing/spawn-drydock.ts";

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test.each(["./main.ts", "../bench/main.ts"])(
  "%s sets the flags before it loads anything",
  (path) => {
    const [first] = /^import .*$/m.exec(textOf(path)) ?? [];
    expect(first).toBe('import "#cli/engine-flags.ts";');
  },
);

test("the pinned Node knows the flag, and has a smaller default", () => {
  const [, name = "", value = ""] = /"--([\w-]+)=(\d+)"/.exec(textOf("./engine-flags.ts")) ?? [];
  const { stdout } = spawnSync(PINNED_NODE, ["--v8-options"], { encoding: "utf8" });
  const given = new RegExp(`default: --${name}=(\\d+)`).exec(stdout)?.[1];
  expect(Number(given)).toBeGreaterThan(0);
  expect(Number(given)).toBeLessThan(Number(value));
});
