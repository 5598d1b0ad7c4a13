/** One byte cut, zeroed, flipped, lost or doubled at every offset: a prefix or quarantine, never other data. */
import { expect, test } from "vitest";
import { isPrefix, RECORDS, reopen, sample } from "./testing/damaged-journals.ts";

test("cut at every offset of the last five records: the records before the cut, no other", () => {
  const { bytes, state, starts } = sample();
  for (let at = starts.at(-6) ?? 0; at < bytes.length; at++) {
    const found = reopen(bytes.subarray(0, at));
    const whole = starts.filter((start) => start <= at).length - 2;
    expect(found).toEqual(state.slice(0, whole));
  }
});

test("zeroed from every offset of the last five records: the records before it, no other", () => {
  const { bytes, state, starts } = sample();
  for (let at = starts.at(-6) ?? 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes).fill(0, at);
    const whole = starts.filter((start) => start <= at).length - 2;
    expect(reopen(damaged)).toEqual(state.slice(0, whole));
  }
});

test.each([
  ["zeroed", () => 0],
  ["flipped in its lowest bit", (byte: number) => byte ^ 1],
  ["flipped in its case bit", (byte: number) => byte ^ 0x20],
  ["flipped in its highest bit", (byte: number) => byte ^ 0x80],
  ["made a line feed", () => 10],
])(
  "one byte %s at every offset: quarantine before intact records, else the prefix",
  (_, change) => {
    const { bytes, state, starts } = sample();
    let changed = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (change(byte) === byte) continue;
      changed += 1;
      const damaged = Buffer.from(bytes);
      damaged[at] = change(byte);
      const found = reopen(damaged);
      const isLast = at >= (starts.at(-2) ?? 0);
      expect(found).toEqual(isLast ? state.slice(0, -1) : null);
    }
    expect(changed).toBeGreaterThan(bytes.length * 0.9);
  },
);

test("a lost byte and an added byte at every offset are found as well", () => {
  const { bytes, state } = sample();
  for (let at = 0; at < bytes.length; at++) {
    const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    const lost = reopen(without);
    const added = reopen(
      Buffer.concat([bytes.subarray(0, at), bytes.subarray(at === 0 ? 0 : at - 1)]),
    );
    for (const found of [lost, added]) {
      expect(found === null || (isPrefix(found, state) && found.length >= RECORDS - 1)).toBe(true);
    }
  }
});
