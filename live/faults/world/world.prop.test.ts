import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { Answer, Ask, VenuePortListener } from "#live/ports/venue-port.ts";
import { drawPlan, PROFILES, type Profile } from "./profiles.ts";
import type { RandomStream } from "./random-stream.ts";
import { RandomStreams } from "./random-streams.ts";
import { parseSeed } from "./seed.ts";
import { planOf, TARGET } from "./testing/bench-port.ts";
import {
  amendAsk,
  cancelAsk,
  lookupAsk,
  MINUTE,
  pageAsk,
  placeAsk,
} from "./testing/bench-world.ts";
import { World } from "./world.ts";
import type { WorldPlan } from "./world-plan.ts";

/** A program without any sense: asks for what its stream draws, in a life or several. */
class Monkey {
  readonly world: World;
  readonly trace: string[] = [];
  asked = 0;
  answered = 0;
  /** Answers within the call that asked, and answers that came again. */
  early = 0;
  twice = 0;
  constructor(plan: WorldPlan) {
    this.world = new World(plan);
    this.#start();
  }

  #start(): void {
    const { world } = this;
    const process = world.startProcess();
    const streams = new RandomStreams(parseSeed(world.plan.seed));
    for (const { key, plan } of world.targets) {
      const stream = streams.of(`monkey ${key}`);
      const ids: string[] = [];
      const port = world.port(key, (symbol) => plan.symbols.indexOf(symbol));
      const listener: VenuePortListener = {
        requestOf: (clientId) => ids.indexOf(clientId),
        onEvent: (event) =>
          this.#note(`${event.kind} ${event.symbol} ${event.requestId} ${event.time}`),
        onLost: (why) => this.#note(why),
        onRestored: () => this.#note("restored"),
      };
      port.connect(listener);
      const again = (): void => {
        this.#ask(port.ask.bind(port), this.#draw(stream, plan.symbols, ids));
        world.time.after(stream.integer(1, 60_000), again, process);
      };
      world.time.after(777, again, process);
    }
  }

  #ask(ask: (one: Ask, done: (answer: Answer) => void) => void, one: Ask): void {
    this.asked += 1;
    let count = 0;
    let isInside = true;
    ask(one, (answer) => {
      if (isInside) this.early += 1;
      count += 1;
      if (count > 1) this.twice += 1;
      else this.answered += 1;
      this.#note(`${one.kind} ${JSON.stringify(answer)}`);
    });
    isInside = false;
  }

  #draw(stream: RandomStream, symbols: readonly string[], ids: string[]): Ask {
    const symbol = stream.pick(symbols);
    const id = ids.length > 0 ? stream.pick(ids) : "";
    const kind = stream.integer(0, 9);
    if (kind < 4 || id === "") {
      const clientId = stream.chance(0.1) && id !== "" ? id : `id${ids.length}`;
      ids.push(clientId);
      const isLimit = stream.chance(0.5);
      return placeAsk(clientId, {
        symbol,
        side: stream.chance(0.5) ? 1 : -1,
        qtyLots: stream.integer(1, 300),
        reduceOnly: stream.chance(0.3),
        type: isLimit ? ORDER_TYPE.limit : ORDER_TYPE.market,
        priceTicks: isLimit ? stream.integer(15_000, 50_000) : Number.NaN,
        fenceAt: this.world.wall.now() + 5_000,
      });
    }
    if (kind === 4) return cancelAsk(id, { symbol });
    if (kind === 5) return amendAsk(id, { symbol, qtyLots: stream.integer(1, 300) });
    if (kind === 6) return lookupAsk(id, stream.pick(["open", "closed", "executions"] as const));
    if (kind === 7) return { kind: "price", symbol };
    return pageAsk(
      stream.pick(["positions", "orders", "executions", "wallet", "settings"] as const),
    );
  }

  #note(what: string): void {
    this.trace.push(`${this.world.time.now} ${what}`);
  }
}

/** Two hours of a plan at most, and then long enough for every answer to come. */
function runMonkey(plan: WorldPlan): Monkey {
  const monkey = new Monkey(plan);
  const { world } = monkey;
  world.time.runUntil(plan.start + Math.min(plan.durationMs, 120 * MINUTE));
  return monkey;
}

const anyPlan = fc
  .record({
    seed: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    profile: fc.constantFrom<Profile>(...PROFILES),
  })
  .map(({ seed, profile }) => drawPlan(String(seed), profile));

