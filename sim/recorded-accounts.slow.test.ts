import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type PositionState, positionValues } from "#sim/position-values.ts";

/** A cross account of twelve positions as Hyperliquid answered it; the folder is not part of the project. */
const FILE = new URL(
  "../../shared/fixtures/hyperliquid/info_clearinghouseState__hlpysdk__clearinghouseState.json",
  import.meta.url,
);
const TIERS = [
  { upTo: Number.POSITIVE_INFINITY, maintenancePct: 1, maxLeverage: 50, deduction: 0 },
] as const;

interface RecordedPosition {
  readonly szi: string;
  readonly entryPx: string;
  readonly positionValue: string;
  readonly marginUsed: string;
  readonly leverage: { readonly value: number };
}

interface RecordedAccount {
  readonly withdrawable: string;
  readonly crossMarginSummary: {
    readonly accountValue: string;
    readonly totalMarginUsed: string;
    readonly totalRawUsd: string;
  };
  readonly assetPositions: readonly { readonly position: RecordedPosition }[];
}

function initialMarginOf(position: RecordedPosition, accountValue: number): number {
  const qty = Math.abs(Number(position.szi));
  const state: PositionState = {
    side: Math.sign(Number(position.szi)),
    qty,
    entryValue: qty * Number(position.entryPx),
    mark: Number(position.positionValue) / qty,
    leverage: position.leverage.value,
    marginMode: "cross",
    backing: accountValue,
    claims: 0,
    closingFeePct: 0,
  };
  return positionValues({ tiers: TIERS, maintenanceOn: "mark" }, state).initialMargin;
}

test("the margins used in a recorded account are initial margins on the mark; the rest is free", () => {
  if (!existsSync(FILE)) {
    console.log("Left out: the recorded accounts are not on this machine");
    return;
  }
  const { response } = JSON.parse(readFileSync(FILE, "utf8")) as { response: RecordedAccount };
  const { accountValue, totalMarginUsed, totalRawUsd } = response.crossMarginSummary;
  let used = 0;
  let value = 0;
  expect(response.assetPositions).toHaveLength(12);
  for (const { position } of response.assetPositions) {
    const margin = initialMarginOf(position, Number(accountValue));
    expect(margin).toBeCloseTo(Number(position.marginUsed), 5);
    used += margin;
    value += Math.sign(Number(position.szi)) * Number(position.positionValue);
  }
  expect(used).toBeCloseTo(Number(totalMarginUsed), 4);
  expect(Number(accountValue) - used).toBeCloseTo(Number(response.withdrawable), 4);
  expect(Number(totalRawUsd) + value).toBeCloseTo(Number(accountValue), 4);
});
