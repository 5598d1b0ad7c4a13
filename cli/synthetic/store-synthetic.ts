import { openMarketStore } from "#data/store/market-store.ts";
import { createWorkspace, type Workspace } from "#data/store/workspace.ts";
import type { SyntheticMarket, SyntheticSeries } from "#data/synthetic/generate-market.ts";
import { SYNTHETIC_EXCHANGE } from "#data/synthetic/generate-market.ts";
import { formatInterval } from "#engine/market/interval.ts";

export interface StoredRow {
  readonly symbol: string;
  readonly kind: "candles" | "mark" | "funding";
  readonly interval: string;
  readonly rows: number;
  readonly inserted: number;
  readonly unchanged: number;
  readonly replaced: number;
}

/** How the store names the source of generated data; reports label such runs by it. */
export const SYNTHETIC_SOURCE = "synthetic";

/** Puts a generated market into the store, exchange "synthetic"; the same market again changes nothing. */
export async function storeSynthetic(
  workspace: Workspace,
  market: SyntheticMarket,
  onConflict: "refuse" | "replace",
): Promise<readonly StoredRow[]> {
  createWorkspace(workspace);
  const store = await openMarketStore(workspace.marketPath, { mode: "write" });
  const provenance = {
    source: SYNTHETIC_SOURCE,
    files: [{ name: market.label }],
    importedAt: Date.now(),
  };
  const rows: StoredRow[] = [];
  try {
    for (const one of market.symbols) {
      const key = { exchange: SYNTHETIC_EXCHANGE, symbol: one.symbol };
      for (const kind of ["candles", "mark"] as const) {
        const bars = one[kind];
        const interval = formatInterval(bars.intervalMs);
        const counts = await store.writeBars({ ...key, kind, interval }, bars, provenance, {
          onConflict,
        });
        rows.push({ symbol: one.symbol, kind, interval, rows: bars.length, ...counts });
      }
      const funding = { ...key, kind: "funding", interval: "" } as const;
      const counts = await store.writeFunding(funding, one.funding, provenance, { onConflict });
      rows.push({
        symbol: one.symbol,
        kind: "funding",
        interval: "",
        rows: one.funding.length,
        ...counts,
      });
    }
    await store.writeInstruments(market.symbols.map(instrumentOf));
  } finally {
    await store.close();
  }
  return rows;
}

function instrumentOf(
  one: SyntheticSeries,
): Parameters<Awaited<ReturnType<typeof openMarketStore>>["writeInstruments"]>[0][number] {
  return {
    exchange: SYNTHETIC_EXCHANGE,
    symbol: one.symbol,
    validFrom: 0,
    tick: one.tick,
    lot: one.lot,
    minQty: one.lot,
    maxQty: null,
    minNotional: 5,
    maxLeverage: 100,
    tiers: [],
    fundingIntervalHours: 8,
    maker: null,
    taker: null,
  };
}
