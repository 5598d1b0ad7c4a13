import { expect, test } from "vitest";
import { COMMAND, Command } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { ORDER_TYPE, REJECT, SELL } from "#engine/model/order-terms.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { Ask } from "#live/ports/venue-port.ts";
import { Backtest } from "#sim/backtest.ts";
import { venueProfile } from "#sim/venue-settings.ts";
import { RandomStreams } from "./random-streams.ts";
import { parseSeed } from "./seed.ts";
import {
  amendAsk,
  type Bench,
  benchOf,
  cancelAsk,
  configureAsk,
  LOOSE,
  lookupAsk,
  MINUTE,
  marketOf,
  pageAsk,
  placeAsk,
  quiet,
  type Row,
  START,
} from "./testing/bench-world.ts";
import type { WorldMarket } from "./venue-matcher.ts";
import { truthOf } from "./venue-truth.ts";
import { drawMarket } from "./world-market.ts";

const SECOND = 1_000;
const news = (bench: Bench): string[] =>
  bench.messages.flatMap(({ topic, row }) => (topic === "order" ? [String(row["news"])] : []));

test("An order is acknowledged at once, acts at the next open, and the streams tell of it", () => {
  const bench = benchOf();
  bench.go(10 * SECOND);
  expect(bench.send(placeAsk("a"))).toMatchObject({ code: "ok", rows: [{ orderId: "v100001" }] });
  expect(news(bench)).toEqual([]);
  expect(bench.send(lookupAsk("a", "open"))).toMatchObject({
    code: "ok",
    rows: [{ status: "open", clientId: "a", filled: 0 }],
  });
  expect(bench.send(lookupAsk("a", "closed")).code).toBe("notFound");
  bench.go(MINUTE);
  expect(news(bench)).toEqual(["open", "filled"]);
  expect(bench.send(lookupAsk("a", "open")).code).toBe("notFound");
  expect(bench.send(lookupAsk("a", "closed")).rows).toMatchObject([
    { status: "filled", filled: 1_000 },
  ]);
  expect(bench.send(lookupAsk("a", "executions")).rows).toMatchObject([
    {
      execId: 1,
      clientId: "a",
      qty: 1_000,
      leaves: 0,
      side: "Buy",
      type: "trade",
      time: START + MINUTE,
    },
  ]);
  expect(bench.send(pageAsk("positions")).rows).toMatchObject([
    { symbol: "BTCUSDT", slot: "net", qty: 1_000, openedAt: START + MINUTE },
  ]);
  expect(truthOf(bench.server)).toMatchObject({
    positions: [{ qtyLots: 1_000 }],
    orders: [{ clientId: "a", isTaken: true, status: "filled" }],
    executions: [{ clientId: "a", signedLots: 1_000 }],
  });
});

test("A client id is taken once, by what was accepted and by what was refused", () => {
  const bench = benchOf();
  bench.server.delist("BTCUSDT");
  expect(bench.send(placeAsk("a"))).toMatchObject({ code: "refused", reject: REJECT.marketClosed });
  expect(bench.send(placeAsk("a")).code).toBe("duplicateClientId");
  const other = benchOf();
  other.send(placeAsk("b"));
  expect(other.send(placeAsk("b", { side: SELL })).code).toBe("duplicateClientId");
  other.go(MINUTE);
  expect(other.send(placeAsk("b")).code).toBe("duplicateClientId");
  expect(truthOf(other.server).orders).toHaveLength(1);
  expect(other.faults.fired.X13).toBe(2);
});

test("A request past its fence, or from the future, changes nothing", () => {
  const bench = benchOf({ skew: -700 });
  const now = START - 700;
  bench.go(0);
  expect(bench.send(placeAsk("a", { fenceAt: now - 1 })).code).toBe("pastFence");
  expect(bench.send(placeAsk("b", { fenceAt: now + 6_000 })).code).toBe("timestampAhead");
  expect(bench.send(cancelAsk("c", { fenceAt: now - 1 })).code).toBe("pastFence");
  expect(truthOf(bench.server).orders).toEqual([]);
  expect(bench.send(placeAsk("a", { fenceAt: now })).code).toBe("ok");
  expect(bench.send(placeAsk("b", { fenceAt: now + 5_999 })).code).toBe("ok");
});

