import { assert } from "#engine/assert.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { LIQUIDITY } from "#engine/model/order-terms.ts";
import {
  EXECUTION_CAUSES,
  type PositionSlot,
  type VenueExecution,
  type VenueSnapshot,
} from "#engine/model/venue-snapshot.ts";
import type { ActivePosition, ActivePositions, RowChange } from "./active-positions.ts";
import { type EngineBookParts, EngineBooks } from "./engine-books.ts";
import { EngineDesk, type EngineDeskParts } from "./engine-desk.ts";
import type { FindingNote } from "./reconcile-desk.ts";
import { Reconciler, type ReconcilerState } from "./reconciler.ts";
import type { ReconcilerConfig } from "./reconciler-config.ts";

const NOT_RECONCILED = "the account is not reconciled";

/** How the account of an engine is reconciled. */
export interface ReconcileSettings {
  readonly config: ReconcilerConfig;
  readonly mirror: ActivePositions;
  readonly slots: readonly PositionSlot[];
  readonly modes: EngineBookParts["modes"];
  /** The engine's time before its first event, epoch ms: executions before it are not ours. */
  readonly startedAt: number;
  readonly instrumentOf?: EngineBookParts["instrumentOf"] | undefined;
  /**
   * A venue that is at hand, as the simulated one of a backtest: its cut is taken at the moment of a decision, and no
   * news of it is ever lost or late, so that none is kept to be compared.
   */
  readonly cutNow?: ((now: number) => VenueSnapshot) | undefined;
}

export interface EngineReconcileParts
  extends EngineDeskParts,
    Pick<EngineBookParts, "strategyName"> {}

/** Reconcile inside an engine: hands on what the engine books and hears, and asks for cuts when they are due. */
export class EngineReconcile {
  readonly #settings: ReconcileSettings;
  readonly #parts: EngineReconcileParts;
  readonly #books: EngineBooks;
  readonly #desk: EngineDesk;
  /** Made at its first use: a state that was kept is taken over at birth. */
  #made: Reconciler | null = null;
  #kept: ReconcilerState | undefined;
  /** A cut is on its way. */
  #isAsked = false;
  /** When the next cut of a venue at hand is due; Infinity of one that is not. A field, because every bar asks. */
  nextCutAt = Number.POSITIVE_INFINITY;
  /** Findings raised so far at a venue at hand: there should be none. */
  findings = 0;

  constructor(settings: ReconcileSettings, parts: EngineReconcileParts) {
    this.#settings = settings;
    this.#parts = parts;
    const { desk } = parts;
    this.#books = new EngineBooks({
      ...settings,
      ...parts,
      leverage: desk.wantedLeverage,
      instrumentOf: settings.instrumentOf ?? (() => null),
    });
    this.#desk = new EngineDesk(parts, (index) => this.#reconciler.isBarred(index));
    if (settings.cutNow === undefined) {
      parts.risk.latches.closeGate(NOT_RECONCILED, settings.startedAt);
    } else {
      this.nextCutAt = settings.startedAt;
    }
  }

  /** Whether news of executions is compared with cuts; a venue at hand loses none. */
  get hearsNews(): boolean {
    return this.#settings.cutNow === undefined;
  }

  /** Takes the cut of a venue at hand and reads it. */
  compareNow(now: number): void {
    const { cutNow } = this.#settings;
    if (cutNow === undefined) return;
    this.#reconciler.onCut(cutNow(now), now);
    this.nextCutAt = this.#reconciler.nextCutAt;
    for (const note of this.takeNotes())
      if ("kind" in note && note.kind === "raised") this.findings += 1;
  }

  /** When a cut is to be asked for; Infinity while one is on its way, and where the venue is at hand. */
  get nextTimerAt(): number {
    return this.#isAsked || !this.hearsNews ? Number.POSITIVE_INFINITY : this.#reconciler.nextCutAt;
  }

  /** From when on a cut lists executions, the venue's time. */
  get executionsSince(): number {
    return this.#reconciler.executionsSince;
  }

  get openFindings(): Reconciler["openFindings"] {
    return this.#reconciler.openFindings;
  }

  /** Rows of `active_positions` of this account. */
  positions(): readonly ActivePosition[] {
    const { mirror, config } = this.#settings;
    return mirror.positionsOf(config.account);
  }

  /** What was found and written since the last call. */
  takeNotes(): readonly (FindingNote | RowChange)[] {
    return this.#desk.notes.splice(0);
  }

  onTime(now: number): void {
    if (now < this.nextTimerAt) return;
    this.#isAsked = true;
    this.#parts.orderManager.cutAccount();
  }

  /** A fill of an order of ours was booked. */
  onFill(event: EngineEvent): void {
    this.#books.lastMoneyAt = event.time;
    this.#reconciler.onFill(executionOf(event), event.time);
  }

  /** The stream tells of an execution that no order of ours made, or one that is forgotten. */
  onExternal(event: EngineEvent): void {
    this.#books.lastMoneyAt = event.time;
    this.#reconciler.onExternalExecution(executionOf(event), event.time);
  }

  /** A look-up has found an order of ours resting. */
  onOrderFound(event: EngineEvent): void {
    this.#reconciler.onOrderFound(event.requestId);
  }

  onMoney(time: number): void {
    this.#books.lastMoneyAt = time;
  }

  onConnectionLost(time: number): void {
    this.#reconciler.onConnectionLost();
    this.#isAsked = false;
    this.#moveGate(time);
  }

  onConnectionRestored(time: number): void {
    this.#reconciler.onConnectionRestored(time);
    this.#moveGate(time);
  }

  onSnapshot({ snapshot, time }: EngineEvent): void {
    this.#isAsked = false;
    if (snapshot === null) this.#reconciler.onCutFailed(time);
    else this.#reconciler.onCut(snapshot, time);
    this.#moveGate(time);
  }

  state(): ReconcilerState {
    return this.#reconciler.state();
  }

  /** Goes on where a former one was; the gate waits for a new cut all the same. */
  restore(state: ReconcilerState): void {
    assert(this.#made === null, () => "Reconcile is restored before its first use");
    this.#kept = state;
  }

  get #reconciler(): Reconciler {
    if (this.#made !== null) return this.#made;
    const { config, mirror, startedAt } = this.#settings;
    const parts = { config, books: this.#books, desk: this.#desk, mirror, startedAt };
    this.#made = new Reconciler(parts, this.#kept);
    return this.#made;
  }

  #moveGate(now: number): void {
    const { latches } = this.#parts.risk;
    if (this.#reconciler.isGateOpen) latches.openGate();
    else latches.closeGate(NOT_RECONCILED, now);
  }
}

/** An execution as its stream told it. */
function executionOf(event: EngineEvent): VenueExecution {
  return {
    index: event.symbol,
    symbol: "",
    executionId: event.executionId,
    requestId: event.requestId,
    venueOrderId: "",
    side: event.side,
    qtyLots: event.qtyLots,
    priceTicks: event.priceTicks,
    isMaker: event.liquidity === LIQUIDITY.maker,
    fee: event.fee,
    time: event.asOf === 0 ? event.time : event.asOf,
    cause: event.kind === EVENT.liquidated ? (EXECUTION_CAUSES[event.reason] ?? "trade") : "trade",
  };
}
