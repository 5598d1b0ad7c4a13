import { REJECT, type RejectCode } from "#engine/model/order-terms.ts";

/**
 * What stops an account from taking new risk, as facts that outlive a crash: once set, a latch stays until somebody
 * lifts it. Closing and protecting pass all of them; who asks `blocks` has made sure that an order is neither.
 *
 * halt: everything; by hand, by the kill switch, or by a loss limit, whose halt may end with the day.
 * halted symbol: everything of one symbol. quarantine: one symbol whose position is not understood.
 * gate: everything, from a gap in the account's stream until a snapshot of it has been applied.
 */
export interface Latch {
  /** Why: `dailyLoss` and `drawdown` are the loss limits', everything else is a person's or a part's own words. */
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
  /** Ends by itself at this time, epoch ms; null: by hand alone. */
  readonly clearsAt: number | null;
}

export interface SymbolLatch extends Latch {
  /** Canonical name. */
  readonly symbol: string;
}

/** Everything that is latched, as JSON. */
export interface LatchesState {
  readonly halt: Latch | null;
  readonly gate: Latch | null;
  readonly haltedSymbols: readonly SymbolLatch[];
  readonly quarantined: readonly SymbolLatch[];
}

export const DAILY_LOSS = "dailyLoss";
export const DRAWDOWN = "drawdown";

export class Latches {
  readonly #symbols: readonly string[];
  readonly #onChange: () => void;
  /** By slot: what an order there that opens is refused with. */
  readonly #blocks: Int32Array;
  readonly #haltedSymbols = new Map<string, Latch>();
  readonly #quarantined = new Map<string, Latch>();
  #halt: Latch | null = null;
  #gate: Latch | null = null;
  #revision = 0;
  #isSet = false;

  /** @param symbols Canonical names by slot; the two sides of a hedged symbol share theirs. */
  constructor(symbols: readonly string[], onChange: () => void) {
    this.#symbols = symbols;
    this.#onChange = onChange;
    this.#blocks = new Int32Array(symbols.length);
  }

  /** Rises with every change: what a driver makes durable. */
  get revision(): number {
    return this.#revision;
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  get halt(): Latch | null {
    return this.#halt;
  }

  get gate(): Latch | null {
    return this.#gate;
  }

  /** Whether orders of the slot that would open are unwanted, not only refused. */
  isHalted(slot: number): boolean {
    return this.#halt !== null || this.#haltedSymbols.has(this.#symbols[slot] as string);
  }

  get hasHalt(): boolean {
    return this.#halt !== null || this.#haltedSymbols.size > 0;
  }

  /** Why an order of the slot that opens is refused; `none` when it is not. */
  blocks(slot: number): RejectCode {
    return this.#blocks[slot] as RejectCode;
  }

  /** Halts everything. A halt that stands keeps its reason, unless it would end by itself and this one does not. */
  setHalt(reason: string, now: number, clearsAt: number | null = null): void {
    const set = stronger(this.#halt, { reason, since: now, clearsAt });
    if (set === this.#halt) return;
    this.#halt = set;
    this.#changed();
  }

  clearHalt(): void {
    if (this.#halt === null) return;
    this.#halt = null;
    this.#changed();
  }

  /** A person has looked: nothing is halted any more, neither the account nor a symbol. */
  clearHalts(): void {
    if (!this.hasHalt) return;
    this.#halt = null;
    this.#haltedSymbols.clear();
    this.#changed();
  }

  haltSymbol(symbol: string, reason: string, now: number): void {
    this.#setSymbol(this.#haltedSymbols, symbol, reason, now);
  }

  quarantine(symbol: string, reason: string, now: number): void {
    this.#setSymbol(this.#quarantined, symbol, reason, now);
  }

  isQuarantined(symbol: string): boolean {
    return this.#quarantined.has(symbol);
  }

  clearQuarantine(symbol: string): void {
    if (this.#quarantined.delete(symbol)) this.#changed();
  }

  closeGate(reason: string, now: number): void {
    if (this.#gate !== null) return;
    this.#gate = { reason, since: now, clearsAt: null };
    this.#changed();
  }

  openGate(): void {
    if (this.#gate === null) return;
    this.#gate = null;
    this.#changed();
  }

  /** Lifts the halt whose end has come. */
  onTime(now: number): void {
    const clearsAt = this.#halt?.clearsAt ?? null;
    if (clearsAt !== null && now >= clearsAt) this.clearHalt();
  }

  state(): LatchesState {
    return {
      halt: this.#halt,
      gate: this.#gate,
      haltedSymbols: listed(this.#haltedSymbols),
      quarantined: listed(this.#quarantined),
    };
  }

  /** Replaces everything that is set. Symbols that the engine does not trade (any more) stay remembered. */
  restore(state: LatchesState): void {
    this.#halt = state.halt;
    this.#gate = state.gate;
    refill(this.#haltedSymbols, state.haltedSymbols);
    refill(this.#quarantined, state.quarantined);
    this.#changed();
  }

  #setSymbol(map: Map<string, Latch>, symbol: string, reason: string, now: number): void {
    if (map.has(symbol)) return;
    map.set(symbol, { reason, since: now, clearsAt: null });
    this.#changed();
  }

  #changed(): void {
    this.#revision += 1;
    const { size } = this.#haltedSymbols;
    const hasAccountLatch = this.#halt !== null || this.#gate !== null;
    this.#isSet = hasAccountLatch || size > 0 || this.#quarantined.size > 0;
    this.#symbols.forEach((symbol, slot) => {
      this.#blocks[slot] = this.#codeOf(symbol);
    });
    this.#onChange();
  }

  #codeOf(symbol: string): RejectCode {
    if (this.#halt !== null) return haltCode(this.#halt);
    if (this.#haltedSymbols.has(symbol)) return REJECT.riskHalted;
    if (this.#quarantined.has(symbol)) return REJECT.riskQuarantined;
    return this.#gate === null ? REJECT.none : REJECT.riskGateClosed;
  }
}

function haltCode({ reason }: Latch): RejectCode {
  if (reason === DAILY_LOSS) return REJECT.riskDailyLoss;
  return reason === DRAWDOWN ? REJECT.riskDrawdown : REJECT.riskHalted;
}

function stronger(standing: Latch | null, wanted: Latch): Latch {
  if (standing === null) return wanted;
  if (standing.clearsAt === null) return standing;
  if (wanted.clearsAt === null) return wanted;
  return wanted.clearsAt > standing.clearsAt ? wanted : standing;
}

/** By name, so that the same latches read the same however they came about. */
function listed(map: ReadonlyMap<string, Latch>): readonly SymbolLatch[] {
  return [...map]
    .map(([symbol, latch]) => ({ symbol, ...latch }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function refill(map: Map<string, Latch>, latches: readonly SymbolLatch[]): void {
  map.clear();
  for (const { symbol, ...latch } of latches) map.set(symbol, latch);
}
