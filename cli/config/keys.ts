import { AGED_KEYS } from "#cli/config/aged-keys.ts";
import { type ConfigKey, fee, percent } from "#cli/config/key-kinds.ts";
import { RISK_KEYS } from "#cli/config/risk-keys.ts";

/**
 * Every setting that a config file, an environment variable and a flag can give, in one place. A dot in the name
 * is nesting in the file (`rules: { stopLossPct: 5 }`); the variable is `DRYDOCK_` and the name in capitals.
 * Percent are percent (0.055 is 0.055 %), a basis point is 0.01 %.
 */

export const CONFIG_KEYS = {
  exchange: { kind: "text", flag: "exchange", describe: "Exchange of the data, such as bybit" },
  symbols: { kind: "list", flag: "symbol", alias: ["symbols"], describe: "Symbols to trade" },
  interval: { kind: "interval", flag: "interval", alias: ["tf"], describe: "Length of a bar" },
  from: { kind: "time", flag: "from", describe: "First moment: a date, or 90d before the end" },
  to: { kind: "time", flag: "to", describe: "End, exclusive: a date, or 30d before the data end" },
  strategy: { kind: "text", flag: "strategy", describe: "Name of a strategy, or its file" },
  params: { kind: "params", flag: "param", describe: "Parameter of the strategy: name=value" },
  seed: {
    kind: "number",
    flag: "seed",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    integer: true,
    default: 1,
    describe: "Seed of every random stream",
  },
  dataDir: {
    kind: "path",
    flag: "data-dir",
    default: ".drydock",
    describe: "Folder of the stores",
  },

  balance: {
    kind: "number",
    flag: "balance",
    above: 0,
    default: 10_000,
    describe: "Start balance in quote currency",
  },
  leverage: {
    kind: "number",
    flag: "leverage",
    min: 1,
    max: 1_000,
    default: 1,
    describe: "Leverage of new positions",
  },
  margin: {
    kind: "choice",
    flag: "margin",
    choices: ["isolated", "cross"],
    default: "isolated",
    describe: "Margin mode",
  },
  positionMode: {
    kind: "choice",
    flag: "position-mode",
    choices: ["oneWay", "hedge"],
    default: "oneWay",
    describe: "One position per symbol, or a long and a short",
  },

  costs: {
    kind: "choice",
    flag: "costs",
    choices: ["venue", "none"],
    default: "venue",
    describe: "Costs of the venue, or none at all (stamps the report)",
  },
  "fees.makerPct": { ...fee, flag: "maker-fee-pct", describe: "Maker fee, % of notional" },
  "fees.takerPct": { ...fee, flag: "taker-fee-pct", describe: "Taker fee, % of notional" },
  "fees.liquidationPct": {
    ...fee,
    flag: "liquidation-fee-pct",
    describe: "Liquidation fee, % of notional",
  },
  slippageBps: {
    kind: "number",
    flag: "slippage-bps",
    min: 0,
    max: 10_000,
    describe: "Fixed slippage instead of the model, bp of the price",
  },
  "slippage.halfSpreadBps": {
    kind: "number",
    flag: "half-spread-bps",
    min: 0,
    max: 10_000,
    default: 1,
    describe: "Slippage model: half the spread, bp",
  },
  "slippage.impactBps": {
    kind: "number",
    flag: "impact-bps",
    min: 0,
    max: 1_000_000,
    default: 100,
    describe: "Slippage model: bp at a size of the whole bar volume",
  },
  participationPct: {
    kind: "number",
    flag: "participation-pct",
    above: 0,
    max: 100,
    default: 10,
    describe: "Largest share of a bar's volume that an order fills",
  },
  latencyMs: {
    kind: "number",
    flag: "latency-ms",
    min: 0,
    max: 86_400_000,
    default: 0,
    describe: "Time from a decision to its arrival at the venue",
  },
  "latency.amendMs": {
    kind: "number",
    flag: "amend-latency-ms",
    min: 0,
    max: 86_400_000,
    describe: "The same for amends, where it differs",
  },
  "latency.cancelMs": {
    kind: "number",
    flag: "cancel-latency-ms",
    min: 0,
    max: 86_400_000,
    describe: "The same for cancels, where it differs",
  },
  funding: {
    kind: "text",
    flag: "funding",
    describe: "none, or a file of rates with --file, instead of the stored rates",
  },
  fundingMissing: {
    kind: "choice",
    flag: "funding-missing",
    choices: ["error", "zero", "last"],
    default: "error",
    describe: "What a missing funding rate inside a series means",
  },

  fillAt: {
    kind: "choice",
    flag: "fill-at",
    choices: ["nextOpen", "close"],
    default: "nextOpen",
    describe: "Where a decision trades; close is optimistic and stamps the report",
  },
  limitFill: {
    kind: "choice",
    flag: "limit-fill",
    choices: ["through", "touch"],
    default: "through",
    describe: "What fills a limit; touch is optimistic and stamps the report",
  },
  limitImprove: {
    kind: "switch",
    flag: "limit-improve",
    default: false,
    describe: "A limit that gaps fills at the better open (stamps the report)",
  },
  intrabar: {
    kind: "choice",
    flag: "intrabar",
    choices: ["worst", "best", "ohlc", "olhc", "adaptive", "detail"],
    describe: "Path inside a bar; else detail with finer candles, worst without",
  },
  detail: {
    kind: "interval",
    flag: "detail",
    describe: "Interval of the stored finer candles that decide inside a bar; else the finest",
  },
  gaps: {
    kind: "choice",
    flag: "gaps",
    choices: ["skip", "halt", "error"],
    default: "skip",
    describe: "What missing bars mean",
  },

  "rules.stopLossPct": { ...percent, flag: "stop-loss-pct", describe: "Stop loss, % of entry" },
  "rules.takeProfitPct": {
    kind: "number",
    flag: "take-profit-pct",
    above: 0,
    describe: "Take profit, % of entry",
  },
  "rules.roi": {
    kind: "steps",
    flag: "roi",
    describe: "Profit that suffices by minutes held, such as 0:4,120:2",
  },
  "rules.trailing.pct": { ...percent, flag: "trailing-pct", describe: "Trailing stop, % of best" },
  "rules.trailing.offsetPct": {
    kind: "number",
    flag: "trailing-offset-pct",
    min: 0,
    describe: "Profit that starts the trailing stop, % of entry",
  },
  "rules.trailing.onlyAfterOffset": {
    kind: "switch",
    flag: "trailing-only-after-offset",
    describe: "Trail only once the offset was reached",
  },
  "rules.maxBars": {
    kind: "number",
    flag: "max-bars",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    integer: true,
    describe: "Close a position after so many bars",
  },

  ...RISK_KEYS,
  ...AGED_KEYS,
  "reconcile.everyMinutes": {
    kind: "number",
    flag: "reconcile-every",
    min: 0,
    max: 1_000_000,
    default: 60,
    describe: "Minutes between two comparisons of the books with the exchange; 0: none",
  },
} as const satisfies Readonly<Record<string, ConfigKey>>;

