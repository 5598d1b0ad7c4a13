/**
 * Ten months of four Bybit perpetuals with mark and funding, leverage 5, the crash of 2025-10-10 inside. What a run
 * says of liquidation and funding is compared with what the stored series say of themselves, and every trade has to
 * be explained from its decision to flat.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunDocument } from "#cli/backtest/run-document.ts";
import type { TradeEvent, TradePath } from "#cli/runs/trade-path/trade-path.ts";
import { PINNED_NODE, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const DATA = fileURLToPath(
  new URL("../../../shared/data/real/bybit/freqtrade-feather/", import.meta.url),
);
const STRATEGY = fileURLToPath(new URL("../testing/strategies/tour.ts", import.meta.url));
const EXPLAIN = fileURLToPath(new URL("../testing/explain-run.ts", import.meta.url));
const COINS = ["AVAX", "BTC", "ETH", "SOL"];
const SYMBOLS = COINS.map((coin) => `${coin}USDT`);
const LEVERAGE = 5;
/** Of a contract without stored terms. */
const MAINTENANCE = 0.005;
const HOUR = 3_600_000;

interface Candle {
  readonly low: number;
  readonly high: number;
}

const isThere = existsSync(DATA);
if (!isThere)
  console.log("Left out: the run over real candles, because ../shared/data is not there");

interface Explained {
  readonly path: TradePath;
  readonly gaps: readonly string[];
}

