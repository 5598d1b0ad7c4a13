import { expect, test } from "vitest";
import { HandClock } from "#live/driver/testing/model-program.ts";
import { cancelAsk, pageAsk, placeAsk } from "#live/faults/world/testing/bench-world.ts";
import type { MarketFeed } from "#live/ports/market-feed.ts";
import type { Answer, Ask, PlaceAsk } from "#live/ports/venue-port.ts";
import { Gateway } from "./gateway.ts";
import { SMALL } from "./testing/gate-run.ts";

const MINUTE = 60_000;
const OK: Answer = { kind: "accepted", venueOrderId: "1" };
const refusal = (cause: "ban" | "rateLimit" | "notSent", waitMs: number): Answer => ({
  kind: "refusedForNow",
  cause,
  waitMs,
  text: "",
});

/** A gateway whose venue is the test: it sees what leaves, and answers it when it likes. */
class Bench {
  readonly clock = new HandClock();
  readonly start = this.clock.now();
  readonly left: { readonly ask: Ask; readonly at: number; readonly done: (a: Answer) => void }[] =
    [];
  readonly bans: number[] = [];
  readonly gateway = new Gateway({
    clock: this.clock,
    limits: SMALL,
    port: {
      ask: (ask, done) => this.left.push({ ask, done, at: this.clock.now() - this.start }),
      connect: () => {},
      close: () => {},
    },
    onBanned: (until) => this.bans.push(until - this.start),
  });

  /** Sends an order that may wait for 3 s; gives the answers to it. */
  place(name: string, isClose = false): readonly Answer[] {
    return this.#send(placeAsk(name), isClose);
  }

  cancel(name: string): readonly Answer[] {
    return this.#send(cancelAsk(name), true);
  }

  ask(ask: Ask): readonly Answer[] {
    const answers: Answer[] = [];
    this.gateway.ask(ask, (answer) => answers.push(answer));
    return answers;
  }

  /** Answers the oldest that left. */
  answer(answer: Answer): void {
    this.left.shift()?.done(answer);
  }

  get names(): readonly string[] {
    return this.left.map(({ ask }) => ("clientId" in ask ? ask.clientId : ask.kind));
  }

  #send(ask: PlaceAsk | ReturnType<typeof cancelAsk>, isClose: boolean): readonly Answer[] {
    const answers: Answer[] = [];
    const leaveBefore = this.clock.now() + 3_000;
    const signed = () => ({ ...ask, fenceAt: this.clock.now() + 5_000 });
    const isWanted = () => true;
    this.gateway.send(ask, signed, { isClose, leaveBefore, isWanted }, (answer) =>
      answers.push(answer),
    );
    return answers;
  }
}

test("With room a request leaves within the call, and its answer comes back", () => {
  const bench = new Bench();
  const answers = bench.place("a");
  expect(bench.names).toEqual(["a"]);
  bench.answer(OK);
  expect(answers).toEqual([OK]);
});

test("Without room it leaves as soon as there is some, with the fence of then", () => {
  const bench = new Bench();
  for (const name of ["a", "b", "c"]) bench.place(name);
  expect(bench.names).toEqual(["a", "b"]);
  bench.clock.pass(100);
  bench.answer(OK);
  bench.clock.pass(1_500);
  expect(bench.names).toEqual(["b", "c"]);
  const [, late] = bench.left;
  expect(late?.at).toBe(1_100);
  expect(late?.ask).toMatchObject({ fenceAt: bench.start + 1_100 + 5_000 });
});

test("What would be late is answered as not sent, never within the call, and the venue never sees it", () => {
  const bench = new Bench();
  for (const name of ["a", "b"]) bench.place(name);
  const answers = bench.place("late");
  bench.clock.pass(2_999);
  expect(answers).toEqual([]);
  bench.clock.pass(10);
  expect(answers).toMatchObject([{ kind: "refusedForNow", cause: "notSent" }]);
  for (const _ of [1, 2]) bench.answer(OK);
  bench.clock.pass(MINUTE);
  expect(bench.names).toEqual([]);
});

test("A ban is told first, and then nothing leaves for its whole length: not even the question for the time", () => {
  const bench = new Bench();
  const first = bench.place("a");
  bench.clock.pass(50);
  bench.answer(refusal("ban", 10 * MINUTE));
  expect(bench.bans).toEqual([50 + 10 * MINUTE]);
  expect(first).toEqual([refusal("ban", 10 * MINUTE)]);
  const answers = [
    bench.place("b"),
    bench.place("c", true),
    bench.cancel("a"),
    bench.ask({ kind: "time" }),
    bench.ask(pageAsk("orders")),
  ];
  expect(answers.flat()).toEqual([]);
  expect(bench.gateway.asking).toBe(2);
  bench.clock.pass(0);
  expect(bench.gateway.asking).toBe(0);
  for (const told of answers) {
    expect(told).toMatchObject([{ kind: "refusedForNow", cause: "notSent" }]);
  }
  bench.clock.pass(10 * MINUTE - 1);
  bench.ask({ kind: "time" });
  expect(bench.left).toEqual([]);
  bench.clock.pass(1);
  bench.ask({ kind: "time" });
  expect(bench.names).toEqual(["time"]);
});

test("A ban that the last process was told of holds for this one", () => {
  const bench = new Bench();
  bench.gateway.ban(bench.start + MINUTE);
  bench.ask({ kind: "time" });
  expect(bench.left).toEqual([]);
  bench.clock.pass(MINUTE);
  bench.ask({ kind: "time" });
  expect(bench.names).toEqual(["time"]);
});

test("A refusal for the rate holds back its kind until the reset, and a close waits for it no longer than it is good", () => {
  const bench = new Bench();
  bench.place("a");
  bench.answer(refusal("rateLimit", 2_000));
  const close = bench.place("close", true);
  bench.cancel("a");
  expect(bench.names).toEqual(["a"]);
  bench.clock.pass(2_000);
  expect(bench.names).toEqual(["a", "close"]);
  for (const _ of [1, 2]) bench.answer(refusal("rateLimit", 4_000));
  const late = bench.place("late", true);
  bench.clock.pass(0);
  expect(late).toMatchObject([{ kind: "refusedForNow", cause: "notSent" }]);
  expect(close).toHaveLength(1);
});

test("Candles wait for the end of a ban, and count", () => {
  const bench = new Bench();
  bench.gateway.ban(bench.start + MINUTE);
  const asked: number[] = [];
  const feed: MarketFeed = {
    ask: (_, done) => {
      asked.push(bench.clock.now() - bench.start);
      bench.clock.at(bench.clock.now() + 10, () => done([]));
    },
    connect: () => {},
    close: () => {},
  };
  const told: unknown[] = [];
  const range = { symbol: "BTCUSDT", since: 0, until: 1 };
  for (let count = 0; count < 7; count++) {
    bench.gateway.fetch(feed, range, (candles) => told.push(candles));
  }
  bench.clock.pass(MINUTE + 20);
  expect(asked).toEqual(Array.from({ length: 6 }, () => MINUTE));
  expect(told).toHaveLength(6);
  bench.clock.pass(5_000);
  expect(asked.at(-1)).toBe(MINUTE + 10 + 5_000);
});

test("Once it is closed nothing leaves and nothing is answered", () => {
  const bench = new Bench();
  const answers = ["a", "b", "c"].map((name) => bench.place(name));
  bench.gateway.close();
  bench.clock.pass(MINUTE);
  expect(bench.place("d")).toEqual([]);
  expect(bench.names).toEqual(["a", "b"]);
  expect(answers.flat()).toEqual([]);
});
