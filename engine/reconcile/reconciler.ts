import { must } from "#engine/assert.ts";
import type { VenueExecution, VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import { ActivePositions } from "./active-positions.ts";
import { checkCut } from "./check-cut.ts";
import type { ReconcileClass } from "./classes.ts";
import { type CadenceState, CutCadence } from "./cut-cadence.ts";
import { CutInFlight } from "./cut-in-flight.ts";
import { diff } from "./diff.ts";
import { WALLET_KEY } from "./diff-account.ts";
import { ExecutionMemory, type ExecutionMemoryState } from "./execution-memory.ts";
import { ExternalExecutions, type ExternalExecutionsState, inTime } from "./external-executions.ts";
import { type Finding, orderKey } from "./findings.ts";
import type { LocalBooks } from "./local-books.ts";
import { MirrorKeeper, type MirrorKeeperState } from "./mirror-keeper.ts";
import { Quarantines } from "./quarantines.ts";
import { type FillOfPlace, RecentFills, type RecentFillsState } from "./recent-fills.ts";
import { ReconcileActions } from "./reconcile-actions.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";
import type { ReconcilerConfig } from "./reconciler-config.ts";
import { type Suspicion, Suspicions } from "./suspicions.ts";

/** Plain JSON. */
export interface ReconcilerState {
  /** Engine time at which the newest cut read began; null before the first. */
  readonly lastBeganAt: number | null;
  readonly suspicions: readonly Suspicion[];
  readonly quarantines: readonly (readonly [number, readonly string[]])[];
  readonly executions: ExecutionMemoryState;
  readonly externals: ExternalExecutionsState;
  readonly fills: RecentFillsState;
  readonly mirror: MirrorKeeperState;
  readonly cadence: CadenceState;
}

/**
 * In what order convictions are carried out: what is held first, then which orders there are, then what is sent for the
 * position of then, and the wallet last, because all of that moves it.
 */
const PHASE: Readonly<Record<ReconcileClass, number>> = {
  inFlight: 0,
  stuckUnknown: 0,
  dust: 0,
  orphanPosition: 0,
  ghostPosition: 0,
  sideFlip: 0,
  sizeDrift: 0,
  missingOrder: 1,
  match: 1,
  orphanOrder: 2,
  foreignOrder: 2,
  missingProtection: 3,
  staleProtection: 3,
  settingsDrift: 4,
  balanceDrift: 5,
};

export interface ReconcilerParts {
  readonly config: ReconcilerConfig;
  readonly books: LocalBooks;
  readonly desk: ReconcileDesk;
  readonly mirror: ActivePositions;
  /** The engine's time, epoch ms. */
  readonly startedAt: number;
}

/**
 * Brings one account and its venue together, cut by cut. Facts first: executions that were not heard of are booked and
 * orders that rest are accepted. Then the difference: what two cuts in a row agree on, begun after the last activity on
 * the key and a grace time, is convicted and its policy carried out. A cut that failed, is not whole, or began before one
 * that has been read, changes nothing. The only writer of its account's rows in the mirror.
 *
 * The engine calls it for every fill, execution and change of the connection, makes a cut at `nextCutAt`, and asks
 * `mayOpen` before risk.
 */
export class Reconciler {
  readonly #config: ReconcilerConfig;
  readonly #books: LocalBooks;
  readonly #desk: ReconcileDesk;
  readonly #suspicions: Suspicions;
  readonly #quarantines: Quarantines;
  readonly #executions: ExecutionMemory;
  readonly #externals: ExternalExecutions;
  readonly #fills: RecentFills;
  readonly #inFlight: CutInFlight;
  readonly #mirror: MirrorKeeper;
  readonly #cadence: CutCadence;
  readonly #actions: ReconcileActions;
  #lastBeganAt: number;

  /** With the state of a former one it goes on where that one was; the gate waits for a new cut all the same. */
  constructor({ config, books, desk, mirror, startedAt }: ReconcilerParts, kept?: ReconcilerState) {
    this.#config = config;
    this.#books = books;
    this.#desk = desk;
    this.#lastBeganAt = kept?.lastBeganAt ?? Number.NEGATIVE_INFINITY;
    this.#suspicions = new Suspicions(config.graceMs, kept?.suspicions);
    this.#quarantines = new Quarantines(desk, kept?.quarantines);
    this.#executions = new ExecutionMemory(startedAt, kept?.executions);
    this.#fills = new RecentFills(kept?.fills);
    this.#inFlight = new CutInFlight(this.#fills, config.stuckGraceMs);
    const { policies } = config;
    this.#externals = new ExternalExecutions(books, desk, policies, this.#fills, kept?.externals);
    const pen = ActivePositions.claimPen(mirror, config.account);
    this.#mirror = new MirrorKeeper(config.account, pen, books, desk, kept?.mirror);
    this.#cadence = new CutCadence(config, startedAt, kept?.cadence);
    this.#actions = new ReconcileActions({
      books,
      desk,
      externals: this.#externals,
      terms: config,
      markEstimated: (index) => this.#mirror.markEstimated(index),
    });
  }

  /** When the next cut is due, epoch ms; one that is on its way is not asked for twice. */
  get nextCutAt(): number {
    return this.#cadence.nextCutAt;
  }

  /** From when on a cut must list executions, venue's time. */
  get executionsSince(): number {
    return this.#executions.since;
  }

  /** No entry leaves while it is closed: at the start, and from a lost connection to a cut that began after its return. */
  get isGateOpen(): boolean {
    return this.#cadence.isGateOpen;
  }

  /** Whether reconcile has nothing against new risk on an index. */
  mayOpen(index: number): boolean {
    return this.#cadence.isGateOpen && !this.#quarantines.isHeld(index);
  }

  /** Whether a finding bars new risk from an index. */
  isBarred(index: number): boolean {
    return this.#quarantines.isHeld(index);
  }

  /** Keys of the findings that bar new risk from an index. */
  quarantinedBy(index: number): readonly string[] {
    return this.#quarantines.reasons(index);
  }

  /** Findings that are raised and not cleared. */
  get openFindings(): readonly Suspicion[] {
    return this.#suspicions.all().filter(({ raised }) => raised !== null);
  }

  onConnectionLost(): void {
    this.#cadence.onLost();
  }

  /** Connected again and every subscription confirmed. */
  onConnectionRestored(now: number): void {
    this.#cadence.onRestored(now);
  }

  /** The engine has booked a fill of an order of ours, whole: this may book what is held. `fill.time` is the venue's. */
  onFill(fill: FillOfPlace, now: number): void {
    if (fill.executionId !== 0 && !this.#executions.take(fill)) return;
    this.#moved(fill, now);
  }

  /** The stream tells of an execution that no order of ours made: it is booked here or held, never by the engine itself. */
  onExternalExecution(execution: VenueExecution, now: number): void {
    this.#takeExecution(execution, now);
  }

  /** A look-up has found an order of ours resting: a cut without it was wrong, or older. */
  onOrderFound(requestId: number): void {
    if (this.#suspicions.size > 0) this.#suspicions.contradicted(orderKey(requestId, ""));
  }

  /** A cut could not be made whole: nothing follows from it but that it is tried again. */
  onCutFailed(now: number): void {
    this.#cadence.onFailed(now);
  }

  /** Reads a cut. One that began no later than another that has been read says nothing new, and neither does the same again. */
  onCut(cut: VenueSnapshot, now: number): void {
    if (cut.beganAt <= this.#lastBeganAt) return;
    if (checkCut(cut, this.#books.size) !== null) {
      this.onCutFailed(now);
      return;
    }
    this.#lastBeganAt = cut.beganAt;
    this.#takeFacts(cut, now);
    this.#inFlight.now = now;
    this.#inFlight.beganAt = cut.beganAt;
    const findings = diff(this.#books, cut, this.#inFlight, this.#config);
    let isPending = findings.length > 0 && this.#work(findings, cut, now);
    if (this.#suspicions.size > 0) this.#clearOthers(findings, now);
    if (!this.#externals.isEmpty) this.#forgetAgreed(cut);
    const isNothing = cut.positions.length === 0 && this.#mirror.isEmpty;
    if (!isNothing && this.#mirror.apply(cut, this.#isConfirmed, now)) isPending = true;
    this.#executions.advance(cut.asOf);
    this.#fills.forget(cut.beganAt, this.#executions.since);
    this.#cadence.onCut(cut.beganAt, now, isPending);
  }

  state(): ReconcilerState {
    return {
      lastBeganAt: Number.isFinite(this.#lastBeganAt) ? this.#lastBeganAt : null,
      suspicions: this.#suspicions.all().map((suspicion) => ({ ...suspicion })),
      quarantines: this.#quarantines.state(),
      executions: this.#executions.state(),
      externals: this.#externals.state(),
      fills: this.#fills.state(),
      mirror: this.#mirror.state(),
      cadence: this.#cadence.state(),
    };
  }

  readonly #isConfirmed = (key: string): boolean => this.#suspicions.get(key)?.isConfirmed === true;

  /** What a cut proves by being there: executions, and orders that the venue took. */
  #takeFacts(cut: VenueSnapshot, now: number): void {
    if (cut.executions.length > 0) {
      for (const execution of cut.executions.toSorted(inTime)) this.#takeExecution(execution, now);
    }
    if (cut.orders.length === 0) return;
    for (const order of cut.orders) {
      if (order.requestId < 0) continue;
      const local = this.#books.find(order.requestId);
      if (local === undefined || isTerminal(local.status)) continue;
      const { status, isAccepted, symbol } = local;
      // Of a cancel or amend that was lost, a cut that may be older than it proves nothing.
      const isFresh = !isAccepted || this.#books.lastActivityAt(symbol) < cut.beganAt;
      const isNew = status === STATUS.sent || (status === STATUS.unknown && isFresh);
      if (isNew && symbol === order.index) this.#desk.adoptOrderTerms(order);
    }
  }

  #takeExecution(execution: VenueExecution, now: number): void {
    if (execution.index < 0 || !this.#executions.take(execution)) return;
    if (execution.requestId >= 0) {
      this.#desk.bookMissedFill(execution);
      this.#moved(execution, now);
      return;
    }
    if (this.#externals.take(execution, now).length > 0) this.#followSoon(now);
  }

  #moved(fill: FillOfPlace, now: number): void {
    this.#fills.add(fill, now);
    if (!this.#externals.isEmpty) this.#externals.retake(fill.index, now);
    this.#followSoon(now);
  }

  #followSoon(now: number): void {
    this.#cadence.onMoved(now, this.#config.graceMs);
  }

  /** Observes every finding, then acts on those that are convicted; returns whether another cut is needed soon. */
  #work(findings: readonly Finding[], cut: VenueSnapshot, now: number): boolean {
    let isPending = false;
    const convicted: Finding[] = [];
    for (const finding of findings) {
      const suspicion = this.#suspicions.observe(finding, cut.beganAt, this.#activityOf(finding));
      if (suspicion.isConfirmed) {
        convicted.push(finding);
        continue;
      }
      if (finding.subject === "order" && finding.class === "missingOrder") {
        this.#desk.doubtOrder(finding.requestId);
      }
      const policy = this.#config.policies[finding.class];
      const isWaiting = finding.class === "inFlight" || finding.class === "match";
      if (isWaiting || policy !== "ignore") isPending = true;
    }
    for (const finding of convicted.sort((a, b) => PHASE[a.class] - PHASE[b.class])) {
      // What was just booked moved the wallet: the difference that was observed is no longer the one there is.
      const isMoved = finding.key === WALLET_KEY && this.#books.lastMoneyAt >= cut.beganAt;
      if (isMoved || this.#convict(finding, cut, now)) isPending = true;
    }
    return isPending;
  }

  /** Returns whether something was sent whose effect is still to be seen. */
  #convict(finding: Finding, cut: VenueSnapshot, now: number): boolean {
    const suspicion = must(this.#suspicions.get(finding.key), "What is convicted was observed");
    if (finding.class === "match") {
      if (finding.subject === "order" && finding.order !== null) {
        this.#desk.adoptOrderTerms(finding.order);
      }
      this.#suspicions.delete(finding.key);
      return false;
    }
    const policy = this.#config.policies[finding.class];
    const isNews = suspicion.raised !== finding.class;
    if (isNews) this.#raise(finding, suspicion, now);
    if (!this.#actions.isActive(finding, policy)) return false;
    if (!isNews && !this.#isDue(suspicion, now)) return true;
    const isSolved = this.#actions.act(finding, policy, cut, now);
    if (isSolved) this.#clear(suspicion, now);
    else this.#suspicions.acted(suspicion, now);
    return !isSolved;
  }

  #isDue(suspicion: Suspicion, now: number): boolean {
    if (suspicion.actedAt === null) return true;
    const { againMs, againMsMax } = this.#config;
    const wait = Math.min(againMsMax, againMs * 2 ** Math.min(suspicion.attempts - 1, 20));
    return now >= suspicion.actedAt + wait;
  }

  #raise(finding: Finding, suspicion: Suspicion, now: number): void {
    if (suspicion.raised !== null) this.#tellCleared(suspicion, now);
    const policy = this.#config.policies[finding.class];
    if (policy === "ignore") return;
    suspicion.raised = finding.class;
    suspicion.raisedContent = finding.content;
    this.#note("raised", suspicion, finding.class, now);
    const isOfEngine = finding.index >= 0 || finding.subject === "account";
    if (policy === "halt" && isOfEngine) {
      this.#desk.halt(finding.index, `${finding.class}: ${finding.content}`);
    }
    const bars = policy === "quarantine" || (policy === "close" && finding.subject === "position");
    if (!bars) return;
    this.#quarantines.begin(finding.index, finding.key, `${finding.class}: ${finding.content}`);
  }

  #clear(suspicion: Suspicion, now: number): void {
    if (suspicion.raised !== null) this.#tellCleared(suspicion, now);
    this.#suspicions.delete(suspicion.key);
  }

  #tellCleared(suspicion: Suspicion, now: number): void {
    const { raised } = suspicion;
    if (raised === null) return;
    suspicion.raised = null;
    this.#note("cleared", suspicion, raised, now);
    this.#quarantines.end(suspicion.index, suspicion.key);
  }

  /** Ends what was suspected of keys on which both sides agree. */
  #clearOthers(findings: readonly Finding[], now: number): void {
    const found = new Set(findings.map(({ key }) => key));
    for (const suspicion of this.#suspicions.all()) {
      if (!found.has(suspicion.key)) this.#clear(suspicion, now);
    }
  }

  #forgetAgreed(cut: VenueSnapshot): void {
    const there = new Map(cut.positions.map(({ index, qtyLots }) => [index, qtyLots]));
    for (const [index, until] of this.#externals.heldUntil()) {
      const isAgreed = this.#books.qtyLots(index) === (there.get(index) ?? 0);
      if (isAgreed && until <= cut.asOf) this.#externals.forget(index);
    }
  }

  #activityOf(finding: Finding): number {
    if (finding.key === WALLET_KEY) return this.#books.lastMoneyAt;
    const { index } = finding;
    if (index < 0) return Number.NEGATIVE_INFINITY;
    const activityAt = this.#books.lastActivityAt(index);
    return finding.subject === "position"
      ? Math.max(activityAt, this.#externals.heldAt(index))
      : activityAt;
  }

  #note(
    kind: "raised" | "cleared",
    suspicion: Suspicion,
    raised: Exclude<Suspicion["raised"], null>,
    at: number,
  ): void {
    const { key, index, symbol, raisedContent } = suspicion;
    this.#desk.note({
      actor: "reconcile",
      kind,
      at,
      key,
      class: raised,
      index,
      symbol,
      policy: this.#config.policies[raised],
      content: raisedContent,
    });
  }
}
