import type { Fields } from "#cli/scenario/fields.ts";
import { INTRABAR_MODES, type SlippageModel, type VenueSettings } from "#sim/venue-settings.ts";

const KEYS = [
  "fees",
  "slippageBps",
  "participationPct",
  "latencyMs",
  "fillAt",
  "intrabar",
  "limitFill",
  "limitImprove",
];

/** The venue of a scenario, which is free of costs unless the file asks for them. */
export function readVenue(
  fields: Fields,
  terms: Pick<VenueSettings, "maintenanceOn" | "positionMode" | "marginMode"> & {
    readonly hasDetail: boolean;
  },
): VenueSettings {
  const { hasDetail, maintenanceOn, positionMode, marginMode } = terms;
  const own = fields.child("venue", KEYS);
  const fees = own?.child("fees", ["makerPct", "takerPct", "liquidationPct"]) ?? null;
  const intrabar = own?.choice("intrabar", INTRABAR_MODES);
  if (intrabar === "detail" && !hasDetail) {
    own?.add("intrabar", "is detail, but there are no finer candles", 'Write them under "detail"');
  }
  return {
    // A maker's fee may be a rebate.
    makerPct: fees?.number("makerPct", { min: -10, max: 100 }) ?? 0,
    takerPct: fees?.number("takerPct", { min: 0, max: 100 }) ?? 0,
    liquidationPct: fees?.number("liquidationPct", { min: 0, max: 100 }) ?? 0,
    slippage: readSlippage(own),
    participationPct: own?.number("participationPct", { above: 0, max: 100 }) ?? null,
    latencyMs: own?.number("latencyMs", { min: 0 }) ?? 0,
    fillAt: own?.choice("fillAt", ["nextOpen", "close"]) ?? "nextOpen",
    intrabar: intrabar ?? (hasDetail ? "detail" : "worst"),
    limitFill: own?.choice("limitFill", ["through", "touch"]) ?? "through",
    limitImprove: own?.flag("limitImprove") ?? false,
    maintenanceOn,
    positionMode,
    marginMode,
    fundingOn: "mark",
    liquidation: "tiers",
  };
}

function readSlippage(own: Fields | null): SlippageModel {
  const given = own?.raw("slippageBps");
  if (typeof given !== "object") {
    return { kind: "fixed", bps: own?.number("slippageBps", { min: 0, max: 10_000 }) ?? 0 };
  }
  const parts = own?.child("slippageBps", ["halfSpreadBps", "impactBps"]) ?? null;
  return {
    kind: "spreadImpact",
    halfSpreadBps: parts?.number("halfSpreadBps", { min: 0, max: 10_000 }) ?? 0,
    impactBps: parts?.number("impactBps", { min: 0, max: 1_000_000 }) ?? 0,
  };
}
