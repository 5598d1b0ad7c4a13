import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as api from "#engine/strategy/api.ts";
import { describeRange } from "#engine/strategy/params.ts";
import { PortfolioContext } from "#engine/strategy/portfolio-context.ts";
import { PositionView } from "#engine/strategy/position-view.ts";
import { BarView, SeriesValue } from "#engine/strategy/series-view.ts";
import { Sizing } from "#engine/strategy/sizing.ts";
import { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { BUILT_IN } from "./catalogue.ts";
import { pullback } from "./testing/pullback.ts";
import { candlesOf, runStrategy } from "./testing/run-strategy.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const doc = read("../docs/strategies.md");

/** The file without its imports and its doc comment. */
const bodyOf = (code: string): string => code.slice(code.indexOf("export const")).trim();

test("the example is a file that is type-checked, imported from drydock", () => {
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(doc) ?? [];
  const file = read("./testing/pullback.ts");
  expect(bodyOf(code)).toBe(bodyOf(file));
  expect(code.split("\n")[0]).toBe(
    file.split("\n")[0]?.replace("#engine/strategy/api.ts", "drydock"),
  );
});

test("the example trades: it buys setbacks of a rise, takes its profit and is stopped by a crash", () => {
  let close = 100;
  const closes = Array.from({ length: 500 }, (_, bar) => {
    const isSetback = bar % 40 >= 30 && bar % 40 < 34;
    const rise = bar % 2 === 0 ? 0.9 : 0.3;
    close = bar > 476 ? close * 0.97 : close + (isSetback ? -3 : rise);
    return Math.round(close * 100) / 100;
  });
  const { result } = runStrategy(pullback, [candlesOf(closes, 0, 0.2)]);
  const reasons = result.trades.map((trade) => trade.exitReason);
  expect(reasons).toEqual([...Array.from({ length: 9 }, () => "takeProfit"), "stopLoss"]);
});

test.each(BUILT_IN.map((strategy) => [strategy.name, strategy] as const))(
  "%s has its section with every parameter, its default and its range",
  (name, strategy) => {
    const [, section = ""] = doc.split(`\n### ${name}\n`);
    const own = section.split("\n### ")[0] ?? "";
    const rows = own.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows).toEqual(
      Object.entries(strategy.params).map(
        ([param, spec]) =>
          `| \`${param}\` | ${String(spec.default)} | ${describeRange(spec)} | ${spec.doc} |`,
      ),
    );
  },
);

test("there is a section for each built-in strategy and for no other", () => {
  const sections = [...doc.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(BUILT_IN.map((strategy) => strategy.name));
});

test("everything that a strategy can import or call is named", () => {
  const members = [SymbolContext, PortfolioContext, BarView, SeriesValue, PositionView, Sizing]
    .flatMap((one) => Object.getOwnPropertyNames(one.prototype))
    .filter((name) => name !== "constructor");
  const fields = ["symbol", "params", "indicators", "bar", "position", "size", "state", "symbols"];
  const missing = [...members, ...fields, ...Object.keys(api)].filter(
    (name) => !new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(doc),
  );
  expect(missing).toEqual([]);
});
