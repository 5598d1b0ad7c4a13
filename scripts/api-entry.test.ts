import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import * as api from "#engine/strategy/api.ts";
import * as props from "#props/api.ts";

test.each([
  { entry: "api.js", source: "engine/strategy/api.ts", names: Object.keys(api) },
  { entry: "props.js", source: "props/api.ts", names: Object.keys(props) },
])(
  "bin/$entry lists every name of $source; npm run build writes them again",
  ({ entry, names }) => {
    const text = readFileSync(new URL(`../bin/${entry}`, import.meta.url), "utf8");
    const list = /export const \{([^}]*)\}/.exec(text)?.[1] ?? "";
    const listed = list.split(",").map((name) => name.trim());
    expect(listed.filter((name) => name !== "")).toEqual(names.toSorted());
  },
);
