/**
 * Every metric that drydock prints: its key, unit, formula and display. The formulas are the ones of the
 * code in this folder; a report shows them as the definition of the number beside it. They are written in
 * fractions, a metric with the unit "%" is then multiplied by 100.
 *
 * Words used in the formulas: E equity after all costs, E0 the start balance and first peak, r the returns of the
 * N full days that close at 00:00 UTC, A = 365 periods a year, Y the length of the run in years of 365 days, sd the
 * standard deviation with n − 1, g3 and g4 skewness and kurtosis from population moments, q quantiles with linear
 * interpolation, s = (mean(r) − rf/A)/sd(r). A trade is flat to flat; open trades are left out.
 */

export type MetricGroup =
  | "Money"
  | "Return"
  | "Risk"
  | "Ratio"
  | "Evidence"
  | "Trades"
  | "Use"
  | "Benchmark";

/** "x" is a multiple of equity, "ratio" a pure number, "h" hours, "d" days. */
export type MetricUnit = "money" | "%" | "x" | "h" | "d" | "bps" | "ratio" | "count";

export interface MetricDefinition<
  Key extends string = string,
  Group extends MetricGroup = MetricGroup,
> {
  readonly key: Key;
  readonly group: Group;
  readonly label: string;
  readonly unit: MetricUnit;
  /** What the number is, in the words above. */
  readonly formula: string;
  readonly decimals: number;
  /** Whether a gain is shown with a plus sign. */
  readonly isSigned: boolean;
}

const DECIMALS: Readonly<Record<MetricUnit, number>> = {
  money: 2,
  "%": 2,
  x: 2,
  h: 2,
  d: 2,
  bps: 2,
  ratio: 2,
  count: 0,
};

function define<const Key extends string, const Group extends MetricGroup>(
  group: Group,
  key: Key,
  label: string,
  unit: MetricUnit,
  formula: string,
  sign: "signed" | "plain" = "plain",
): MetricDefinition<Key, Group> {
  const isSigned = sign === "signed";
  return { key, group, label, unit, formula, decimals: DECIMALS[unit], isSigned };
}

