import { expect, test } from "vitest";
import type { AheadRead, AuditFinding, Place, RunAnswer } from "#sim/audit/audit-terms.ts";
import { placeFinder } from "#sim/audit/place-finding.ts";
import type { Decision, RunLog } from "#sim/audit/run-log.ts";

const at = (line: number): Place => ({ file: "strategy.ts", line });

function decision(time: number, symbol: string): Decision {
  return { time, bar: time - 1, symbol, action: "exit", terms: [] };
}

function read(changes: Partial<AheadRead>): AheadRead {
  return { kind: "value", indicator: null, column: "close", time: 0, place: at(0), ...changes };
}

const log: RunLog = {
  symbols: new Map([
    ["A", { symbol: "A", times: [], bars: [], columns: [] }],
    ["B", { symbol: "B", times: [], bars: [], columns: [] }],
  ]),
  decisions: [decision(10, "A"), decision(20, "B"), decision(30, "A"), decision(40, "A")],
  failure: null,
};

function find(
  reads: readonly AheadRead[],
  changes: { kind?: AuditFinding["kind"]; symbol?: string; time?: number; indicator?: string } = {},
  decisions: readonly (Place | null)[] = [at(1), at(2), at(3), null],
): ReturnType<ReturnType<typeof placeFinder>> {
  const { kind = "lookahead", symbol = "A", time = 32, indicator = null } = changes;
  const answer: RunAnswer = { log, ambient: [], sweep: null, trace: { reads, decisions } };
  const difference = { time, symbol, indicator } as AuditFinding["difference"];
  const finding = { kind, difference, evidence: { by: "cut" }, place: null, read: null } as const;
  return placeFinder(answer, log)(finding);
}

test("placeFinder() names the last line that read ahead of what differs", () => {
  const reads = [
    read({ time: 10, place: at(11) }),
    read({ time: 30, place: at(12) }),
    read({ time: 50, place: at(13) }),
  ];
  expect(find(reads)).toEqual({ place: at(12), read: reads[1] });
  // All of them later: the first one that was noticed.
  expect(find(reads, { time: 5 })).toEqual({ place: at(11), read: reads[0] });
});

test("placeFinder() takes a price before a time, and the indicator that differs before others", () => {
  const time = read({ column: "time", time: 31, place: at(11) });
  const price = read({ time: 8, place: at(12) });
  expect(find([time, price]).place).toEqual(at(12));
  expect(find([time]).place).toEqual(at(11));
  const own = read({ indicator: "own", time: 9, place: at(13) });
  expect(find([price, own], { indicator: "own" }).place).toEqual(at(13));
  const length = read({ kind: "length", indicator: "own", place: at(14) });
  expect(find([price, length], { indicator: "own" }).place).toEqual(at(14));
});

test("placeFinder() names the nearest decision of the symbol where no read explains it", () => {
  expect(find([])).toEqual({ place: at(3), read: null });
  expect(find([], { symbol: "B" })).toEqual({ place: at(2), read: null });
  // The symbol that differs is no symbol of the run: any decision may be it.
  expect(find([], { symbol: "", time: 19 }).place).toEqual(at(2));
  expect(find([read({})], { kind: "nondeterminism", time: 11 })).toEqual({
    place: at(1),
    read: null,
  });
});

test("placeFinder() names nobody for a warm-up, nor without a trace", () => {
  expect(find([read({})], { kind: "warm-up" })).toEqual({ place: null, read: null });
  const answer: RunAnswer = { log, ambient: [], sweep: null, trace: null };
  const difference = { time: 1, symbol: "A", indicator: null } as AuditFinding["difference"];
  const finding: AuditFinding = {
    kind: "lookahead",
    difference,
    evidence: { by: "cut" },
    place: null,
    read: null,
  };
  expect(placeFinder(answer, log)(finding)).toEqual({ place: null, read: null });
});
