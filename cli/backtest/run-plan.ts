import { CONFIG_KEY_NAMES, type ConfigValues } from "#cli/config/keys.ts";
import type { AgedConfig, AgedParams } from "#engine/aged/aged-config.ts";
import { plainRiskLimits, type RiskLimits } from "#engine/risk/risk-limits.ts";
import { type ExitRules, roiSteps } from "#engine/rules/exit-rules.ts";
import type { ParamValue } from "#engine/strategy/params.ts";
import type { IntrabarMode, VenueSettings } from "#sim/venue-settings.ts";
import { venueProfile, withoutCosts } from "#sim/venue-settings.ts";

/**
 * The whole configuration of a run with every default, as it stands in the JSON document, in the run's folder and in
 * the run hash. No path and no clock is in it: the same run in another folder is the same run.
 */
export interface RunConfig {
  readonly strategy: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  /** ISO-8601 UTC: first decision at or after, and the end, exclusive. */
  readonly from: string;
  readonly to: string;
  /** Open time of the first candle used, warm-up included. */
  readonly dataFrom: string;
  /** Interval of the candles the exchange matched on. */
  readonly matchedOn: string;
  readonly balance: number;
  readonly leverage: number;
  readonly margin: VenueSettings["marginMode"];
  readonly positionMode: VenueSettings["positionMode"];
  readonly costs: "venue" | "none";
  readonly fees: {
    readonly makerPct: number;
    readonly takerPct: number;
    readonly liquidationPct: number;
  };
  readonly slippage: VenueSettings["slippage"];
  readonly participationPct: number | null;
  readonly latencyMs: number;
  readonly amendLatencyMs?: number | undefined;
  readonly cancelLatencyMs?: number | undefined;
  readonly fillAt: VenueSettings["fillAt"];
  readonly intrabar: IntrabarMode;
  readonly limitFill: VenueSettings["limitFill"];
  readonly limitImprove: boolean;
  readonly maintenanceOn: VenueSettings["maintenanceOn"];
  readonly fundingOn: VenueSettings["fundingOn"];
  readonly liquidation: VenueSettings["liquidation"];
  readonly funding: "stored" | "file" | "none";
  readonly fundingMissing: "error" | "zero" | "last";
  readonly gaps: "skip" | "halt" | "error";
  readonly rules: ExitRules;
  /** Absent where nothing is limited. */
  readonly risk?: RiskLimits | undefined;
  /** Every parameter of the aged rules; absent where they are off. */
  readonly aged?: AgedConfig | undefined;
  /** Absent in runs that were made before it was known. */
  readonly reconcile?: { readonly everyMinutes: number } | undefined;
  readonly seed: number;
  readonly gates: boolean;
}

/** The venue as a stored configuration describes it. */
export function settingsOf(config: RunConfig): VenueSettings {
  const { slippage, participationPct, latencyMs, fillAt, intrabar, limitFill } = config;
  const { limitImprove, maintenanceOn, positionMode, fundingOn, liquidation } = config;
  const { amendLatencyMs, cancelLatencyMs } = config;
  return {
    ...config.fees,
    slippage,
    participationPct,
    latencyMs,
    ...(amendLatencyMs === undefined ? {} : { amendLatencyMs }),
    ...(cancelLatencyMs === undefined ? {} : { cancelLatencyMs }),
    positionMode,
    fillAt,
    intrabar,
    limitFill,
    limitImprove,
    maintenanceOn,
    marginMode: config.margin,
    fundingOn,
    liquidation,
  };
}

