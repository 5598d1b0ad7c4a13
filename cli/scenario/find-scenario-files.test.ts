import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { findScenarioFiles, scenarioLibrary } from "#cli/scenario/find-scenario-files.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drydock-scenarios-"));
  mkdirSync(join(folder, "b", "deep"), { recursive: true });
  for (const name of ["a.yaml", "c.txt", ".hidden.yaml", "b/b.json", "b/deep/d.yml"]) {
    writeFileSync(join(folder, name), "");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]): string[] => names.map((name) => join(folder, name));

test("a folder means every scenario file below it, in order of name", () => {
  expect(findScenarioFiles([folder])).toEqual(at("a.yaml", "b/b.json", "b/deep/d.yml"));
});

test("files, folders and patterns mix, and each file comes once", () => {
  const words = [join(folder, "b"), join(folder, "**", "*.y*ml"), join(folder, "c.txt")];
  expect(findScenarioFiles(words)).toEqual(at("b/b.json", "b/deep/d.yml", "a.yaml", "c.txt"));
});

test("a word that means nothing is told", () => {
  expect(() => findScenarioFiles([join(folder, "none.yaml")])).toThrow(/There is no scenario at/);
});

test("no word at all means the library", () => {
  expect(findScenarioFiles([])).toEqual(findScenarioFiles([scenarioLibrary()]));
});
