import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ENVS, EXCHANGES } from "#engine/model/target.ts";
import { packKey } from "#engine/orders/intent-key.ts";
import { intentId, intentIdOf, requestId } from "./request-ids.ts";

const target = fc.record({
  exchange: fc.constantFrom(...EXCHANGES),
  env: fc.constantFrom(...ENVS),
});
const key = fc.record({
  strategy: fc.nat(20),
  decidedAt: fc.integer({ min: 0, max: 2 ** 42 }),
  leg: fc.nat(11),
  sequence: fc.nat(1_000),
});

test("I3: a request id has the venue's form and depends on target, intent and attempt alone", () => {
  const property = fc.property(
    target,
    fc.string(),
    key,
    fc.integer({ min: 1, max: 9 }),
    (...of) => {
      const [at, run, intent, attempt] = of;
      const id = requestId(at, intentId(run, "BTCUSDT", intent), attempt);
      const form = at.exchange === "bybit" ? /^[0-9a-f]{32}$/ : /^0x[0-9a-f]{32}$/;
      expect(id).toMatch(form);
      expect(requestId({ ...at }, intentId(run, "BTCUSDT", { ...intent }), attempt)).toBe(id);
    },
  );
  fc.assert(property);
});

test("I3: whatever differs, the id differs", () => {
  const part = fc.tuple(target, fc.string(), fc.string({ minLength: 1 }), key, fc.nat(9));
  const property = fc.property(part, part, (one, other) => {
    fc.pre(JSON.stringify(one) !== JSON.stringify(other));
    const [a, b] = [one, other].map(([at, run, symbol, intent, attempt]) =>
      requestId(at, intentId(run, symbol, intent), attempt),
    );
    expect(a).not.toBe(b);
  });
  fc.assert(property);
  expect(intentId("a", "b", { strategy: 1, decidedAt: 1, leg: 1, sequence: 1 })).not.toBe(
    intentId("a,b", "", { strategy: 1, decidedAt: 1, leg: 1, sequence: 1 }),
  );
});

test("the packed key gives the same intent", () => {
  const property = fc.property(key, ({ strategy, decidedAt, leg, sequence }) => {
    const packed = { decidedAt, keyRest: packKey(strategy, leg, sequence) };
    const parts = { strategy, decidedAt, leg, sequence };
    expect(intentIdOf("run", "ETHUSDT", packed)).toBe(intentId("run", "ETHUSDT", parts));
  });
  fc.assert(property);
});

test("ids are what they were: a journal of yesterday names them", () => {
  const intent = intentId("run", "BTCUSDT", {
    strategy: 1,
    decidedAt: 1_700_000_000_000,
    leg: 0,
    sequence: 0,
  });
  const ids = [intent, requestId({ exchange: "hyperliquid", env: "live" }, intent, 1)];
  expect(ids).toMatchInlineSnapshot(`
    [
      "e88a95155143d85da0c53a67cf5254d0",
      "0x8034363b19554f0a974d0a059079e232",
    ]
  `);
});
