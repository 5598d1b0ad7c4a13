import { describe, expect, test } from "vitest";
import {
  isTerminal,
  mayBecome,
  NEXT_STATUS,
  STATUS,
  type StatusName,
  statusName,
} from "./order-status.ts";

const NAMES = Object.keys(STATUS) as readonly StatusName[];

/** The table of the design once more, in another form: a row per status, a word per way out. */
const DESIGN: Readonly<Record<StatusName, string>> = {
  planned: "persisted rejected",
  persisted: "sent",
  sent: "accepted partiallyFilled filled cancelled rejected expired unknown",
  accepted: "partiallyFilled filled amending cancelling cancelled rejected expired",
  partiallyFilled: "partiallyFilled filled amending cancelling cancelled expired",
  amending: "accepted partiallyFilled filled cancelling cancelled rejected expired unknown",
  cancelling: "accepted partiallyFilled filled cancelled rejected expired unknown",
  unknown: "persisted accepted partiallyFilled filled cancelled rejected expired",
  filled: "",
  cancelled: "",
  rejected: "",
  expired: "",
};

describe.each(NAMES)("from %s", (from) => {
  const ways = DESIGN[from].split(" ");
  test.each(NAMES)("to %s is as the design says", (to) => {
    expect(mayBecome(STATUS[from], STATUS[to])).toBe(ways.includes(to));
    expect(NEXT_STATUS[from].includes(to)).toBe(ways.includes(to));
  });
});

test("a status is terminal exactly when nothing follows it", () => {
  for (const name of NAMES) expect(isTerminal(STATUS[name])).toBe(NEXT_STATUS[name].length === 0);
});

test("every status can be reached from planned and can end", () => {
  const reached = new Set<StatusName>(["planned"]);
  for (const from of reached) for (const to of NEXT_STATUS[from]) reached.add(to);
  expect([...reached].sort()).toEqual([...NAMES].sort());
  for (const name of NAMES) {
    const ends = new Set<StatusName>([name]);
    for (const from of ends) for (const to of NEXT_STATUS[from]) ends.add(to);
    expect([...ends].some((one) => isTerminal(STATUS[one]))).toBe(true);
  }
});

test("numbers of a status stand in hashed records: they keep their meaning", () => {
  expect(NAMES.map((name) => STATUS[name])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(NAMES.map((name) => statusName(STATUS[name]))).toEqual(NAMES);
  expect(statusName(99)).toBe("unknown");
});
