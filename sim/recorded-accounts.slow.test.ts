import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type PositionState, positionValues } from "#sim/position-values.ts";

/** Accounts as Hyperliquid answered them; the fixtures do not belong to the project and may not be there. */
const file = new URL(
  "../../shared/fixtures/hyperliquid/info_clearinghouseState__hlpysdk__clearinghouseState.json",
  import.meta.url,
);

const TIER = [
  { upTo: Number.POSITIVE_INFINITY, maintenancePct: 1, maxLeverage: 50, deduction: 0 },
] as const;

interface RecordedAccount {
  readonly withdrawable: string;
  readonly crossMarginSummary: {
    readonly accountValue: string;
    readonly totalMarginUsed: string;
    readonly totalRawUsd: string;
  };
  readonly assetPositions: readonly {
    readonly position: {
      readonly coin: string;
      readonly szi: string;
      readonly entryPx: string;
      readonly positionValue: string;
      readonly marginUsed: string;
      readonly leverage: { readonly value: number };
    };
  }[];
}

function accountOf(): RecordedAccount {
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly response: RecordedAccount })
    .response;
}

if (existsSync(file)) {
  describe("a recorded cross account of twelve positions", () => {
    const account = accountOf();
    const positions = account.assetPositions.map(({ position }) => position);

    test.each(positions)("$coin: the margin used is the initial margin on the mark", (position) => {
      const qty = Math.abs(Number(position.szi));
      const state: PositionState = {
        side: Math.sign(Number(position.szi)),
        qty,
        entryValue: qty * Number(position.entryPx),
        mark: Number(position.positionValue) / qty,
        leverage: position.leverage.value,
        marginMode: "cross",
        backing: Number(account.crossMarginSummary.accountValue),
        claims: 0,
        closingFeePct: 0,
      };
      const values = positionValues({ tiers: TIER, maintenanceOn: "mark" }, state);
      expect(values.initialMargin).toBeCloseTo(Number(position.marginUsed), 5);
    });

    test("what is free is the account value less the initial margins, raw USD and values make the account", () => {
      const { accountValue, totalMarginUsed, totalRawUsd } = account.crossMarginSummary;
      const used = positions.reduce(
        (sum, one) => sum + Number(one.positionValue) / one.leverage.value,
        0,
      );
      expect(used).toBeCloseTo(Number(totalMarginUsed), 4);
      expect(Number(accountValue) - used).toBeCloseTo(Number(account.withdrawable), 4);
      const value = positions.reduce(
        (sum, one) => sum + Math.sign(Number(one.szi)) * Number(one.positionValue),
        0,
      );
      expect(Number(totalRawUsd) + value).toBeCloseTo(Number(accountValue), 4);
    });
  });
} else {
  test("recorded accounts are left out: the fixtures are not there", () => {
    console.log("Recorded Hyperliquid accounts were left out: no ../shared/fixtures");
    expect(existsSync(file)).toBe(false);
  });
}
