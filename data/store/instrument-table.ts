import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { canonicalJson } from "#data/hashes/canonical-json.ts";
import type { SeriesFingerprint } from "#data/hashes/data-fingerprint.ts";
import { sha256Hex } from "#data/hashes/sha256.ts";
import { monthOf } from "#data/hashes/utc-month.ts";
import { must } from "#engine/assert.ts";
import type { MarginTier } from "#engine/model/instrument.ts";
import { miscounted } from "./store-errors.ts";

/** What a venue said of one contract from some time on. Sizes in base units, notionals in quote units. */
export interface InstrumentRecord {
  readonly exchange: string;
  readonly symbol: string;
  /** Epoch ms UTC; 0 when it holds for all of the past. */
  readonly validFrom: number;
  readonly tick: number;
  readonly lot: number;
  readonly minQty: number;
  /** Null where there is no maximum. */
  readonly maxQty: number | null;
  readonly minNotional: number;
  readonly maxLeverage: number;
  readonly tiers: readonly MarginTier[];
  /** Null where no funding is exchanged. */
  readonly fundingIntervalHours: number | null;
  /** Fees as fractions; null when the venue's profile decides. */
  readonly maker: number | null;
  readonly taker: number | null;
}

/** Stores records, replacing those of the same exchange, symbol and validity, within the transaction. */
export async function writeInstruments(
  connection: DuckDBConnection,
  records: readonly InstrumentRecord[],
): Promise<void> {
  for (const record of records) {
    await connection.run(
      "DELETE FROM instruments WHERE exchange = $1 AND symbol = $2 AND valid_from = $3::BIGINT",
      [record.exchange, record.symbol, BigInt(record.validFrom)],
    );
    await connection.run(
      `INSERT INTO instruments VALUES
       ($1, $2, $3::BIGINT, $4, $5, $6, $7::DOUBLE, $8, $9, $10, $11::DOUBLE, $12::DOUBLE, $13::DOUBLE)`,
      toRow(record),
    );
  }
}

/** The records of an exchange, or of one symbol of it, sorted by exchange, symbol and validity. */
export async function readInstruments(
  connection: DuckDBConnection,
  filter: { readonly exchange?: string | undefined; readonly symbol?: string | undefined } = {},
): Promise<InstrumentRecord[]> {
  const reader = await connection.runAndReadAll(
    `SELECT exchange, symbol, valid_from, tick, lot, min_qty, max_qty, min_notional, max_leverage, tiers,
       funding_interval_hours, maker, taker
     FROM instruments
     WHERE ($1::VARCHAR IS NULL OR exchange = $1) AND ($2::VARCHAR IS NULL OR symbol = $2)
     ORDER BY exchange, symbol, valid_from`,
    [filter.exchange ?? null, filter.symbol ?? null],
  );
  return reader.getRows().map(fromRow);
}

/** How the records that a run used enter its data fingerprint: one series per contract, by month of validity. */
export function instrumentFingerprints(records: readonly InstrumentRecord[]): SeriesFingerprint[] {
  const byContract = Map.groupBy(records, (record) => `${record.exchange}\u0000${record.symbol}`);
  return [...byContract.values()].map((list) => {
    const { exchange, symbol } = must(list[0], "a group has a record");
    const byMonth = Map.groupBy(list, (record) => monthOf(record.validFrom));
    return {
      key: { kind: "instrument", exchange, symbol, interval: "" },
      months: [...byMonth].map(([month, rows]) => ({
        month,
        hash: sha256Hex(
          canonicalJson(rows.toSorted((a, b) => a.validFrom - b.validFrom).map(plain)),
        ),
      })),
    };
  });
}

function plain(record: InstrumentRecord): object {
  return { ...record, tiers: plainTiers(record.tiers) };
}

/** JSON has no Infinity: the bound of the last tier is null there. */
function plainTiers(tiers: readonly MarginTier[]): object[] {
  return tiers.map((tier) => ({ ...tier, upTo: tier.upTo === Infinity ? null : tier.upTo }));
}

function parseTiers(text: string): MarginTier[] {
  const tiers: unknown = JSON.parse(text);
  if (!Array.isArray(tiers)) throw miscounted("instruments", "tiers that are no list");
  return tiers.map((tier: MarginTier & { readonly upTo: number | null }) => ({
    ...tier,
    upTo: tier.upTo ?? Infinity,
  }));
}

function toRow(record: InstrumentRecord): DuckDBValue[] {
  return [
    record.exchange,
    record.symbol,
    BigInt(record.validFrom),
    record.tick,
    record.lot,
    record.minQty,
    record.maxQty,
    record.minNotional,
    record.maxLeverage,
    JSON.stringify(plainTiers(record.tiers)),
    record.fundingIntervalHours,
    record.maker,
    record.taker,
  ];
}

function fromRow(row: readonly DuckDBValue[]): InstrumentRecord {
  const [exchange, symbol, validFrom, tick, lot, minQty, maxQty, minNotional, ...rest] = row;
  const [maxLeverage, tiers, fundingIntervalHours, maker, taker] = rest;
  return {
    exchange: String(exchange),
    symbol: String(symbol),
    validFrom: Number(validFrom),
    tick: Number(tick),
    lot: Number(lot),
    minQty: Number(minQty),
    maxQty: toNumber(maxQty),
    minNotional: Number(minNotional),
    maxLeverage: Number(maxLeverage),
    tiers: parseTiers(String(tiers)),
    fundingIntervalHours: toNumber(fundingIntervalHours),
    maker: toNumber(maker),
    taker: toNumber(taker),
  };
}

function toNumber(value: DuckDBValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