describe.runIf(isThere)("ten months of four perpetuals", () => {
  let folder = "";
  let run: RunDocument;
  let explained: readonly Explained[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "drydock-real-"));
    const files = COINS.flatMap((coin) =>
      ["5m-futures", "1h-mark", "1h-funding_rate"].map((kind) =>
        join(DATA, `${coin}_USDT_USDT-${kind}.feather`),
      ),
    );
    const imported = await drydock("data", "import", ...files);
    if (imported.exit !== 0) throw new Error(imported.stderr);
    const market = ["--exchange", "bybit", ...SYMBOLS.flatMap((symbol) => ["--symbol", symbol])];
    const account = ["--leverage", String(LEVERAGE), "--balance", "100000", "--interval", "5m"];
    const outcome = await drydock("backtest", STRATEGY, ...market, ...account, "--json");
    if (outcome.exit !== 0) throw new Error(outcome.stderr + outcome.stdout);
    run = parseDocument(outcome).data as RunDocument;
    const program = [EXPLAIN, join(folder, ".drydock"), run.run.id];
    const { stdout } = await promisify(execFile)(PINNED_NODE, program, {
      cwd: folder,
      maxBuffer: 2 ** 28,
    });
    explained = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Explained);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function drydock(...words: string[]) {
    return spawnDrydock(words, { cwd: folder });
  }

  /** A 4h strategy on BTCUSDT, walked inside its bars along the worst path or along the 5m candles. */
  async function fourHours(detail: boolean, ...words: string[]): Promise<RunDocument> {
    const market = ["--exchange", "bybit", "--symbol", "BTCUSDT", "--interval", "4h"];
    const path = detail ? ["--detail", "5m"] : ["--intrabar", "worst"];
    const free = ["--slippage-bps", "1", "--participation-pct", "100"];
    const outcome = await drydock("backtest", ...words, ...market, ...path, ...free, "--json");
    if (outcome.exit !== 0) throw new Error(outcome.stderr + outcome.stdout);
    return parseDocument(outcome).data as RunDocument;
  }

  async function sql(query: string): Promise<readonly Record<string, unknown>[]> {
    const document = parseDocument(await drydock("sql", query, "--json"));
    return (document.data as { rows: Record<string, unknown>[] }).rows;
  }

  test("the run is a whole one, with trades of every kind", () => {
    expect(run.config).toMatchObject({ funding: "stored", leverage: LEVERAGE, matchedOn: "5m" });
    expect(run.config.to.slice(0, 7)).toBe("2026-07");
    expect(run.trades.length).toBeGreaterThan(300);
    const reasons = new Set(run.trades.map(({ exitReason }) => exitReason));
    for (const reason of ["signal", "stopLoss", "takeProfit", "trailing", "liquidation"]) {
      expect(reasons).toContain(reason);
    }
    expect(run.diagnostics.map(({ code }) => code)).toContain("liquidation");
    expect(run.diagnostics.map(({ code }) => code)).not.toContain("no-mark-price");
  });

  test.each([
    ["market orders", ["sma-cross"]],
    ["stops", ["donchian-turtle"]],
    ["trailing stops", ["sma-cross", "--trailing-pct", "3"]],
  ])("finer candles change no fill where nothing is ambiguous: %s", async (_, words) => {
    const coarse = await fourHours(false, ...words);
    const fine = await fourHours(true, ...words);
    expect([coarse.config.matchedOn, fine.config.matchedOn]).toEqual(["4h", "5m"]);
    expect(coarse.band.ambiguousBars).toBe(0);
    expect(coarse.trades.length).toBeGreaterThan(20);
    expect(fine.trades.map(fillsOf)).toEqual(coarse.trades.map(fillsOf));
  });

  test("with stop and target they decide ambiguous bars, and change nothing else", async () => {
    const rules = ["sma-cross", "--stop-loss-pct", "1", "--take-profit-pct", "1"];
    const coarse = await fourHours(false, ...rules);
    const fine = await fourHours(true, ...rules);
    expect(fine.trades.length).toBe(coarse.trades.length);
    const changed = coarse.trades.flatMap((trade, at) => {
      const other = fine.trades[at] as typeof trade;
      return fillsOf(trade).join() === fillsOf(other).join() ? [] : [[trade, other] as const];
    });
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThanOrEqual(coarse.band.ambiguousTrades);
    for (const [worst, decided] of changed) {
      // One bar held both levels: the worst path met the stop first, the finer candles the target.
      expect([worst.exitReason, decided.exitReason]).toEqual(["stopLoss", "takeProfit"]);
      expect(fillsOf(worst).slice(0, 3)).toEqual(fillsOf(decided).slice(0, 3));
      expect(barOf(worst.closedAt)).toBe(barOf(decided.closedAt));
    }
  });

  test("every trade is explained from its decision to flat, without a gap", () => {
    expect(explained.length).toBe(run.trades.length + run.openTrades.length);
    const open = explained.filter(({ gaps }) => gaps.length > 0);
    expect(open.map(({ path, gaps }) => [path.id, gaps])).toEqual([]);
    const rules = new Set(
      explained.flatMap(({ path }) => path.events.map(({ rule }) => rule?.name)),
    );
    for (const rule of [
      "marketAtOpen",
      "restAtOpen",
      "limitThrough",
      "triggerTouched",
      "liquidationOnMark",
    ]) {
      expect(rules).toContain(rule);
    }
  });

  test("the command explains a trade as the whole run did", async () => {
    const liquidated = run.trades.find(({ exitReason }) => exitReason === "liquidation");
    const id = String(liquidated?.id);
    const outcome = await drydock("runs", "show", run.run.id, "--trade", id, "--json");
    const { data } = parseDocument(outcome) as { data: { trade: TradePath } };
    expect(data.trade).toEqual(explained.find(({ path }) => path.id === liquidated?.id)?.path);
  });

  test("liquidations happen where the mark reaches the liquidation price, and nowhere else", async () => {
    const marks = await marksBySymbol();
    const liquidated = explained.filter(({ path }) => path.exitReason === "liquidation");
    expect(liquidated.length).toBe(run.summary["liquidations"]);
    for (const { path } of liquidated) {
      const event = path.events.find(({ event: name }) => name === "liquidated") as TradeEvent;
      const price = liquidationPrice(path);
      expect(lastLiquidation(path, event) / price).toBeCloseTo(1, 9);
      const mark = marks.get(path.symbol)?.get(hourOf(event.bar?.time)) as Candle;
      // The candle of the venue itself, not what the run made of it.
      expect(reaches(mark, path.side, price)).toBe(true);
    }
    const crash = liquidated.filter(({ path }) => path.closedAt?.startsWith("2025-10-10T21"));
    expect(crash.length).toBeGreaterThan(0);
    expect(hoursHeldBeyond(marks)).toEqual({ beyond: [], isEnough: true });
  });

  test("funding of the run is what fills, rates and marks add up to in SQL", async () => {
    const rows = await sql(`
      WITH moves AS (
        SELECT symbol, time, CASE side WHEN 'buy' THEN qty ELSE -qty END AS qty
        FROM state.run_fills WHERE run_id = '${run.run.id}'
      ), stamps AS (
        SELECT f.symbol, f.time, f.rate, m.open AS mark
        FROM market.funding_rates f JOIN market.mark_prices m
          ON m.exchange = f.exchange AND m.symbol = f.symbol AND m.time = f.time AND m."interval" = '1h'
        WHERE f.exchange = 'bybit' AND f.time < TIMESTAMP '${run.config.to.slice(0, 19)}'
      ), held AS (
        SELECT s.symbol, s.time, s.rate, s.mark, sum(m.qty) AS qty
        FROM stamps s JOIN moves m ON m.symbol = s.symbol AND m.time < s.time
        GROUP BY ALL
      ), owed AS (
        SELECT symbol, sum(-qty * mark * rate) AS amount, count(*) FILTER (abs(qty) > 1e-6) AS stamps
        FROM held GROUP BY symbol
      ), booked AS (
        SELECT symbol, sum(funding) AS amount FROM state.run_trades WHERE run_id = '${run.run.id}' GROUP BY symbol
      )
      SELECT o.symbol, o.amount AS owed, b.amount AS booked, o.stamps
      FROM owed o JOIN booked b USING (symbol) ORDER BY o.symbol`);
    expect(rows.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
    let total = 0;
    for (const { owed, booked, stamps } of rows) {
      expect(Number(stamps)).toBeGreaterThan(300);
      expect(Math.abs(Number(owed) - Number(booked))).toBeLessThan(1e-6);
      total += Number(owed);
    }
    expect(Math.abs(total - (run.summary["funding"] ?? 0))).toBeLessThan(1e-6);
    const paid = explained.flatMap(({ path }) => path.events.filter((event) => event.funding));
    expect(paid.length).toBe(rows.reduce((sum, { stamps }) => sum + Number(stamps), 0));
  });

  async function marksBySymbol(): Promise<Map<string, Map<number, Candle>>> {
    const marks = new Map<string, Map<number, Candle>>();
    const rows = await sql(
      "SELECT symbol, time, low, high FROM market.mark_prices WHERE exchange = 'bybit' ORDER BY ALL",
    );
    for (const { symbol, time, low, high } of rows) {
      const series = marks.get(String(symbol)) ?? new Map<number, Candle>();
      series.set(Date.parse(String(time)), { low: Number(low), high: Number(high) });
      marks.set(String(symbol), series);
    }
    return marks;
  }

  /** Isolated margin of a linear contract, from the average entry alone; what a partial exit leaves is the same. */
  function liquidationPrice({ side, entryPrice }: TradePath): number {
    return side === "long"
      ? (entryPrice * (1 - 1 / LEVERAGE)) / (1 - MAINTENANCE)
      : (entryPrice * (1 + 1 / LEVERAGE)) / (1 + MAINTENANCE);
  }

  function lastLiquidation(path: TradePath, event: TradeEvent): number {
    const before = path.events.slice(0, path.events.indexOf(event));
    return before.findLast(({ execution }) => execution)?.execution?.liquidationPrice ?? Number.NaN;
  }

  /** Whole hours in which a position was held although the mark candle reached its liquidation price. */
  function hoursHeldBeyond(marks: Map<string, Map<number, Candle>>) {
    const beyond: string[] = [];
    let hours = 0;
    for (const { path } of explained) {
      const executions = path.events.filter(({ execution }) => execution);
      executions.forEach(({ time, execution }, at) => {
        const price = execution?.liquidationPrice;
        if (price === null || price === undefined) return;
        const until = Date.parse(executions[at + 1]?.time ?? run.config.to);
        const first = Math.ceil(Date.parse(time) / HOUR) * HOUR;
        for (let hour = first; hour + HOUR <= until; hour += HOUR) {
          const mark = marks.get(path.symbol)?.get(hour);
          if (mark === undefined) continue;
          hours += 1;
          const isReached = path.side === "long" ? mark.low <= price : mark.high >= price;
          if (isReached)
            beyond.push(`${path.symbol} trade ${path.id} ${new Date(hour).toISOString()}`);
        }
      });
    }
    return { beyond, isEnough: hours > 10_000 };
  }
});

/** Side, entry and exit of a trade; a fill inside a bar is known to the bar, with finer candles to a part of it. */
function fillsOf(trade: RunDocument["trades"][number]): readonly unknown[] {
  const { side, openedAt, entryPrice, closedAt, exitPrice, exitReason } = trade;
  return [side, barOf(openedAt), entryPrice, barOf(closedAt), exitPrice, exitReason];
}

function barOf(time: string | null): number {
  return Math.floor(Date.parse(time ?? "") / (4 * HOUR));
}

function hourOf(time: string | undefined): number {
  return Math.floor(Date.parse(time ?? "") / HOUR) * HOUR;
}

function reaches(mark: Candle, side: "long" | "short", price: number): boolean {
  return side === "long" ? mark.low <= price : mark.high >= price;
}
