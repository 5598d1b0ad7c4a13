import { expect, test } from "vitest";
import { linesByFolder, percentOf } from "./coverage.ts";

test("linesByFolder() sums the files of a folder and of those in it", () => {
  const lines = (covered: number, total: number) => ({ lines: { covered, total } });
  const summary = {
    total: lines(100, 100),
    "/project/live/driver/a.ts": lines(3, 4),
    "/project/live/b.ts": lines(1, 2),
    "/project/engine/c.ts": lines(0, 0),
  };
  expect([...linesByFolder(summary, "/project")]).toEqual([
    ["engine", { covered: 0, total: 0 }],
    ["live", { covered: 4, total: 6 }],
    ["live/driver", { covered: 3, total: 4 }],
  ]);
});

test("percentOf() of nothing is all of it", () => {
  expect([percentOf({ covered: 0, total: 0 }), percentOf({ covered: 1, total: 8 })]).toEqual([
    100, 12.5,
  ]);
});
