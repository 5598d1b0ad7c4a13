import type { SymbolOptions } from "./options.ts";

/** A symbol with every option set. */
export type SyntheticSymbolSettings = {
  readonly [Key in keyof SymbolOptions]-?: NonNullable<SymbolOptions[Key]>;
};

type Defaults = Omit<SyntheticSymbolSettings, "symbol">;

/** Round numbers of the size that these contracts have had; they state nothing about any moment. */
const DEFAULTS: ReadonlyMap<string, Defaults> = new Map(
  Object.entries({
    BTCUSDT: {
      startPrice: 60_000,
      tick: 0.1,
      lot: 0.001,
      annualVol: 0.52,
      correlation: 0.93,
      dailyTurnover: 8e9,
      fundingCap: 0.00375,
    },
    ETHUSDT: {
      startPrice: 3_000,
      tick: 0.01,
      lot: 0.01,
      annualVol: 0.7,
      correlation: 0.88,
      dailyTurnover: 5e9,
      fundingCap: 0.00375,
    },
    SOLUSDT: {
      startPrice: 150,
      tick: 0.01,
      lot: 0.1,
      annualVol: 0.9,
      correlation: 0.82,
      dailyTurnover: 1.5e9,
      fundingCap: 0.01,
    },
    XRPUSDT: {
      startPrice: 0.6,
      tick: 0.0001,
      lot: 0.1,
      annualVol: 0.85,
      correlation: 0.76,
      dailyTurnover: 6e8,
      fundingCap: 0.01,
    },
    DOGEUSDT: {
      startPrice: 0.15,
      tick: 0.00001,
      lot: 1,
      annualVol: 1.0,
      correlation: 0.78,
      dailyTurnover: 5e8,
      fundingCap: 0.01,
    },
    BNBUSDT: {
      startPrice: 550,
      tick: 0.01,
      lot: 0.01,
      annualVol: 0.58,
      correlation: 0.8,
      dailyTurnover: 3e8,
      fundingCap: 0.01,
    },
    ADAUSDT: {
      startPrice: 0.5,
      tick: 0.0001,
      lot: 1,
      annualVol: 0.9,
      correlation: 0.8,
      dailyTurnover: 2e8,
      fundingCap: 0.01,
    },
    AVAXUSDT: {
      startPrice: 30,
      tick: 0.001,
      lot: 0.1,
      annualVol: 1.0,
      correlation: 0.8,
      dailyTurnover: 1.5e8,
      fundingCap: 0.02,
    },
    LINKUSDT: {
      startPrice: 15,
      tick: 0.001,
      lot: 0.1,
      annualVol: 0.92,
      correlation: 0.8,
      dailyTurnover: 1.5e8,
      fundingCap: 0.02,
    },
    LTCUSDT: {
      startPrice: 90,
      tick: 0.01,
      lot: 0.1,
      annualVol: 0.78,
      correlation: 0.78,
      dailyTurnover: 1.2e8,
      fundingCap: 0.02,
    },
  }),
);

/** Any other symbol. */
const OTHERS: Defaults = {
  startPrice: 10,
  tick: 0.001,
  lot: 0.1,
  annualVol: 0.95,
  correlation: 0.75,
  dailyTurnover: 1e8,
  fundingCap: 0.02,
};

/** Fills what the options leave out with the defaults of the symbol. */
export function withSymbolDefaults(options: SymbolOptions): SyntheticSymbolSettings {
  const defaults = DEFAULTS.get(options.symbol) ?? OTHERS;
  return {
    symbol: options.symbol,
    startPrice: options.startPrice ?? defaults.startPrice,
    tick: options.tick ?? defaults.tick,
    lot: options.lot ?? defaults.lot,
    annualVol: options.annualVol ?? defaults.annualVol,
    correlation: options.correlation ?? defaults.correlation,
    dailyTurnover: options.dailyTurnover ?? defaults.dailyTurnover,
    fundingCap: options.fundingCap ?? defaults.fundingCap,
  };
}
