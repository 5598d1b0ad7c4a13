import { Position } from "#engine/ledger/position.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { COMMAND, Command } from "#engine/model/command.ts";
import { exactUnits, fromUnits, toUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  bankruptcyPrice,
  liquidationPrice,
  type MarginTerms,
  maintenanceMargin,
  tierOf,
} from "#sim/margin.ts";
import { MarkSeries } from "#sim/mark-series.ts";
import { SimOrder } from "#sim/sim-order.ts";

/** A command on its way to the venue; used again after it acted. */
export class PendingCommand {
  readonly command = new Command();
  arrival = 0;
  /** The price that triggers it as its sender knew it, ticks; for most orders the last price. */
  seenTicks = Number.NaN;
}

/** One symbol at the simulated venue: its bar, its orders, its position and the margin locked for it. */
export class SimSymbol {
  readonly index: number = 0;
  readonly instrument: Instrument;
  readonly bars: BarColumns;
  readonly mark: MarkSeries;
  /** The index price, for orders that it triggers. */
  readonly indexPrice: MarkSeries;
  readonly position: Position;
  readonly orders: SimOrder[] = [];
  readonly pending: PendingCommand[] = [];
  /** Hedge mode: the other side of the symbol, which takes from the same volume. */
  twin: SimSymbol | null = null;
  readonly terms: MarginTerms;
  readonly #freeOrders: SimOrder[] = [];

  /** Row of the bar that is open or was open last; −1 before the first. */
  bar = -1;
  isBarOpen = false;
  openTime = 0;
  closeTime = 0;
  openTicks = 0;
  highTicks = 0;
  lowTicks = 0;
  closeTicks = 0;
  volume = Number.NaN;
  /** Lots that orders may still take from this bar. */
  capacityLots = 0;
  /** Price along the path inside the bar, ticks; between bars the last close. */
  atTicks = Number.NaN;
  /** Lowest and highest price of the path since the bar began or the position was opened, ticks. */
  seenLowTicks = Number.NaN;
  seenHighTicks = Number.NaN;
  hasTicks = false;
  leverage = 1;
  /** Largest position value that the tiers allow at this leverage, quote units. */
  valueMax = Number.POSITIVE_INFINITY;
  /** Counts positions from flat to flat. */
  positionNumber = 0;
  /** Isolated margin that is locked for the position; 0 under cross margin. */
  margin = 0;
  /**
   * What backs the position beyond its own profit: its margin, or under cross margin the wallet and the profit of the
   * other positions; and the maintenance margin of those, which goes before.
   */
  backing = 0;
  claims = 0;
  /** NaN when flat. */
  liquidation = Number.NaN;
  /**
   * What liquidates inside a bar. The marks that other contracts had at that moment are not known: where they share the
   * margin, only what liquidates whatever they did is certain, and the close decides the rest.
   */
  liquidationInside = Number.NaN;
  /** Cross margin: the mark at the instant for which the account was valued last, and what the position was then. */
  markNow = Number.NaN;
  profitNow = 0;
  maintenanceNow = 0;
  /** Margin that the resting orders hold, quote units, as long as nothing has changed since. */
  orderMargin = 0;
  hasChanged = true;

  constructor(
    index: number,
    instrument: Instrument,
    bars: BarColumns,
    marks: BarColumns | null,
    indexBars: BarColumns | null,
    maintenanceOn: "entry" | "mark",
  ) {
    this.index = index;
    this.instrument = instrument;
    this.bars = bars;
    this.mark = new MarkSeries(bars, marks);
    this.indexPrice = new MarkSeries(bars, indexBars);
    this.position = new Position(instrument.lot);
    this.terms = { tiers: instrument.tiers, maintenanceOn };
  }

  get isFlat(): boolean {
    return this.position.qtyLots === 0;
  }

  /** Nothing can happen here in the coming bar: no order, no command on its way, no position. */
  get isIdle(): boolean {
    return this.orders.length === 0 && this.pending.length === 0 && this.position.qtyLots === 0;
  }

  /** Whether all that is on its way closes or takes back: it makes room for what others open. */
  get sendsNoEntry(): boolean {
    for (const { command } of this.pending) {
      if (command.kind === COMMAND.place && !command.reduceOnly) return false;
    }
    return true;
  }

  /** Whether the mark reaches the liquidation price of the position in this bar. */
  isLiquidatedIn(row: number): boolean {
    const { mark, bars } = this;
    const isLong = this.position.qtyLots > 0;
    // Without stored marks a bar's own range says it, whose open lies inside.
    if (!mark.isStored) {
      const price = (isLong ? bars.low[row] : bars.high[row]) as number;
      return isLong ? price <= this.liquidation : price >= this.liquidation;
    }
    mark.seek(row);
    return isLong
      ? Math.min(mark.low, mark.open) <= this.liquidation
      : Math.max(mark.high, mark.open) >= this.liquidation;
  }

