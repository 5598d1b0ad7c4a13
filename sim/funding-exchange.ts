import type { Engine } from "#engine/engine.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { SimulatedExchange } from "#sim/exchange.ts";
import { FundingSchedule } from "#sim/funding-schedule.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** Funding as its stamps pass: the rate is told to the engine, and exchanged on what is held. */
export class FundingExchange {
  readonly #schedule: FundingSchedule;
  readonly #engine: Engine;
  readonly #exchange: SimulatedExchange;
  readonly #fundingOn: VenueSettings["fundingOn"];
  readonly #event = new EngineEvent();

  constructor(
    markets: readonly BacktestSymbol[],
    engine: Engine,
    exchange: SimulatedExchange,
    settings: VenueSettings,
  ) {
    this.#schedule = new FundingSchedule(
      markets.map((one) => one.funding),
      markets.map((one) => one.bars.time[0] as number),
    );
    this.#engine = engine;
    this.#exchange = exchange;
    this.#fundingOn = settings.fundingOn;
  }

  /** The earliest stamp still to come over all symbols; Infinity when there is none. */
  get nextStamp(): number {
    return this.#schedule.nextStamp;
  }

  /** Exchanges what is stamped by `time`, at the price of the open or, while that is not known, of the close. */
  settle(time: number, known: "open" | "close"): void {
    const { symbols } = this.#exchange;
    for (let at = 0; at < symbols.length; at++) {
      for (let rate = this.#schedule.take(at, time); rate === rate; ) {
        this.#settleRate(symbols[at] as SimSymbol, time, rate, known);
        rate = this.#schedule.take(at, time);
      }
    }
  }

  #settleRate(symbol: SimSymbol, time: number, rate: number, known: "open" | "close"): void {
    const event = this.#event;
    event.kind = EVENT.fundingRate;
    event.time = time;
    event.symbol = symbol.index;
    event.price = rate;
    this.#engine.process(event);
    if (symbol.isFlat) return;
    const settled = known === "open" ? symbol.fundingPrice(time, this.#fundingOn) : Number.NaN;
    const price = settled === settled ? settled : (this.#engine.desk.marks[symbol.index] as number);
    this.#exchange.settleFunding(symbol, time, rate, price);
  }
}
