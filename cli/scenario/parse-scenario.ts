import { checkSteps } from "#cli/scenario/check-steps.ts";
import { Fields } from "#cli/scenario/fields.ts";
import { ProblemList } from "#cli/scenario/problem-list.ts";
import { readExpect } from "#cli/scenario/read-expect.ts";
import {
  MARKET_KEYS,
  type ReadMarket,
  readInterval,
  readMarket,
} from "#cli/scenario/read-market.ts";
import { readRisk } from "#cli/scenario/read-risk.ts";
import { readAged, readRules } from "#cli/scenario/read-rules.ts";
import { readSteps } from "#cli/scenario/read-steps.ts";
import { readVenue } from "#cli/scenario/read-venue.ts";
import { readScenarioTexts, type ScenarioText } from "#cli/scenario/scenario-source.ts";
import type { Scenario, ScenarioSymbol } from "#sim/scenario/scenario.ts";

const KEYS = [
  "name",
  "source",
  "interval",
  "start",
  "account",
  "venue",
  ...MARKET_KEYS,
  "symbols",
  "steps",
  "rules",
  "risk",
  "expect",
  "tolerance",
];

const HOUR_MS = 3_600_000;
/** 2024-01-01T00:00:00Z. */
const START = 1_704_067_200_000;
const TOLERANCE = 1e-9;

/**
 * The scenarios of a file, checked and with every default.
 * @param file as the user named it, for messages
 * @throws E_SCENARIO with file, line and key of everything that is wrong
 */
export function parseScenarioFile(text: string, file: string): readonly Scenario[] {
  return readScenarioTexts(text, file).map(parseScenario);
}

function parseScenario(text: ScenarioText): Scenario {
  const problems = new ProblemList(text);
  const fields = Fields.of(problems, [], text.value, KEYS);
  const scenario = fields === null ? null : readScenario(fields, problems);
  problems.throwIfAny();
  return scenario as Scenario;
}

function readScenario(fields: Fields, problems: ProblemList): Scenario {
  if (!fields.has("name")) fields.add("name", "is missing");
  const intervalMs = readInterval(fields, "interval") ?? HOUR_MS;
  const markets = readMarkets(fields, intervalMs);
  const [main] = markets as [ReadMarket, ...ReadMarket[]];
  const symbols = markets.map(({ symbol }) => symbol);
  const names = symbols.map(({ instrument }) => instrument.symbol);
  const isMulti = fields.has("symbols");
  const bars = Math.max(...symbols.map(({ candles }) => candles.length));
  const account = readAccount(fields, symbols);
  const steps = readSteps(fields, { symbols: names, bars });
  checkSteps(steps, { symbols, positionMode: account.positionMode }, problems);
  const orders = steps.flatMap(({ step }) => (step.kind === "order" ? [step.name] : []));
  const venue = readVenue(fields, {
    hasDetail: symbols.some(({ detail }) => detail !== null),
    maintenanceOn: main.maintenanceOn,
    positionMode: account.positionMode,
    marginMode: account.marginMode,
  });
  return {
    name: fields.text("name") ?? "",
    source: fields.text("source") ?? null,
    intervalMs,
    start: fields.time("start") ?? START,
    ...account,
    venue,
    symbols,
    isMulti,
    steps: steps.map(({ step }) => step),
    rules: readRules(fields),
    risk: readRisk(fields),
    aged: readAged(fields, venue.takerPct),
    expect: readExpect(fields, { orders, symbols: names, isMulti }),
    tolerance: fields.number("tolerance", { min: 0, max: 1 }) ?? TOLERANCE,
  };
}

/** The scenario's own market first, then the further symbols. */
function readMarkets(fields: Fields, intervalMs: number): readonly ReadMarket[] {
  const main = readMarket(fields, "BTCUSDT", intervalMs);
  const further = fields.child("symbols", null);
  const taken = new Set([main.symbol.instrument.symbol]);
  const others = (further?.keys ?? []).flatMap((name) => {
    const own = further?.child(name, MARKET_KEYS);
    if (own === null || own === undefined) {
      further?.add(name, "must have candles");
      return [];
    }
    const market = readMarket(own, name, intervalMs);
    const { symbol } = market.symbol.instrument;
    if (symbol !== name)
      own.add("instrument", `has the symbol ${symbol}, but stands under ${name}`);
    if (taken.has(symbol)) further?.add(name, `is taken: there is a symbol "${symbol}" already`);
    taken.add(symbol);
    if (market.maintenanceOn !== main.maintenanceOn) {
      own.add("instrument", "takes the maintenance margin on another value than the first symbol");
    }
    return [market];
  });
  return [main, ...others];
}

function readAccount(
  fields: Fields,
  symbols: readonly ScenarioSymbol[],
): Pick<Scenario, "balance" | "leverage" | "marginMode" | "positionMode"> {
  const own = fields.child("account", ["balance", "leverage", "margin", "positionMode"]);
  const account = {
    balance: own?.number("balance", { above: 0 }) ?? 10_000,
    leverage: own?.number("leverage", { min: 1 }) ?? 1,
    marginMode: own?.choice("margin", ["isolated", "cross"]) ?? "isolated",
    positionMode: own?.choice("positionMode", ["oneWay", "hedge"]) ?? "oneWay",
  } as const;
  for (const { instrument } of symbols) {
    const { maxLeverage, symbol } = instrument;
    if (account.leverage <= maxLeverage) continue;
    own?.add("leverage", `is ${account.leverage}, above the ${maxLeverage} of ${symbol}`);
  }
  return account;
}