  /** Whether bars are missing before a row that has not opened yet: time alone may decide something there. */
  isGapBefore(row: number): boolean {
    const { time, intervalMs } = this.bars;
    if (row === 0 || (this.isBarOpen && row === this.bar)) return false;
    return time[row] !== (time[row - 1] as number) + intervalMs;
  }

  /** Puts the next bar in front; prices become ticks only when somebody needs them. */
  open(index: number): void {
    const bars = this.bars;
    this.bar = index;
    this.isBarOpen = true;
    this.hasTicks = false;
    this.openTime = bars.time[index] as number;
    this.closeTime = this.openTime + bars.intervalMs;
  }

  /** Fills in ticks, volume, capacity and the mark of the open bar, once. */
  loadTicks(participationPct: number | null): void {
    if (this.hasTicks) return;
    this.hasTicks = true;
    const { bars, bar, instrument } = this;
    this.openTicks = toUnits(instrument.tick, bars.open[bar] as number);
    this.highTicks = toUnits(instrument.tick, bars.high[bar] as number);
    this.lowTicks = toUnits(instrument.tick, bars.low[bar] as number);
    this.closeTicks = toUnits(instrument.tick, bars.close[bar] as number);
    this.volume = bars.volume[bar] as number;
    this.atTicks = this.openTicks;
    this.seenLowTicks = this.openTicks;
    this.seenHighTicks = this.openTicks;
    this.mark.seek(bar);
    if (this.indexPrice.isStored) this.indexPrice.seek(bar);
    if (participationPct === null || this.volume !== this.volume) {
      this.capacityLots = Number.POSITIVE_INFINITY;
      return;
    }
    const { numerator, denominator } = instrument.lot;
    const share = (this.volume * participationPct) / 100;
    this.capacityLots = Math.floor((share * denominator) / numerator + 1e-9);
    if (this.twin !== null) this.#shareVolume(this.twin);
  }