export type ConfigKeyName = keyof typeof CONFIG_KEYS;

export type ParamValue = number | string | boolean;

type ValueOf<K> = K extends { kind: "number" }
  ? number
  : K extends { kind: "switch" }
    ? boolean
    : K extends { kind: "list" }
      ? readonly string[]
      : K extends { kind: "steps" }
        ? Readonly<Record<string, number>>
        : K extends { kind: "params" }
          ? Readonly<Record<string, ParamValue>>
          : K extends { kind: "choice"; choices: readonly (infer Choice)[] }
            ? Choice
            : string;

/** The resolved settings by their dotted names; undefined where nothing was given and there is no default. */
export type ConfigValues = {
  readonly [Name in ConfigKeyName]: (typeof CONFIG_KEYS)[Name] extends { default: unknown }
    ? ValueOf<(typeof CONFIG_KEYS)[Name]>
    : ValueOf<(typeof CONFIG_KEYS)[Name]> | undefined;
};

/** All names in the order in which they are shown. */
export const CONFIG_KEY_NAMES = Object.keys(CONFIG_KEYS) as readonly ConfigKeyName[];

/** `rules.stopLossPct` → `DRYDOCK_RULES_STOP_LOSS_PCT`. */
export function environmentName(name: string): string {
  const words = name.replaceAll(".", "_").replaceAll(/([a-z])([A-Z])/g, "$1_$2");
  return `DRYDOCK_${words.toUpperCase()}`;
}
