import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import type { Command } from "#engine/model/command.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { VenueListener } from "#engine/ports/venue.ts";
import { type BacktestSymbol, positionSlots, simSymbol } from "#sim/bind-market.ts";
import { SimulatedExchange } from "#sim/exchange.ts";
import { FundingSchedule } from "#sim/funding-schedule.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** What is traded at the venue: an instrument and all of its candles, those to come included. */
export interface WorldMarket {
  readonly instrument: Instrument;
  readonly bars: BarColumns;
  readonly funding: FundingColumns | null;
  /** What the venue publishes, also of the time before the first bar; without it the bars as they add up. */
  readonly candles?: BarColumns | undefined;
}

/** A position of the account: of a symbol, in hedge mode of one side of it. */
export interface VenueSlot {
  readonly index: number;
  readonly symbol: string;
  readonly slot: PositionSlot;
  readonly sim: SimSymbol;
}

/** What the matcher's owner does between the close of bars and the opens that follow. */
export interface MatcherSteps {
  /** Bars have closed at this time, what happened inside them has been told: hand over what has arrived. */
  onClosed(time: number): void;
}

/**
 * The simulated exchange, driven by the time of its candles instead of by a backtest: at every boundary the insides of
 * the bars that close, then what has arrived, funding, the opens. A command that arrives inside a bar so acts at the
 * next open, in the order of one timestamp that the backtest driver keeps.
 */
export class VenueMatcher {
  readonly exchange: SimulatedExchange;
  readonly slots: readonly VenueSlot[];
  readonly #settings: VenueSettings;
  readonly #steps: MatcherSteps;
  readonly #funding: FundingSchedule;
  readonly #next: Int32Array;

  constructor(
    markets: readonly WorldMarket[],
    settings: VenueSettings,
    start: { readonly balance: number; readonly leverage: number },
    deliver: VenueListener,
    steps: MatcherSteps,
  ) {
    this.#settings = settings;
    this.#steps = steps;
    const slots = positionSlots(markets.map(backtestSymbol), settings.positionMode);
    const symbols = slots.map(({ market }, at) => simSymbol(market, at, settings, start.leverage));
    this.exchange = new SimulatedExchange(symbols, settings, start.balance, deliver);
    this.slots = slots.map(({ market, side }, index) => ({
      index,
      symbol: market.instrument.symbol,
      slot: side === 0 ? "net" : side > 0 ? "long" : "short",
      sim: symbols[index] as SimSymbol,
    }));
    this.#next = new Int32Array(symbols.length);
    this.#funding = new FundingSchedule(
      slots.map(({ market }) => market.funding),
      slots.map(({ market }) => market.bars.time[0] as number),
    );
  }

  /** Takes a command on its way to the next open. */
  submit(command: Command): void {
    this.exchange.submit(command);
  }

  /** The next close, open or funding stamp; Infinity when the candles have ended. */
  nextTime(): number {
    let time = Number.POSITIVE_INFINITY;
    for (const { sim, index } of this.slots) {
      const next = this.#next[index] as number;
      if (sim.isBarOpen) time = Math.min(time, sim.closeTime);
      else if (next < sim.bars.length) time = Math.min(time, sim.bars.time[next] as number);
    }
    return time === Number.POSITIVE_INFINITY ? time : Math.min(time, this.#funding.nextStamp);
  }

  /** Works off one of those times. */
  tick(time: number): void {
    const { exchange } = this;
    let hasClosed = false;
    for (const { sim } of this.slots) {
      if (!sim.isBarOpen || sim.closeTime !== time) continue;
      exchange.closeBar(sim);
      hasClosed = true;
    }
    if (hasClosed) exchange.settleCloses(time);
    this.#steps.onClosed(time);
    this.#settleFunding(time);
    this.#open(time);
  }

  /** The price of the moment as far as the candles tell it, quote units. */
  priceOf(slot: VenueSlot): number {
    const { sim } = slot;
    const { tick } = sim.instrument;
    const first = sim.bars.open[0] as number;
    if (sim.bar < 0) return first;
    return sim.isBarOpen
      ? (sim.bars.open[sim.bar] as number)
      : fromUnits(tick, Math.round((sim.bars.close[sim.bar] as number) / tick.step));
  }

  #open(time: number): void {
    const { exchange } = this;
    const opened: SimSymbol[] = [];
    for (const { sim, index } of this.slots) {
      const next = this.#next[index] as number;
      if (sim.isBarOpen || next >= sim.bars.length || sim.bars.time[next] !== time) continue;
      this.#next[index] = next + 1;
      if (exchange.openBar(sim, next)) opened.push(sim);
    }
    exchange.settleOpens(time);
    for (const sim of opened) exchange.matchOpen(sim);
    if (opened.length > 1) {
      for (const sim of opened) if (sim.sendsNoEntry) exchange.admit(sim);
    }
    for (const sim of opened) exchange.admit(sim);
  }

  #settleFunding(time: number): void {
    for (const { sim, index } of this.slots) {
      for (let rate = this.#funding.take(index, time); rate === rate; ) {
        const settled = sim.fundingPrice(time, this.#settings.fundingOn);
        const price = settled === settled ? settled : sim.mark.closeOf(Math.max(0, sim.bar));
        this.exchange.settleFunding(sim, time, rate, price);
        rate = this.#funding.take(index, time);
      }
    }
  }
}

function backtestSymbol({ instrument, bars, funding }: WorldMarket): BacktestSymbol {
  return { instrument, bars, strategyBars: bars, higher: new Map(), marks: null, funding };
}