  #shareVolume(twin: SimSymbol): void {
    if (twin.bar === this.bar && twin.hasTicks) this.capacityLots = twin.capacityLots;
  }

  /** Lots that an execution takes from the bar. */
  takeVolume(lots: number): void {
    this.capacityLots -= lots;
    if (this.twin !== null) this.twin.capacityLots = this.capacityLots;
  }

  /** Last known price in ticks: along the path of an open bar, else the close of the bar before. */
  lastTicks(): number {
    if (this.isBarOpen && this.hasTicks) return this.atTicks;
    if (this.bar < 0) return Number.NaN;
    const row = this.isBarOpen ? this.bar - 1 : this.bar;
    return row < 0
      ? toUnits(this.instrument.tick, this.bars.open[0] as number)
      : toUnits(this.instrument.tick, this.bars.close[row] as number);
  }

  /** The price goes along the path inside the bar. */
  moveTo(ticks: number): void {
    this.atTicks = ticks;
    if (ticks < this.seenLowTicks) this.seenLowTicks = ticks;
    if (ticks > this.seenHighTicks) this.seenHighTicks = ticks;
  }

  /** A position begins: what the price did before is not its own. */
  forgetPath(): void {
    this.seenLowTicks = this.atTicks;
    this.seenHighTicks = this.atTicks;
  }

  /** The order of a request, null when it does not work here (any more). */
  findOrder(requestId: number): SimOrder | null {
    for (const order of this.orders) if (order.requestId === requestId) return order;
    return null;
  }

  /** An accepted order joins the others, in the order of arrival: it decides ties. */
  addOrder(command: Command, sequence: number): SimOrder {
    const order = this.#freeOrders.pop() ?? new SimOrder();
    order.take(command, sequence);
    this.orders.push(order);
    this.hasChanged = true;
    return order;
  }

  /** The object is used again for a later order: who still holds it sees `isAlive` false until then. */
  removeOrder(order: SimOrder): void {
    const { orders } = this;
    const at = orders.indexOf(order);
    if (at === orders.length - 1) orders.pop();
    else orders.splice(at, 1);
    order.isAlive = false;
    this.hasChanged = true;
    this.#freeOrders.push(order);
  }

  /** The leverage of what is opened from now on, and the position value up to which the tiers allow it. */
  setLeverage(leverage: number): void {
    this.leverage = leverage;
    this.valueMax = this.valueMaxOf(leverage);
  }

  /** The last tier holds beyond its bound. */
  valueMaxOf(leverage: number): number {
    let valueMax = 0;
    for (const tier of this.terms.tiers) {
      if (leverage > tier.maxLeverage) return valueMax;
      valueMax = tier.upTo;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Recomputes the liquidation price of isolated margin after the position or its margin changed. */
  reprice(): void {
    if (this.position.qtyLots === 0) this.margin = 0;
    this.repriceWith(this.margin, 0);
  }

  /** Recomputes the liquidation price with what backs the position and what goes before it. */
  repriceWith(backing: number, claims: number): void {
    this.backing = backing;
    this.claims = claims;
    const { qtyLots, qty, entryValue } = this.position;
    if (qtyLots === 0) {
      this.liquidation = Number.NaN;
      this.liquidationInside = Number.NaN;
      return;
    }
    const side = qtyLots > 0 ? 1 : -1;
    const margin = backing - claims;
    this.liquidation = this.#onTick(
      liquidationPrice(this.terms, side, side * qty, entryValue, margin),
    );
    this.liquidationInside = this.liquidation;
  }

  /** A price that is a tick up to rounding is that tick: what touches it is at it. */
  #onTick(price: number): number {
    const { tick } = this.instrument;
    const ticks = exactUnits(tick, price);
    return Math.round(ticks) === ticks ? fromUnits(tick, ticks) : price;
  }

  /**
   * Hedge mode, cross margin: both sides move with one mark, so that they have one liquidation price between them, at
   * which the side falls that loses there. `money`: the account without the two.
   */
  repricePair(money: number, isInside: boolean): void {
    const long = this.position.qtyLots > 0 ? this : (this.twin as SimSymbol);
    const short = long.twin as SimSymbol;
    const net = long.position.qty + short.position.qty;
    let slope = net;
    let owed = long.position.entryValue - short.position.entryValue - money;
    for (const side of [long, short]) {
      const value = side.marginedValue(side.markNow);
      if (side.terms.maintenanceOn === "entry") {
        owed += maintenanceMargin(side.terms.tiers, value);
        continue;
      }
      const tier = tierOf(side.terms.tiers, value);
      slope -= (Math.abs(side.position.qty) * tier.maintenancePct) / 100;
      owed -= tier.deduction;
    }
    const price = slope === 0 ? Number.NaN : Math.max(0, owed / slope);
    long.liquidationInside = slope > 0 ? this.#onTick(price) : Number.NaN;
    short.liquidationInside = slope < 0 ? this.#onTick(price) : Number.NaN;
    if (isInside) return;
    long.liquidation = long.liquidationInside;
    short.liquidation = short.liquidationInside;
  }

  /** The same for the inside of a bar, with what backs the position at the best of the other marks. */
  repriceInside(margin: number): void {
    const { qty, entryValue } = this.position;
    const side = qty > 0 ? 1 : -1;
    const price = liquidationPrice(this.terms, side, side * qty, entryValue, margin);
    this.liquidationInside = this.#onTick(price);
  }

  /** The mark of the bar that suits the position best; outside of a bar the mark of the instant. */
  get bestMark(): number {
    const { mark, markNow } = this;
    if (!this.isBarOpen || !this.hasTicks) return markNow;
    return this.position.qtyLots > 0 ? Math.max(markNow, mark.high) : Math.min(markNow, mark.low);
  }

  /** Value on which margins are taken at a mark, quote units. */
  marginedValue(mark: number): number {
    const { qty, entryValue } = this.position;
    return this.terms.maintenanceOn === "entry" ? entryValue : Math.abs(qty) * mark;
  }

  /** Maintenance margin at a mark; 0 when flat. */
  maintenanceAt(mark: number): number {
    if (this.position.qtyLots === 0) return 0;
    return maintenanceMargin(this.terms.tiers, this.marginedValue(mark));
  }

  /** The mark of the moment as far as the bar tells it: stored ones at its open, else the last price. */
  get markAt(): number {
    return this.mark.isStored ? this.mark.open : fromUnits(this.instrument.tick, this.atTicks);
  }

  /** Something is executed: the mark is where the path is; a stored one as near to it as its own range allows. */
  seeMark(): void {
    const { mark } = this;
    const price = fromUnits(this.instrument.tick, this.atTicks);
    if (!mark.isStored) this.markNow = price;
    else if (this.atTicks === this.openTicks) this.markNow = mark.open;
    else this.markNow = Math.min(Math.max(price, mark.low), mark.high);
  }

  /** Price at a stamp of funding: of the index where it is wanted and known, else of the mark; NaN where none is. */
  fundingPrice(time: number, on: "mark" | "index"): number {
    const index =
      on === "index" && this.indexPrice.isStored ? this.indexPrice.openAt(time) : Number.NaN;
    return index === index ? index : this.mark.openAt(time);
  }

  /** Whether a mark liquidates the position. */
  isLiquidatedAt(mark: number): boolean {
    return this.position.qtyLots > 0 ? mark <= this.liquidation : mark >= this.liquidation;
  }

  /** Price at which nothing is left of what backs the position; NaN when flat. */
  get bankruptcy(): number {
    const { qtyLots, qty, entryValue } = this.position;
    if (qtyLots === 0) return Number.NaN;
    const side = qtyLots > 0 ? 1 : -1;
    return bankruptcyPrice(side, side * qty, entryValue, this.backing);
  }

  /** A price at which a venue takes over, on the tick: rounded so that no more is lost than was there. */
  insideTicks(price: number): number {
    const { tick } = this.instrument;
    const exact = (price * tick.denominator) / tick.numerator;
    const ticks = this.position.qtyLots > 0 ? Math.ceil(exact - 1e-9) : Math.floor(exact + 1e-9);
    return ticks > 1 ? ticks : 1;
  }
}
