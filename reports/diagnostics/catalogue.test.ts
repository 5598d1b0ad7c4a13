import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOGUE } from "./catalogue.ts";

const doc = readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8");

test("docs/diagnostics.md lists every code of the catalogue, in its words and its order", () => {
  const [, section = ""] = doc.split("## All codes");
  const [table = ""] = section.split("\n## ");
  const listed = table.split("\n").filter((line) => line.startsWith("| `"));
  expect(listed).toEqual(
    Object.entries(CATALOGUE).map(
      ([code, { severity, says, next }]) => `| \`${code}\` | ${severity} | ${says} | ${next} |`,
    ),
  );
});

test("codes are kebab-case, and texts are one sentence without its period", () => {
  for (const [code, { says, next }] of Object.entries(CATALOGUE)) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of [says, next]) expect(text).toMatch(/^[A-Z][^|]*[^.]$/);
  }
});

test("every code that the document speaks of is in the catalogue", () => {
  const bold = [...doc.matchAll(/^- \*\*(.*?)\*\*/gm)].flatMap(([, codes]) =>
    [...(codes ?? "").matchAll(/`([a-z-]+)`/g)].map(([, code]) => code),
  );
  expect(bold.length).toBeGreaterThan(12);
  for (const code of bold) expect(Object.keys(CATALOGUE)).toContain(code);
});
