/**
 * Ten months of four Bybit perpetuals, entered by a strategy that never leaves: in hedge mode `sma-cross` opens a long
 * at one cross and a short at the other and closes neither. What the aged rules say of every close is computed again
 * in SQL, from entry, times and candles alone.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunDocument } from "#cli/backtest/run-document.ts";
import type { TradePath } from "#cli/runs/trade-path/trade-path.ts";
import { parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const DATA = fileURLToPath(
  new URL("../../../shared/data/real/bybit/freqtrade-feather/", import.meta.url),
);
const COINS = ["BTC", "ETH", "SOL", "AVAX"];
const isThere = existsSync(DATA);
if (!isThere) {
  console.log("Left out: the aged rules over real candles, because ../shared/data is not there");
}

describe.runIf(isThere)("the aged rules on ten months of four perpetuals", () => {
  let folder = "";
  let off: RunDocument;
  let market: RunDocument;
  let limit: RunDocument;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "drydock-aged-"));
    const files = COINS.flatMap((coin) =>
      ["5m-futures", "1h-mark", "1h-funding_rate"].map((kind) =>
        join(DATA, `${coin}_USDT_USDT-${kind}.feather`),
      ),
    );
    const imported = await drydock("data", "import", ...files);
    if (imported.exit !== 0) throw new Error(imported.stderr);
    off = await backtest();
    market = await backtest("--aged");
    limit = await backtest("--aged-mode", "limit");
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function drydock(...words: string[]) {
    return spawnDrydock(words, { cwd: folder });
  }

  async function backtest(...more: string[]): Promise<RunDocument> {
    const symbols = COINS.flatMap((coin) => ["--symbol", `${coin}USDT`]);
    const account = ["--interval", "1h", "--position-mode", "hedge", "--param", "sizePct=10"];
    const words = ["backtest", "sma-cross", "--exchange", "bybit", ...symbols, ...account, ...more];
    const outcome = await drydock(...words, "--no-report", "--json");
    if (outcome.exit !== 0) throw new Error(outcome.stderr + outcome.stdout);
    return parseDocument(outcome).data as RunDocument;
  }

  /** The one number that a query gives. */
  async function count(query: string): Promise<number> {
    const document = parseDocument(await drydock("sql", query, "--json"));
    const { rows } = document.data as { rows: Record<string, unknown>[] };
    return Number(Object.values(rows[0] ?? {})[0]);
  }

  const of = (run: RunDocument): string => `run_id = '${run.run.id}'`;

  test("without them nothing is closed, with them every stage closes something", () => {
    expect([off.trades.length, off.openTrades.length, off.aged]).toEqual([0, 8, undefined]);
    expect(market.config.matchedOn).toBe("5m");
    expect(market.trades.length).toBeGreaterThan(1_000);
    const stages = new Set(market.aged?.attribution.map(({ stage }) => stage));
    expect([...stages].sort()).toEqual(["emergency", "grace", "progressive"]);
    const reasons = new Set(market.aged?.attribution.map(({ reason }) => reason));
    for (const reason of [
      "profitable_close",
      "grace_target",
      "progressive_target",
      "max_loss_reached",
      "emergency",
    ]) {
      expect(reasons).toContain(reason);
    }
  });

  test.each([
    ["market", () => market],
    ["limit", () => limit],
  ])("%s: every aged trade is one position whose rows lead to its close", (_mode, run) => {
    const { trades, aged, openTrades } = run();
    const positions = aged?.positions ?? [];
    const rows = Map.groupBy(aged?.history ?? [], ({ position }) => position);
    expect(trades.filter(({ exitReason }) => exitReason !== "aged")).toEqual([]);
    const told = positions.filter(({ closedAt }) => closedAt !== null);
    expect(
      told
        .map(({ tradeId, reason }) => [tradeId, reason])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual(trades.map(({ id, exitDetail }) => [id, exitDetail]));
    for (const one of positions) {
      const path = rows.get(one.id) ?? [];
      expect(path.map(({ seq }) => seq)).toEqual(path.map((_row, at) => at + 1));
      expect(path.slice(0, 3).map(({ to }) => to)).toEqual([
        "detected",
        "grace_pending",
        "grace_active",
      ]);
      expect(path.at(-1)).toMatchObject({
        to: one.status,
        target: one.target,
        tolerancePct: one.tolerancePct,
      });
      const trade = [...trades, ...openTrades].find(({ id }) => id === one.tradeId);
      expect([one.openedAt, one.closedAt, one.netPnl]).toEqual([
        trade?.openedAt,
        trade?.closedAt,
        one.closedAt === null ? null : trade?.netPnl,
      ]);
    }
    const attributed = aged?.attribution.reduce((sum, { count: n }) => sum + n, 0);
    expect(attributed).toBe(positions.length);
    const net = aged?.attribution.reduce((sum, { netPnlSum }) => sum + (netPnlSum ?? 0), 0) ?? 0;
    expect(net).toBeCloseTo(
      trades.reduce((sum, { netPnl }) => sum + netPnl, 0),
      6,
    );
  });

  test("positions are found at the first whole hour beyond three, and stages end on the next candle", async () => {
    for (const run of [market, limit]) {
      const late =
        await count(`SELECT count(*) FROM state.aged_positions WHERE ${of(run)} AND detected_at <>
        date_trunc('hour', opened_at + INTERVAL 3 HOUR) + INTERVAL 1 HOUR`);
      const slow =
        await count(`SELECT count(*) FROM state.aged_positions WHERE ${of(run)} AND progressive_at NOT BETWEEN
        grace_ends_at + INTERVAL 1 MILLISECOND AND grace_ends_at + INTERVAL 5 MINUTE`);
      const beyond = await count(`SELECT count(*) FROM state.aged_positions WHERE ${of(run)} AND
        (grace_ends_at <> opened_at + INTERVAL 11 HOUR OR emergency_at <> opened_at + INTERVAL 31 HOUR)`);
      expect([late, slow, beyond]).toEqual([0, 0, 0]);
      // Whatever is decided at the emergency is filled with the bar after; large orders take a few.
      const overdue = await count(`SELECT count(*) FROM state.aged_positions WHERE ${of(run)} AND
        coalesce(closed_at, TIMESTAMP '2099-01-01') > emergency_at + INTERVAL 30 MINUTE AND status = 'closed'`);
      expect(overdue).toBe(0);
    }
  });

  test("what was decided on is the candle before the fill, and meets the target of its rule", async () => {
    // Closes that one execution filled: the decision was made at the close of the candle that ended with it.
    const decided = `
      SELECT a.*, CASE side WHEN 'long' THEN 1 ELSE -1 END AS sign, c.close AS seen, n.open AS met,
        epoch_ms(a.closed_at) - epoch_ms(a.grace_ends_at) AS ms
      FROM state.aged_positions a
      JOIN (SELECT trade_id, run_id FROM state.run_fills WHERE reason = 'aged' GROUP BY ALL HAVING count(*) = 1) f
        ON f.trade_id = a.trade_id AND f.run_id = a.run_id
      JOIN market.candles c ON c.exchange = 'bybit' AND c."interval" = '5m' AND c.symbol = a.symbol
        AND c.time = a.closed_at - INTERVAL 5 MINUTE
      JOIN market.candles n ON n.exchange = 'bybit' AND n."interval" = '5m' AND n.symbol = a.symbol
        AND n.time = a.closed_at
      WHERE a.${of(market)} AND a.status = 'closed'`;
    const all = await count(`SELECT count(*) FROM (${decided})`);
    expect(all).toBeGreaterThan(0.95 * market.trades.length);
    expect(await count(`SELECT count(*) FROM (${decided}) WHERE decided_price <> seen`)).toBe(0);
    // Slippage only costs: half a basis point of spread and some impact.
    const slipped = `sign * (met - close_price) / met`;
    expect(
      await count(`SELECT count(*) FROM (${decided}) WHERE ${slipped} NOT BETWEEN -1e-9 AND 0.003`),
    ).toBe(0);
    const tolerated = `least(10, ms / 3.6e6 * 0.5 * CASE WHEN ms > 36e6 THEN 1.2 ELSE 1 END)`;
    const wrong = await count(`
      SELECT count(*) FROM (SELECT *, entry_price * (1 + sign * 0.0011) AS even,
        CASE WHEN ms > 0 THEN entry_price * (1 - sign * ${tolerated} / 100) ELSE entry_price * (1 + sign * 0.0011) END AS level
        FROM (${decided}))
      WHERE NOT CASE reason
        WHEN 'profitable_close' THEN sign * (decided_price - even) > 0
        WHEN 'emergency' THEN closed_at > emergency_at AND sign * (decided_price - even) <= 0
        ELSE sign * (decided_price - even) <= 0 AND abs(target - level) < 1e-8 * level
          AND sign * (decided_price - target * (1 - sign * 0.001)) >= -1e-9 * target
          AND reason = CASE WHEN ms <= 0 THEN 'grace_target' WHEN ${tolerated} >= 10 THEN 'max_loss_reached'
            ELSE 'progressive_target' END
        END`);
    expect(wrong).toBe(0);
  });

  test("no candle of a position's later stages would have closed it earlier", async () => {
    const seen = `
      SELECT a.*, c.close, CASE side WHEN 'long' THEN 1 ELSE -1 END AS sign,
        epoch_ms(c.time) + 300000 - epoch_ms(a.grace_ends_at) AS ms
      FROM state.aged_positions a JOIN market.candles c
        ON c.exchange = 'bybit' AND c."interval" = '5m' AND c.symbol = a.symbol
        AND c.time + INTERVAL 5 MINUTE >= a.detected_at AND c.time + INTERVAL 5 MINUTE < a.closed_at
      WHERE a.${of(market)} AND a.status = 'closed' AND a.trade_id NOT IN (
        SELECT trade_id FROM state.run_fills WHERE ${of(market)} AND reason = 'aged'
        GROUP BY ALL HAVING count(*) > 1)`;
    expect(await count(`SELECT count(*) FROM (${seen})`)).toBeGreaterThan(20_000);
    const missed = await count(`
      SELECT count(*) FROM (${seen})
      WHERE sign * (close - CASE WHEN ms > 0
          THEN entry_price * (1 - sign * least(10, ms / 3.6e6 * 0.5 * CASE WHEN ms > 36e6 THEN 1.2 ELSE 1 END) / 100)
          ELSE entry_price * (1 + sign * 0.0011) END * (1 - sign * 0.001)) > 1e-9 * close`);
    expect(missed).toBe(0);
  });

  test("a limit closes at its target or better, never worse", () => {
    const closes =
      limit.aged?.positions.filter(({ reason }) => reason?.endsWith("_target") === true) ?? [];
    expect(closes.length).toBeGreaterThan(300);
    // Resting prices are rounded to the tick against the account.
    const worse = closes.filter(({ side, closePrice, target, symbol }) => {
      const tick = symbol === "AVAXUSDT" ? 0.001 : 0.1;
      const better = ((closePrice ?? 0) - (target ?? 0)) * (side === "long" ? 1 : -1);
      return better < -tick;
    });
    expect(worse).toEqual([]);
  });

  test("a run with the aged rules comes out the same again, and its exits are explained", async () => {
    const verified = await drydock("verify", market.run.id, "--json");
    expect([verified.exit, verified.stderr]).toEqual([0, expect.any(String)]);
    const emergency = market.aged?.positions.find(({ reason }) => reason === "emergency");
    const shown = await drydock(
      "runs",
      "show",
      market.run.id,
      "--trade",
      String(emergency?.tradeId),
      "--json",
    );
    const { data } = parseDocument(shown) as { data: RunDocument & { trade: TradePath } };
    expect(data.aged).toEqual(market.aged);
    const steps = data.trade.events.filter(({ event }) => event === "aged");
    expect(steps.map(({ reason }) => reason)).toEqual([
      "aged",
      "subscribed",
      "price",
      "price",
      "emergency",
    ]);
    expect(data.trade.events.at(-1)).toMatchObject({ event: "closed", reason: "aged" });
  });
});
