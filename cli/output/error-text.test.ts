import { expect, test } from "vitest";

import { errorText } from "#cli/output/error-text.ts";
import { createStyle } from "#cli/output/style.ts";
import { DrydockError } from "#engine/errors.ts";

const plain = createStyle(false);

test("errorText() prints the message first, then while, fix and or", () => {
  const error = new DrydockError("E_DATA_GAP", "BTCUSDT 1m misses 3 h 12 m", {
    while: "loading --from 2024-01-01",
    hint: "drydock data import gap.csv",
    or: "--gaps skip",
  });
  expect(errorText(error, plain)).toBe(
    [
      "error E_DATA_GAP  BTCUSDT 1m misses 3 h 12 m",
      "  while  loading --from 2024-01-01",
      "  fix    drydock data import gap.csv",
      "  or     --gaps skip",
    ].join("\n"),
  );
});

test("errorText() indents an excerpt and lets foreign text draw nothing", () => {
  const error = new DrydockError("E_STRATEGY_FILE", 'Cannot read "a\u001b[31m.ts"', {
    while: "loading a.ts:2\n  1 | x\n> 2 | \u001b]0;title\u0007y",
  });
  expect(errorText(error, plain)).toBe(
    [
      'error E_STRATEGY_FILE  Cannot read "a\\x1b[31m.ts"',
      "  while  loading a.ts:2",
      "           1 | x",
      "         > 2 | \\x1b]0;title\\x07y",
    ].join("\n"),
  );
});
