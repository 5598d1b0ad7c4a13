import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import * as api from "#engine/strategy/api.ts";

test("bin/api.js lists every name of the strategy API; npm run build writes them again", () => {
  const source = readFileSync(new URL("../bin/api.js", import.meta.url), "utf8");
  const list = /export const \{([^}]*)\}/.exec(source)?.[1] ?? "";
  const names = list.split(",").map((name) => name.trim());
  expect(names.filter((name) => name !== "")).toEqual(Object.keys(api).toSorted());
});
