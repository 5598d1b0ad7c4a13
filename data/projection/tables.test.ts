import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { TableSpec } from "./table-spec.ts";
import { TABLE_NAMES, TABLES } from "./tables.ts";

const DOCS = readFileSync(new URL("../../docs/state-store.md", import.meta.url), "utf8");

test.each(TABLE_NAMES)("docs/state-store.md tells every column of %s", (name) => {
  const spec: TableSpec = TABLES[name];
  const [, rest = ""] = DOCS.split(`### ${name}\n`);
  const section = rest.split("\n### ")[0] ?? "";
  const told = section.match(/^\| `\w+` \|.*$/gm);
  const wanted = Object.entries(spec.columns).map(
    ([column, [type, says]]) => `| \`${column}\` | ${type} | ${says} |`,
  );
  expect(told).toEqual(wanted);
});

test.each(TABLE_NAMES)("the key of %s are columns that are always told", (name) => {
  const spec: TableSpec = TABLES[name];
  for (const column of spec.key ?? []) expect(spec.columns[column]?.[2]).toBeUndefined();
  expect(Object.keys(spec.columns).every((column) => /^[a-z][a-z_]*$/.test(column))).toBe(true);
});
