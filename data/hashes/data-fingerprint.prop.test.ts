import * as fc from "fast-check";
import { expect, test } from "vitest";
import { copyBars, sampleBars } from "#data/testing/sample-bars.ts";
import { compareFingerprints, fingerprint } from "./data-fingerprint.ts";
import { monthHashes } from "./month-hashes.ts";
import { monthOf } from "./utc-month.ts";

const DAY = 86_400_000;
const key = { kind: "candles", exchange: "bybit", symbol: "BTCUSDT", interval: "1d" } as const;
const COLUMNS = ["open", "high", "low", "close", "volume"] as const;

/** The next representable number: the smallest change there is. */
function nextUp(value: number): number {
  const bits = new BigInt64Array(1);
  const float = new Float64Array(bits.buffer);
  float[0] = value;
  bits[0] = (bits[0] as bigint) + 1n;
  return float[0] as number;
}

test("a change of one value, however small, changes its month and no other", () => {
  const bars = sampleBars(200, { intervalMs: DAY });
  const before = [{ key, months: monthHashes(bars) }];
  fc.assert(
    fc.property(fc.nat(bars.length - 1), fc.constantFrom(...COLUMNS), (row, column) => {
      const changed = copyBars(bars);
      changed[column][row] = nextUp(bars[column][row] as number);
      const after = [{ key, months: monthHashes(changed) }];
      expect(fingerprint(after)).not.toBe(fingerprint(before));
      const month = monthOf(bars.time[row] as number);
      expect(compareFingerprints(before, after)).toEqual([{ series: key, month, what: "changed" }]);
    }),
  );
});

test("two rows that swap their values change the fingerprint", () => {
  const bars = sampleBars(28, { intervalMs: DAY, start: Date.UTC(2025, 1, 1) });
  fc.assert(
    fc.property(fc.nat(27), fc.nat(27), fc.constantFrom(...COLUMNS), (a, b, column) => {
      const swapped = copyBars(bars);
      swapped[column][a] = bars[column][b] as number;
      swapped[column][b] = bars[column][a] as number;
      const isSame = bars[column][a] === bars[column][b];
      const fingerprints = [bars, swapped].map((each) =>
        fingerprint([{ key, months: monthHashes(each) }]),
      );
      expect(fingerprints[0] === fingerprints[1]).toBe(isSame);
    }),
  );
});

test("the order in which series are listed does not matter", () => {
  const text = fc.stringMatching(/^[A-Z]{1,4}$/);
  const month = fc.record({ month: fc.constantFrom("2025-10", "2025-11", "2026-01"), hash: text });
  const entry = fc.record({
    key: fc.record({
      kind: fc.constantFrom("candles", "mark", "funding"),
      exchange: text,
      symbol: text,
      interval: fc.constantFrom("1m", "1h", ""),
    }),
    months: fc.uniqueArray(month, { selector: (each) => each.month }),
  });
  const list = fc.uniqueArray(entry, { selector: (each) => JSON.stringify(each.key) });
  fc.assert(
    fc.property(list, fc.nat(), (series, turn) => {
      const at = series.length === 0 ? 0 : turn % series.length;
      const turned = [...series.slice(at), ...series.slice(0, at)].map((each) => ({
        ...each,
        months: each.months.toReversed(),
      }));
      expect(fingerprint(turned)).toBe(fingerprint(series));
      expect(compareFingerprints(series, turned)).toEqual([]);
    }),
  );
});
