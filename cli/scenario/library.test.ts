import { readFileSync } from "node:fs";
import { relative } from "node:path";

import { expect, test } from "vitest";

import { findScenarioFiles, scenarioLibrary } from "#cli/scenario/find-scenario-files.ts";
import { loadScenarios } from "#cli/scenario/load-scenarios.ts";
import { runScenario } from "#sim/scenario/run-scenario.ts";

const loaded = loadScenarios([]);

test.each(loaded.map((one) => [relative(scenarioLibrary(), one.file), one.scenario.name, one]))(
  "%s: %s",
  (_file, _name, { scenario }) => {
    expect(runScenario(scenario)).toMatchObject({ differences: [], passed: true });
  },
);

test("the library is a library: many scenarios, each with a name of its own and where it comes from", () => {
  expect(loaded.length).toBeGreaterThan(150);
  const names = loaded.map(({ scenario }) => scenario.name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(loaded.filter(({ scenario }) => scenario.source === null)).toEqual([]);
});

test("each scenario of the library says in a comment why it is there", () => {
  const silent = findScenarioFiles([]).flatMap((file) =>
    readFileSync(file, "utf8")
      .split(/^---\n/m)
      .filter((text) => !/^# .+\nname: /.test(text)),
  );
  expect(silent).toEqual([]);
});
