import { homedir } from "node:os";

import { expect, test } from "vitest";

import { redact } from "#cli/output/redact.ts";

test("redact() takes out values of secret variables, keys and the home folder", () => {
  const env = { BYBIT_API_KEY: "abcDEF1", PASSWORD: "abc", HOME_PAGE: "visible-text" };
  const hex = "0x4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d21715b23b1d";
  const text = `key abcDEF1 short abc ${hex} at ${homedir()}/x visible-text`;
  expect(redact(text, env)).toBe("key [redacted] short abc [redacted] at ~/x visible-text");
});

test("redact() leaves stack traces readable", () => {
  const trace =
    "at applyAVeryLongFunctionNameThatNobodyWouldWantToType (engine/orders/order-store.ts:12:34)";
  expect(redact(trace, {})).toBe(trace);
});