/** In the order in which reports list them. */
export const METRICS = [
  define("Money", "net", "Net profit", "money", "E_end − E0", "signed"),
  define(
    "Money",
    "pricePnl",
    "Price PnL",
    "money",
    "profit at the reference prices of the decisions, before all costs",
    "signed",
  ),
  define("Money", "slippage", "Slippage", "money", "Σ |fill price − reference price| × quantity"),
  define("Money", "feesMaker", "Maker fees", "money", "Σ fees of maker fills, paid > 0"),
  define("Money", "feesTaker", "Taker fees", "money", "Σ fees of taker fills, paid > 0"),
  define("Money", "funding", "Funding", "money", "Σ funding payments, received > 0", "signed"),
  define("Money", "liqFees", "Liquidation fees", "money", "Σ fees of liquidations, paid > 0"),
  define(
    "Money",
    "costShare",
    "Costs / gross",
    "%",
    "(slippage + fees + liqFees + max(0, −funding)) / |pricePnl|",
  ),
  define("Return", "netReturn", "Net return", "%", "E_end / E0 − 1", "signed"),
  define("Return", "cagr", "CAGR", "%", "(E_end / E0)^(1/Y) − 1", "signed"),
  define("Return", "bestDay", "Best day", "%", "max r", "signed"),
  define("Return", "worstDay", "Worst day", "%", "min r", "signed"),
  define("Return", "bestMonth", "Best month", "%", "max of r compounded per UTC month", "signed"),
  define("Return", "worstMonth", "Worst month", "%", "min of r compounded per UTC month", "signed"),
  define("Return", "winDays", "Winning days", "%", "share of r > 0"),
  define("Risk", "vol", "Volatility", "%", "sd(r) × √A"),
  define("Risk", "maxDD", "Max drawdown", "%", "min over bars of E / (highest E so far) − 1"),
  define(
    "Risk",
    "maxDDIntrabar",
    "Max drawdown intrabar",
    "%",
    "as max drawdown, with every position at the adverse extreme of each bar",
  ),
  define(
    "Risk",
    "ddDays",
    "Longest drawdown",
    "d",
    "longest time from a peak to its recovery or the end",
  ),
  define("Risk", "underwater", "Under water", "%", "share of bars with E below its peak"),
  define("Risk", "ulcer", "Ulcer index", "%", "√ mean(dd²), dd = daily E / (highest daily E) − 1"),
  define("Risk", "var95", "Daily VaR 95 %", "%", "−q05(r); above zero is a loss"),
  define("Risk", "es95", "Daily ES 95 %", "%", "−mean(r : r ≤ q05); above zero is a loss"),
  define("Risk", "skew", "Skewness", "ratio", "g3 = m3 / m2^1.5", "signed"),
  define("Risk", "exKurt", "Excess kurtosis", "ratio", "g4 − 3, g4 = m4 / m2²", "signed"),
  define(
    "Risk",
    "minLiqDist",
    "Nearest liquidation",
    "%",
    "min over bars with a position of |mark − liquidation price| / mark",
  ),
  define("Ratio", "sharpe", "Sharpe", "ratio", "s × √A"),
  define(
    "Ratio",
    "sharpeLow",
    "Sharpe, low 95 %",
    "ratio",
    "sharpe − 1.96 √A √((1 + s²/2 − g3 s + (g4 − 3) s²/4) / (N − 1))",
  ),
  define(
    "Ratio",
    "sharpeHigh",
    "Sharpe, high 95 %",
    "ratio",
    "sharpe + 1.96 √A √((1 + s²/2 − g3 s + (g4 − 3) s²/4) / (N − 1))",
  ),
  define(
    "Ratio",
    "sortino",
    "Sortino",
    "ratio",
    "(mean(r) − rf/A) / √mean(min(r − rf/A, 0)²) × √A",
  ),
  define("Ratio", "calmar", "Calmar", "ratio", "cagr / |maxDD|"),
  define("Ratio", "omega", "Omega", "ratio", "Σ max(r, 0) / Σ max(−r, 0)"),
  define("Ratio", "upi", "Ulcer performance", "ratio", "cagr / ulcer"),
  define("Ratio", "gpr", "Gain to pain", "ratio", "Σ monthly r / |Σ negative monthly r|"),
  define(
    "Evidence",
    "psr",
    "PSR",
    "%",
    "Φ(s √(N − 1) / √(1 − g3 s + (g4 − 1) s²/4)): probability that the true Sharpe is above 0",
  ),
  define(
    "Evidence",
    "dsr",
    "DSR",
    "%",
    "PSR against s* = sd(trial s) ((1 − c) Φ⁻¹(1 − 1/K) + c Φ⁻¹(1 − 1/(K e))), c = 0.5772156649, K trials",
  ),
  define(
    "Evidence",
    "pBoot",
    "Bootstrap p",
    "ratio",
    "share of 10,000 stationary block bootstraps (mean block N^(1/3), run seed) with mean r ≤ 0",
  ),
  define("Trades", "trades", "Trades", "count", "closed trades, flat to flat per symbol"),
  define("Trades", "winRate", "Win rate", "%", "wins / trades"),
  define("Trades", "winRateLow", "Win rate, low 95 %", "%", "Wilson interval, z = 1.96"),
  define("Trades", "winRateHigh", "Win rate, high 95 %", "%", "Wilson interval, z = 1.96"),
  define("Trades", "profitFactor", "Profit factor", "ratio", "Σ wins / |Σ losses|"),
  define("Trades", "payoff", "Payoff", "ratio", "mean win / |mean loss|"),
  define("Trades", "expectancy", "Expectancy", "money", "mean PnL of a trade", "signed"),
  define(
    "Trades",
    "expectancyBps",
    "Expectancy bps",
    "bps",
    "mean of 10⁴ × PnL / (entry price × largest quantity)",
    "signed",
  ),
  define(
    "Trades",
    "expectancyR",
    "Expectancy R",
    "ratio",
    "mean of PnL / initial risk, over trades with a stop",
    "signed",
  ),
  define(
    "Trades",
    "sqn",
    "SQN",
    "ratio",
    "√min(trades, 100) × mean(R) / sd(R); R = PnL / initial risk if every trade had a stop, else PnL",
  ),
  define("Trades", "holdMedian", "Holding time", "h", "median time from entry to flat"),
  define("Trades", "holdWin", "Holding time of wins", "h", "median, over wins"),
  define("Trades", "holdLoss", "Holding time of losses", "h", "median, over losses"),
  define("Trades", "maxWins", "Wins in a row", "count", "longest streak in order of closing"),
  define("Trades", "maxLosses", "Losses in a row", "count", "longest streak in order of closing"),
  define("Trades", "mae", "Adverse excursion", "%", "mean of the worst excursions, of entry price"),
  define(
    "Trades",
    "mfe",
    "Favourable excursion",
    "%",
    "mean of the best excursions, of entry price",
  ),
  define("Trades", "top1Share", "Best trade / net", "%", "PnL of the best trade / net"),
  define(
    "Trades",
    "netWithoutTop5",
    "Net without the best 5",
    "money",
    "net − PnL of the five best trades",
    "signed",
  ),
  define("Use", "timeInMarket", "Time in market", "%", "bars with a position / all bars"),
  define("Use", "grossLevAvg", "Mean leverage", "x", "mean over bars of Σ |notional| / E"),
  define("Use", "grossLevMax", "Max leverage", "x", "max over bars of Σ |notional| / E"),
  define("Use", "turnover", "Turnover a year", "x", "Σ |fill notional| / mean(E) / Y"),
  define("Use", "makerShare", "Maker share", "%", "maker notional / fill notional"),
  define("Use", "slipBps", "Slippage bps", "bps", "10⁴ × slippage / fill notional"),
  define("Use", "partMax", "Max participation", "%", "max of fill quantity / bar volume"),
  define("Use", "partP95", "Participation q95", "%", "q95 of fill quantity / bar volume"),
  define("Use", "liquidations", "Liquidations", "count", "positions that the venue closed"),
  define(
    "Benchmark",
    "bh",
    "Buy and hold",
    "%",
    "mean over symbols of close_end / close_start − 1",
    "signed",
  ),
  define(
    "Benchmark",
    "beta",
    "Beta",
    "ratio",
    "slope of r on r_bh by least squares, r_bh of the equal-weight buy and hold",
  ),
  define("Benchmark", "alpha", "Alpha", "%", "intercept × A", "signed"),
  define("Benchmark", "corr", "Correlation", "ratio", "Pearson correlation of r and r_bh"),
  define("Benchmark", "ir", "Information ratio", "ratio", "mean(r − r_bh) / sd(r − r_bh) × √A"),
] as const;

export type MetricKey = (typeof METRICS)[number]["key"];

/** The keys of one group, so that a function that computes a group can not forget one. */
export type KeysOf<Group extends MetricGroup> = Extract<
  (typeof METRICS)[number],
  { readonly group: Group }
>["key"];

const BY_KEY: ReadonlyMap<string, MetricDefinition<MetricKey>> = new Map(
  METRICS.map((metric) => [metric.key, metric]),
);

/** The definition of a metric. */
export function metric(key: MetricKey): MetricDefinition<MetricKey> {
  return BY_KEY.get(key) as MetricDefinition<MetricKey>;
}

export function isMetricKey(text: string): text is MetricKey {
  return BY_KEY.has(text);
}