test("Whatever goes wrong, every ask is answered once, and never within the call that asks", () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const monkey = runMonkey(plan);
      expect(monkey.early).toBe(0);
      expect(monkey.twice).toBe(0);
      // What was asked last may still wait, no longer than its time-out and the longest stall.
      const { world } = monkey;
      const { asked } = monkey;
      world.heal();
      world.time.runUntil(world.time.now + 20 * MINUTE);
      expect(monkey.asked).toBeGreaterThanOrEqual(asked);
      expect(monkey.answered).toBeGreaterThanOrEqual(asked);
    }),
    { numRuns: 40 },
  );
});

test("The same plan is the same world, to the last answer and the last draw", () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const [one, other] = [runMonkey(plan), runMonkey(plan)];
      expect(one.trace).toEqual(other.trace);
      expect(one.world.faults.fired).toEqual(other.world.faults.fired);
      const { targets } = one.world;
      expect(targets.map(({ key }) => one.world.truth(key))).toEqual(
        targets.map(({ key }) => other.world.truth(key)),
      );
    }),
    { numRuns: 12 },
  );
});

test("The venue's books add up, whatever goes wrong", () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const { world } = runMonkey(plan);
      for (const { key, server, plan: target } of world.targets) {
        const truth = world.truth(key);
        let expected = target.balance + truth.transferred;
        for (const { fee, funding } of truth.executions) expected += funding - fee;
        for (const { symbol, slot, sim } of server.matcher.slots) {
          const own = truth.executions.filter((one) => one.symbol === symbol && one.slot === slot);
          const lots = own.reduce((sum, { signedLots }) => sum + signedLots, 0);
          expect(lots).toBe(sim.position.qtyLots);
          const { tick, lot } = sim.instrument;
          // Money that the executions moved, less what the open position has cost: what was realised.
          for (const one of own) {
            if (one.signedLots === 0) continue;
            const qty = (one.signedLots * lot.numerator) / lot.denominator;
            expected -= qty * ((one.priceTicks * tick.numerator) / tick.denominator);
          }
          expected += Math.sign(sim.position.qtyLots) * sim.position.entryValue;
        }
        expect(Math.abs(truth.wallet - expected)).toBeLessThan(1e-6);
        for (const { filledLots, qtyLots } of truth.orders) {
          expect(filledLots).toBeLessThanOrEqual(qtyLots);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("Another tie-break is another order of what is ready, and without faults the same truth", () => {
  const plans = ["sched", "other"].map((tieBreak) =>
    planOf({
      tieBreak,
      latencyMs: [20, 20],
      targets: [TARGET, { ...TARGET, key: "hyperliquid:paper", symbols: ["BTC"] }],
    }),
  );
  const [one, other] = plans.map(runMonkey) as [Monkey, Monkey];
  expect(one.trace).not.toEqual(other.trace);
  for (const { key } of one.world.targets) {
    expect(one.world.truth(key)).toEqual(other.world.truth(key));
    expect(one.world.truth(key).executions.length).toBeGreaterThan(5);
  }
});

test("The profiles differ in what goes wrong", () => {
  const counts = PROFILES.map((profile) => {
    let on = 0;
    for (let seed = 0; seed < 40; seed++) {
      on += Object.keys(drawPlan(String(seed), profile).rates).length;
    }
    return on / 40;
  });
  const [swarm, lite, crash, parity] = counts as [number, number, number, number];
  expect(Math.abs(swarm - 33)).toBeLessThan(4);
  expect(lite).toBeLessThan(16);
  expect(crash).toBeGreaterThan(lite);
  expect(parity).toBe(2);
  expect(drawPlan("7", "swarm")).toEqual(JSON.parse(JSON.stringify(drawPlan("7", "swarm"))));
});

test("A day of one-minute bars on two accounts with some hundreds of orders is within 100,000 steps", () => {
  const target = { ...TARGET, symbols: ["BTCUSDT"] };
  const plan = planOf({
    durationMs: 1_440 * MINUTE,
    targets: [target, { ...target, key: "hyperliquid:paper", symbols: ["BTC"] }],
  });
  const monkey = new Monkey(plan);
  monkey.world.time.runUntil(plan.start + plan.durationMs);
  expect(monkey.asked).toBeGreaterThan(3_000);
  expect(monkey.world.time.steps).toBeLessThan(100_000);
});
