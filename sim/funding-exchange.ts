import type { Engine } from "#engine/engine.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import type { SimulatedExchange } from "#sim/exchange.ts";
import type { FundingSchedule } from "#sim/funding-schedule.ts";
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
    schedule: FundingSchedule,
    engine: Engine,
    exchange: SimulatedExchange,
    fundingOn: VenueSettings["fundingOn"],
  ) {
    this.#schedule = schedule;
    this.#engine = engine;
    this.#exchange = exchange;
    this.#fundingOn = fundingOn;
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
