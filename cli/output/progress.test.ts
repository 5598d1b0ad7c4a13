import { expect, test } from "vitest";

import {
  createProgress,
  formatCount,
  formatDuration,
  type ProgressMode,
  resolveProgressMode,
} from "#cli/output/progress.ts";
import { createStyle } from "#cli/output/style.ts";
import { createTalk } from "#cli/output/talk.ts";

function harness(mode: ProgressMode, isQuiet = false) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const talk = createTalk({
    stream: { write: (text) => written.push(text) > 0, on: () => {} },
    style: createStyle(false),
    isQuiet,
    isVerbose: false,
  });
  const progress = createProgress({ talk, mode, width: () => 50, now: () => clock.ms });
  return { written, clock, talk, progress };
}

test("bar: at most ten repaints a second, one line, cleared at the end", () => {
  const { written, clock, progress } = harness("bar");
  progress.start("loading", 1_000);
  for (let done = 1; done <= 1_000; done++) {
    clock.ms += 1;
    progress.update(done, "2024-01-05");
  }
  progress.done();
  // The first line, one each 100 ms, the clearing.
  expect(written.length).toBe(1 + 10 + 1);
  expect(written.slice(0, -1).every((text) => text.startsWith("\r") && !text.includes("\n"))).toBe(
    true,
  );
  // One short of the width: a line that wraps could not be rewritten.
  expect(written.at(-2)).toBe("\rloading  [####################]  100 %  2024-01-0\u001b[K");
  expect(written.at(-1)).toBe("\r\u001b[K");
});

test("bar: other talk moves the line out of the way and puts it back", () => {
  const { written, talk, progress } = harness("bar");
  progress.start("x", 10);
  talk.say("hello");
  expect(written.at(-1)).toBe(`\r\u001b[Khello\nx  [${"-".repeat(20)}]    0 %`);
});

test("lines: one each ten percent, and one each thirty seconds when it crawls", () => {
  const { written, clock, progress } = harness("lines");
  progress.start("import", 100);
  for (let done = 1; done <= 100; done++) {
    clock.ms += 100;
    progress.update(done);
  }
  progress.done();
  expect(written.length).toBe(10);
  expect(written[0]).toBe("import   10 %  10/s  ETA 9s\n");
  expect(written.some((text) => text.includes("\u001b"))).toBe(false);

  progress.start("import", 1_000);
  for (let done = 1; done <= 9; done++) {
    clock.ms += 15_000;
    progress.update(done);
  }
  expect(written.length).toBe(14);
});

test("lines: work of less than a second says nothing", () => {
  const { written, clock, progress } = harness("lines");
  progress.start("import", 100);
  clock.ms = 900;
  progress.update(100);
  progress.done();
  expect(written).toEqual([]);
});

test("lines: a phase that ends within ten percent says nothing", () => {
  const { written, progress } = harness("lines");
  progress.start("quick", null);
  progress.update(5);
  progress.done();
  expect(written).toEqual([]);
});

test("json: one event per line with a beginning and an end", () => {
  const { written, clock, progress } = harness("json");
  progress.start("load", 4);
  clock.ms = 50;
  progress.update(1, "x");
  clock.ms = 150;
  progress.update(2);
  progress.done();
  const events = written.map((text) => JSON.parse(text) as { done: number; finished: boolean });
  expect(events.map(({ done, finished }) => [done, finished])).toEqual([
    [0, false],
    [2, false],
    [2, true],
  ]);
});

test("none: silent, and ends without a phase do nothing", () => {
  const { written, progress } = harness("none");
  progress.done();
  progress.start("x", 1);
  progress.update(1);
  progress.done();
  expect(written).toEqual([]);
});

test.each([
  { wanted: "auto", isTerminal: true, isQuiet: false, term: "xterm", expected: "bar" },
  { wanted: "auto", isTerminal: false, isQuiet: false, term: "xterm", expected: "lines" },
  { wanted: "bar", isTerminal: false, isQuiet: false, term: "xterm", expected: "lines" },
  { wanted: "auto", isTerminal: true, isQuiet: false, term: "dumb", expected: "lines" },
  { wanted: "auto", isTerminal: true, isQuiet: true, term: "xterm", expected: "none" },
  { wanted: "json", isTerminal: true, isQuiet: true, term: "xterm", expected: "json" },
  { wanted: "none", isTerminal: true, isQuiet: false, term: "xterm", expected: "none" },
] as const)("mode $wanted, terminal $isTerminal, quiet $isQuiet, $term → $expected", (row) => {
  expect(resolveProgressMode(row.wanted, row)).toBe(row.expected);
});

test("counts and durations are short", () => {
  expect([0.5, 12, 1_234, 12_345_678].map(formatCount)).toEqual(["0.5", "12", "1.2k", "12.3M"]);
  expect([900, 65_000, 3_725_000].map(formatDuration)).toEqual(["1s", "1m 05s", "1h 02m"]);
});
