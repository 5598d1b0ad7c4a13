import { Fields } from "#cli/scenario/fields.ts";
import { type Grid, makeGrid } from "#engine/model/grid.ts";
import type { Instrument, MarginTier } from "#engine/model/instrument.ts";

const KEYS = [
  "symbol",
  "tick",
  "lot",
  "minQty",
  "maxQty",
  "minNotional",
  "maxLeverage",
  "priceBandPct",
  "tiers",
  "fundingIntervalHours",
  "maintenanceOn",
] as const;

const MAX_LEVERAGE = 100;
const MAINTENANCE_PCT = 0.5;

export interface ReadInstrument {
  readonly instrument: Instrument;
  readonly maintenanceOn: "entry" | "mark";
}

/** The contract of a scenario: BTCUSDT, tick 0.01, lot 0.001 and no limits unless it says otherwise. */
export function readInstrument(fields: Fields, symbol: string): ReadInstrument {
  const own = fields.child("instrument", KEYS);
  const maxLeverage = own?.number("maxLeverage", { min: 1, max: 1000 }) ?? MAX_LEVERAGE;
  const priceBandPct = own?.number("priceBandPct", { above: 0 });
  // Stamps of funding are written out, so the interval itself changes nothing; a wrong one is still wrong.
  own?.number("fundingIntervalHours", { above: 0, max: 24 });
  return {
    instrument: {
      exchange: "bybit",
      symbol: own?.text("symbol") ?? symbol,
      tick: readGrid(own, "tick", 0.01),
      lot: readGrid(own, "lot", 0.001),
      minQty: own?.number("minQty", { min: 0 }) ?? 0,
      maxQty: own?.number("maxQty", { above: 0 }) ?? Number.POSITIVE_INFINITY,
      minNotional: own?.number("minNotional", { min: 0 }) ?? 0,
      ...(priceBandPct === undefined ? {} : { priceBandPct }),
      maxLeverage,
      tiers: readTiers(own, maxLeverage),
      isPerpetual: true,
    },
    maintenanceOn: own?.choice("maintenanceOn", ["entry", "mark"]) ?? "entry",
  };
}

function readGrid(own: Fields | null, key: string, otherwise: number): Grid {
  const step = own?.number(key, { above: 0 }) ?? otherwise;
  try {
    return makeGrid(step);
  } catch {
    own?.add(key, `has more than 12 decimals: ${step}`);
    return makeGrid(otherwise);
  }
}

function readTiers(own: Fields | null, maxLeverage: number): readonly MarginTier[] {
  const rows = own?.list("tiers");
  if (own === null || rows === undefined) return [oneTier(MAINTENANCE_PCT, maxLeverage)];
  if (rows.length === 0) own.add("tiers", "must have a row");
  let bound = 0;
  return rows.map((row, at) => {
    const path = [...own.at("tiers"), at];
    const keys = ["upTo", "maintenancePct", "maxLeverage", "deduction"];
    const tier = Fields.of(own.problems, path, row, keys);
    const upTo = tier?.number("upTo", { above: 0 }) ?? Number.POSITIVE_INFINITY;
    if (upTo <= bound) tier?.add("upTo", `must be above ${bound}, the bound of the row before`);
    bound = upTo;
    const maintenancePct = tier?.number("maintenancePct", { min: 0, max: 100 });
    if (tier !== null && !tier.has("maintenancePct")) tier.add("maintenancePct", "is missing");
    return {
      upTo,
      maintenancePct: maintenancePct ?? MAINTENANCE_PCT,
      maxLeverage: tier?.number("maxLeverage", { min: 1, max: 1000 }) ?? maxLeverage,
      deduction: tier?.number("deduction", { min: 0 }) ?? 0,
    };
  });
}

function oneTier(maintenancePct: number, maxLeverage: number): MarginTier {
  return { upTo: Number.POSITIVE_INFINITY, maintenancePct, maxLeverage, deduction: 0 };
}