test("Amends and cancels of what lives are taken, of anything else refused", () => {
  const bench = benchOf();
  bench.send(placeAsk("a", { type: ORDER_TYPE.limit, priceTicks: 900 }));
  expect(bench.send(amendAsk("x")).reject).toBe(REJECT.unknownOrder);
  bench.go(MINUTE);
  expect(bench.send(amendAsk("a", { priceTicks: 910 })).code).toBe("ok");
  bench.go(2 * MINUTE);
  expect(bench.send(lookupAsk("a", "open")).rows).toMatchObject([{ price: 910 }]);
  const order = bench.server.books.byClientId("a");
  expect(bench.send(cancelAsk("", { venueOrderId: order?.venueOrderId ?? "" })).code).toBe("ok");
  bench.go(3 * MINUTE);
  expect(news(bench)).toEqual(["open", "amended", "cancelled"]);
  expect(bench.send(cancelAsk("a")).reject).toBe(REJECT.unknownOrder);
});

test("A cancel that comes too late is refused on the stream, and the order has filled", () => {
  const rows: Row[] = [...quiet(2), [100, 100.1, 89, 95, 1_000], ...quiet(5, 95)];
  const bench = benchOf({ markets: [marketOf(rows)] });
  bench.send(placeAsk("a", { type: ORDER_TYPE.limit, priceTicks: 900 }));
  bench.go(2 * MINUTE + 10);
  expect(bench.send(cancelAsk("a")).code).toBe("ok");
  bench.go(4 * MINUTE);
  expect(news(bench)).toEqual(["open", "filled", "commandRejected"]);
  expect(bench.faults.fired.X7).toBe(1);
});

test("Leverage and modes are changed and told", () => {
  const bench = benchOf();
  expect(bench.send(configureAsk({ leverage: 7, marginMode: "cross" })).code).toBe("ok");
  bench.go(MINUTE);
  expect(bench.send(pageAsk("settings")).rows).toEqual([
    { symbol: "BTCUSDT", slot: "net", leverage: 7, marginMode: "cross", positionMode: "oneWay" },
  ]);
});

test("Lists come in pages: every row once, the last page without a cursor", () => {
  const bench = benchOf({ terms: { pageSize: 3 } });
  for (let at = 0; at < 8; at++) {
    bench.send(placeAsk(`o${at}`, { type: ORDER_TYPE.limit, priceTicks: 900, qtyLots: 10 }));
  }
  const seen: unknown[] = [];
  const pages: number[] = [];
  for (let cursor = "", more = true; more; ) {
    const reply = bench.send(pageAsk("orders", cursor));
    pages.push(reply.rows.length);
    seen.push(...reply.rows.map((row) => row["clientId"]));
    cursor = reply.next;
    more = cursor !== "";
  }
  expect(pages).toEqual([3, 3, 2]);
  expect(seen).toEqual(["o7", "o6", "o5", "o4", "o3", "o2", "o1", "o0"]);
});

test("Executions are listed from a time on, the oldest first", () => {
  const bench = benchOf({ terms: { pageSize: 2 } });
  for (let at = 0; at < 4; at++) {
    bench.send(placeAsk(`o${at}`, { qtyLots: 10 + at }));
    bench.go((at + 1) * MINUTE);
  }
  const first = bench.send(pageAsk("executions", "", START + 2 * MINUTE));
  expect(first.rows.map((row) => row["qty"])).toEqual([11, 12]);
  const second = bench.send(pageAsk("executions", first.next, START + 2 * MINUTE));
  expect(second.rows.map((row) => row["qty"])).toEqual([13]);
  expect(second.next).toBe("");
});

test("Funding stands among the executions with the size of the position and nobody's id", () => {
  const bench = benchOf({ markets: [marketOf(quiet(20), "BTCUSDT", [3])], rates: { X17: 1 } });
  bench.send(placeAsk("a"));
  bench.go(4 * MINUTE);
  const [, funding] = bench.send(pageAsk("executions")).rows;
  expect(funding).toMatchObject({
    type: "funding",
    clientId: "",
    orderId: "",
    qty: 1_000,
    fee: 0.1,
  });
  expect(truthOf(bench.server).executions[1]?.funding).toBeCloseTo(-0.1, 12);
  expect(bench.faults.fired.X17).toBe(1);
});

test("The two sides of a symbol in hedge mode are beside each other", () => {
  const bench = benchOf({ settings: { positionMode: "hedge" } });
  bench.send(placeAsk("a", { slot: "long", qtyLots: 30 }));
  bench.send(placeAsk("b", { slot: "short", side: SELL, qtyLots: 20 }));
  bench.go(MINUTE);
  expect(bench.send(pageAsk("positions")).rows).toMatchObject([
    { slot: "long", qty: 30 },
    { slot: "short", qty: -20 },
  ]);
});