/** How the venue of a run behaves: the profile of the exchange, changed by what the configuration says. */
export function venueSettings(
  exchange: string,
  values: ConfigValues,
  hasDetail: boolean,
): VenueSettings {
  const profile = venueProfile(exchange.replace(/-(spot|inverse)$/, ""));
  const settings: VenueSettings = {
    ...profile,
    makerPct: values["fees.makerPct"] ?? profile.makerPct,
    takerPct: values["fees.takerPct"] ?? profile.takerPct,
    liquidationPct: values["fees.liquidationPct"] ?? profile.liquidationPct,
    slippage:
      values.slippageBps === undefined
        ? {
            kind: "spreadImpact",
            halfSpreadBps: values["slippage.halfSpreadBps"],
            impactBps: values["slippage.impactBps"],
          }
        : { kind: "fixed", bps: values.slippageBps },
    participationPct: values.participationPct,
    latencyMs: values.latencyMs,
    ...(values["latency.amendMs"] === undefined
      ? {}
      : { amendLatencyMs: values["latency.amendMs"] }),
    ...(values["latency.cancelMs"] === undefined
      ? {}
      : { cancelLatencyMs: values["latency.cancelMs"] }),
    positionMode: values.positionMode,
    marginMode: values.margin,
    fillAt: values.fillAt,
    intrabar: values.intrabar ?? (hasDetail ? "detail" : "worst"),
    limitFill: values.limitFill,
    limitImprove: values.limitImprove,
  };
  return values.costs === "none" ? withoutCosts(settings) : settings;
}

/** The aged rules of the configuration: any setting of theirs switches them on, unless `aged.enabled` says no. */
export function configuredAged(values: ConfigValues): AgedParams | null {
  const params = Object.fromEntries(
    CONFIG_KEY_NAMES.flatMap((name) => {
      const isParameter = name.startsWith("aged.") && name !== "aged.enabled";
      const value = values[name];
      return isParameter && value !== undefined ? [[name.slice("aged.".length), value]] : [];
    }),
  ) as AgedParams;
  const isOn = values["aged.enabled"] ?? Object.keys(params).length > 0;
  return isOn ? params : null;
}

/** The exit rules of the configuration; null when it says nothing, so that the strategy's own hold. */
export function configuredRules(values: ConfigValues): ExitRules | null {
  const trailingPct = values["rules.trailing.pct"];
  const rules: ExitRules = {
    stopLossPct: values["rules.stopLossPct"],
    takeProfitPct: values["rules.takeProfitPct"],
    roi: values["rules.roi"],
    maxBars: values["rules.maxBars"],
    trailing:
      trailingPct === undefined
        ? undefined
        : {
            pct: trailingPct,
            offsetPct: values["rules.trailing.offsetPct"],
            onlyAfterOffset: values["rules.trailing.onlyAfterOffset"],
          },
  };
  return Object.values(rules).some((rule) => rule !== undefined) ? plainRules(rules) : null;
}

/** What the account may risk, as the configuration says; null when it says nothing. */
export function configuredRisk(values: ConfigValues): RiskLimits | null {
  return plainRiskLimits({
    maxNotionalPerSymbol: values["risk.maxNotionalPerSymbol"],
    maxTotalNotional: values["risk.maxTotalNotional"],
    maxLeverage: values["risk.maxLeverage"],
    maxOpenPositions: values["risk.maxOpenPositions"],
    maxOrdersPerMinute: values["risk.maxOrdersPerMinute"],
    maxDailyLossPct: values["risk.maxDailyLossPct"],
    maxDailyLossQuote: values["risk.maxDailyLossQuote"],
    maxDrawdownPct: values["risk.maxDrawdownPct"],
    maxPriceDeviationPct: values["risk.maxPriceDeviationPct"],
    maxPriceAgeSeconds: values["risk.maxPriceAgeSeconds"],
    onDailyLoss: values["risk.onDailyLoss"],
    haltCancelsEntries: values["risk.haltCancelsEntries"],
  });
}

/** The rules without undefined members and with sorted steps, for documents and hashes. */
export function plainRules(rules: ExitRules): ExitRules {
  const { stopLossPct, takeProfitPct, trailing, maxBars } = rules;
  const steps = roiSteps(rules);
  return {
    ...(stopLossPct === undefined ? {} : { stopLossPct }),
    ...(takeProfitPct === undefined ? {} : { takeProfitPct }),
    ...(steps.length === 0
      ? {}
      : { roi: Object.fromEntries(steps.map((step) => [String(step.minutes), step.pct])) }),
    ...(trailing === undefined
      ? {}
      : {
          trailing: {
            pct: trailing.pct,
            offsetPct: trailing.offsetPct ?? 0,
            onlyAfterOffset: trailing.onlyAfterOffset ?? false,
          },
        }),
    ...(maxBars === undefined ? {} : { maxBars }),
  };
}