/** A strategy that sends what a stream draws, at the close of every bar. */
function drawnStrategy(seed: string): ReturnType<typeof defineStrategy> {
  const stream = new RandomStreams(parseSeed(seed)).of("strategy");
  return defineStrategy({
    name: "drawn",
    description: "Sends drawn orders",
    onBar: (ctx) => {
      if (!stream.chance(0.5)) return;
      const side = stream.chance(0.5) ? "buy" : "sell";
      const { close } = ctx.bar;
      const away = close * (1 + stream.integer(-20, 20) / 10_000);
      const qty = stream.integer(1, 40) / 100;
      const kind = stream.integer(0, 4);
      if (kind === 0) ctx.order({ side, type: "limit", qty, price: away });
      else if (kind === 1) ctx.order({ side, type: "market", qty, reduceOnly: true });
      else if (kind === 2) ctx.order({ side, type: "stopMarket", qty, trigger: away });
      else if (kind === 3 && ctx.orders.length > 0) {
        const order = stream.pick(ctx.orders);
        if (stream.chance(0.5)) ctx.cancel(order.ref);
        else ctx.amend(order.ref, order.price === null ? { trigger: away } : { price: away });
      } else ctx.order({ side, type: "market", qty });
    },
  });
}

function backtestOf(markets: readonly WorldMarket[], seed: string, settings = {}): Backtest {
  return new Backtest({
    symbols: markets.map(({ instrument, bars, funding }) => ({
      instrument,
      bars,
      strategyBars: bars,
      higher: new Map(),
      marks: null,
      funding,
    })),
    strategy: drawnStrategy(seed),
    params: {},
    rules: {},
    settings: { ...venueProfile("bybit"), ...settings },
    startBalance: 10_000,
    leverage: 5,
    from: START,
    recordSink: () => {},
  });
}

function askOf(command: Command, symbols: readonly string[]): Ask {
  const clientId = `c${command.requestId}`;
  const symbol = symbols[command.symbol] ?? "";
  const { side, type, qtyLots, priceTicks, triggerTicks, reduceOnly } = command;
  const numbers = { symbol, qtyLots, priceTicks, triggerTicks };
  if (command.kind === COMMAND.place) {
    return placeAsk(clientId, { ...numbers, side, type, reduceOnly });
  }
  return command.kind === COMMAND.amend
    ? amendAsk(clientId, numbers)
    : cancelAsk(clientId, { symbol });
}

test.each([
  ["1", {}],
  ["2", { participationPct: null }],
  ["3", { marginMode: "cross" as const }],
  ["4", {}],
])("Without faults the venue trades as a backtest does (seed %s)", (seed, settings) => {
  const streams = new RandomStreams(parseSeed(seed));
  const markets = ["BTCUSDT", "ETHUSDT"].map((symbol) =>
    drawMarket(streams.of(symbol), {
      exchange: "bybit",
      symbol,
      start: START,
      barMs: MINUTE,
      bars: 600,
      price: 2_000,
      movePct: 0.2,
      jumps: 0.01,
      droughts: 0.05,
      volume: 20,
      fundingMs: 60 * MINUTE,
    }),
  );
  const backtest = backtestOf(markets, seed, settings);
  const fills: unknown[] = [];
  const sent: Command[] = [];
  const { exchange, engine } = backtest;
  const submit = exchange.submit.bind(exchange);
  exchange.submit = (command) => {
    const copy = new Command();
    copy.copy(command);
    sent.push(copy);
    submit(command);
  };
  const process = engine.process.bind(engine);
  engine.process = (event) => {
    if (event.kind === EVENT.orderFilled || event.kind === EVENT.orderPartiallyFilled) {
      fills.push([
        event.time,
        event.symbol,
        event.side * event.qtyLots,
        event.priceTicks,
        event.fee,
      ]);
    }
    process(event);
  };
  backtest.run();
  for (const failure of engine.failures) throw failure.error;
  const bench = benchOf({
    markets,
    settings: { ...venueProfile("bybit"), ...settings },
    terms: { limits: LOOSE },
  });
  const symbols = markets.map(({ instrument }) => instrument.symbol);
  const placed = sent.map((command) => {
    bench.go(command.time - START - 1);
    return bench.send(askOf(command, symbols)).code;
  });
  const wanted = sent.map(({ kind }, at) => (kind === COMMAND.place ? "ok" : placed[at]));
  expect(placed).toEqual(wanted);
  bench.go(600 * MINUTE);
  const { executions, wallet } = truthOf(bench.server);
  const traded = executions.filter(({ cause }) => cause === "trade");
  expect(traded.length).toBeGreaterThan(150);
  expect(
    traded.map((one) => [
      one.time,
      symbols.indexOf(one.symbol),
      one.signedLots,
      one.priceTicks,
      one.fee,
    ]),
  ).toEqual(fills);
  expect(wallet).toBe(exchange.account.wallet);
  expect(executions.filter(({ cause }) => cause === "funding").length).toBeGreaterThan(5);
});
