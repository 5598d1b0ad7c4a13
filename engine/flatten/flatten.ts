import type { CloseAttempt, FlattenDesk, FlattenPosition } from "#engine/flatten/flatten-desk.ts";
import type { VenuePosition, VenueSnapshot } from "#engine/model/venue-snapshot.ts";

export interface FlattenOptions {
  /** Tries to close one position, without any of it closed, before it is given up. */
  readonly closeAttempts: number;
  /** Wait after the first try that failed, ms; doubles from try to try. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Time after which another cut of the account is wanted, ms. */
  readonly cutEveryMs: number;
  /** Cuts before it gives up. */
  readonly cutsMax: number;
  /** Whether orders that no request of ours made are cancelled too, and must be gone. */
  readonly foreignOrders: boolean;
}

export const FLATTEN_DEFAULTS: FlattenOptions = {
  closeAttempts: 8,
  backoffMs: 500,
  backoffMaxMs: 30_000,
  cutEveryMs: 1_000,
  cutsMax: 300,
  foreignOrders: false,
};

/** How often two cuts must have shown nothing. */
const CLEAN_CUTS = 2;

export type FlattenPhase = "idle" | "closing" | "verifying" | "done" | "failed";

/** How far the kill switch is, for people and for the journal. */
export interface FlattenStatus {
  readonly phase: FlattenPhase;
  readonly reason: string;
  readonly startedAt: number;
  /** When it was done or gave up; null before. */
  readonly endedAt: number | null;
  /** Cuts since the start, and how many clean ones there are in a row. */
  readonly cuts: number;
  readonly cleanCuts: number;
  /** What is not flat, as the last cut had it. */
  readonly left: readonly string[];
  /** What went wrong last, per position. */
  readonly problems: readonly string[];
}

/** One position that is being closed. */
interface Campaign {
  readonly symbol: string;
  readonly slot: VenuePosition["slot"];
  /** Requests of the try that is under way; empty between tries. */
  requestIds: readonly number[];
  attempts: number;
  /** Size at the last try, base units: a try that made it smaller begins the count anew. */
  qty: number;
  /** Earliest time of the next try, epoch ms. */
  nextAt: number;
  problem: string;
}

/** Everything that must survive a crash, as JSON. */
export interface FlattenState {
  readonly phase: FlattenPhase;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly lastActivityAt: number;
  readonly cuts: number;
  readonly cleanCuts: number;
  readonly lastCutAt: number | null;
  readonly nextCutAt: number;
  readonly left: readonly string[];
  readonly campaigns: readonly Readonly<Campaign>[];
}

/**
 * The kill switch of one account, as a state machine: halt, cancel everything, close everything reduce-only, and prove
 * that it is flat. Time comes in with its calls; `takesCut` asks the driver for a cut of the account.
 *
 * Conditions:
 * 1. The halt is latched before anything else and stays: done or failed, a person resumes.
 * 2. Every pass cancels what works and closes what is held. Closing does not wait for cancels: an order that fills
 *    meanwhile is seen in the next cut and closed too.
 * 3. One try per position at a time. The next is made when every order of the last one is proven ended, after its
 *    backoff, and for what the newest cut shows; what our books show counts until the first cut.
 * 4. A cut counts only when it began after the last thing that was sent or heard. Flat is two of them in a row, the
 *    second begun later than the first, without a position, without an order there and without one that works here.
 * 5. It ends: when every position that is left has had `closeAttempts` tries in vain, or after `cutsMax` cuts, it has
 *    failed, and says what is left and why. An order whose outcome stays unknown is waited for as long as that.
 */
export class Flatten {
  readonly #desk: FlattenDesk;
  readonly #options: FlattenOptions;
  readonly #campaigns = new Map<string, Campaign>();
  /** Begun and neither done nor failed. A field, because every event asks it. */
  isActive = false;
  #phase: FlattenPhase = "idle";
  #reason = "";
  #startedAt = 0;
  #endedAt: number | null = null;
  #lastActivityAt = Number.NEGATIVE_INFINITY;
  #cuts = 0;
  #cleanCuts = 0;
  #lastCutAt = Number.NEGATIVE_INFINITY;
  #nextCutAt = Number.POSITIVE_INFINITY;
  #left: readonly string[] = [];

  constructor(desk: FlattenDesk, options: Partial<FlattenOptions> = {}) {
    this.#desk = desk;
    this.#options = { ...FLATTEN_DEFAULTS, ...options };
  }

  /** When it wants to be asked for a cut next, epoch ms; Infinity while there is nothing to do. */
  get nextTimerAt(): number {
    return this.isActive ? this.#nextCutAt : Number.POSITIVE_INFINITY;
  }

  /** Whether the driver begins a cut of the account now; one that does not come is wanted again after a while. */
  takesCut(now: number): boolean {
    if (!this.isActive || now < this.#nextCutAt) return false;
    this.#nextCutAt = now + this.#options.cutEveryMs;
    return true;
  }

  get status(): FlattenStatus {
    return {
      phase: this.#phase,
      reason: this.#reason,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      cuts: this.#cuts,
      cleanCuts: this.#cleanCuts,
      left: this.#left,
      problems: [...this.#campaigns.values()]
        .filter(({ problem }) => problem !== "")
        .map(({ symbol, slot, problem }) => `${nameOf(symbol, slot)}: ${problem}`),
    };
  }

  /** Begins, or begins anew after it was done or failed; while it is under way nothing changes. */
  start(reason: string, now: number): void {
    this.#desk.halt(`flatten: ${reason}`);
    if (this.isActive) return;
    this.#enter("closing");
    this.#reason = reason;
    this.#startedAt = now;
    this.#endedAt = null;
    this.#cuts = 0;
    this.#cleanCuts = 0;
    this.#lastCutAt = Number.NEGATIVE_INFINITY;
    this.#left = [];
    // Tries that are still on their way are waited for, whoever counts them.
    for (const campaign of this.#campaigns.values()) campaign.attempts = 0;
    this.#act(now);
    this.#cancelOwn(now);
    for (const position of this.#desk.heldPositions()) this.#close(position, now);
  }

  /** A cut of the account has come. */
  onSnapshot(snapshot: VenueSnapshot, now: number): void {
    if (!this.isActive) return;
    this.#settle(now);
    this.#cuts += 1;
    const isLast = this.#cuts >= this.#options.cutsMax;
    // Older than what was sent or heard since: it proves nothing, and what it shows may be closed already.
    if (!(snapshot.beganAt > this.#lastActivityAt) || !(snapshot.beganAt > this.#lastCutAt)) {
      if (isLast) this.#end("failed", now);
      return;
    }
    this.#lastCutAt = snapshot.beganAt;
    this.#nextCutAt = now + this.#options.cutEveryMs;
    this.#left = this.#leftIn(snapshot);
    if (this.#left.length === 0) {
      this.#cleanCuts += 1;
      this.#enter("verifying");
      this.#campaigns.clear();
      if (this.#cleanCuts >= CLEAN_CUTS) this.#end("done", now);
      else if (isLast) this.#end("failed", now);
      return;
    }
    this.#cleanCuts = 0;
    this.#enter("closing");
    if (isLast) this.#end("failed", now);
    else this.#pass(snapshot, now);
  }

  /** Time has passed: orders that have appeared meanwhile are cancelled. Who resumed meanwhile did so too early. */
  onTime(now: number): void {
    if (!this.isActive) return;
    this.#desk.halt(`flatten: ${this.#reason}`);
    this.#settle(now);
    this.#cancelOwn(now);
  }

  /** An order of ours has ended, one of the kill switch's or any other; also an execution counts. */
  onOrderEnded(now: number): void {
    if (!this.isActive) return;
    this.#act(now);
    this.#settle(now);
  }

  state(): FlattenState {
    return {
      phase: this.#phase,
      reason: this.#reason,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      lastActivityAt: finite(this.#lastActivityAt),
      cuts: this.#cuts,
      cleanCuts: this.#cleanCuts,
      lastCutAt: this.#lastCutAt === Number.NEGATIVE_INFINITY ? null : this.#lastCutAt,
      nextCutAt: finite(this.#nextCutAt),
      left: this.#left,
      campaigns: [...this.#campaigns.values()].map((campaign) => ({ ...campaign })),
    };
  }

  /** Goes on where a journal left it; the halt is a latch and restored with those. */
  restore(state: FlattenState): void {
    this.#enter(state.phase);
    this.#reason = state.reason;
    this.#startedAt = state.startedAt;
    this.#endedAt = state.endedAt;
    this.#lastActivityAt = state.lastActivityAt;
    this.#cuts = state.cuts;
    this.#cleanCuts = state.cleanCuts;
    this.#lastCutAt = state.lastCutAt ?? Number.NEGATIVE_INFINITY;
    this.#nextCutAt = state.nextCutAt;
    this.#left = state.left;
    this.#campaigns.clear();
    for (const one of state.campaigns)
      this.#campaigns.set(nameOf(one.symbol, one.slot), { ...one });
  }

  /** Cancels what is there and closes what is held, as a cut shows it. */
  #pass(snapshot: VenueSnapshot, now: number): void {
    const { foreignOrders, closeAttempts } = this.#options;
    this.#cancelOwn(now);
    for (const order of snapshot.orders) {
      if (order.requestId >= 0 || !foreignOrders) continue;
      this.#desk.cancelForeign(order);
      this.#act(now);
    }
    for (const position of snapshot.positions) {
      const campaign = this.#campaignOf(position);
      if (campaign.requestIds.length > 0 || campaign.nextAt > now) continue;
      if (Math.abs(position.qty) < campaign.qty) campaign.attempts = 0;
      if (campaign.attempts < closeAttempts) this.#close(position, now);
    }
    const isGivenUp = (position: FlattenPosition): boolean => {
      const { attempts, requestIds, nextAt } = this.#campaignOf(position);
      return attempts >= closeAttempts && requestIds.length === 0 && nextAt <= now;
    };
    const { positions } = snapshot;
    if (positions.length > 0 && positions.every(isGivenUp)) this.#end("failed", now);
  }

  #cancelOwn(now: number): void {
    if (this.#desk.cancelOwn(this.#closing()) > 0) this.#act(now);
  }

  /** One try: reduce-only orders for the whole of a position. */
  #close(position: FlattenPosition, now: number): void {
    const campaign = this.#campaignOf(position);
    if (campaign.requestIds.length > 0) return;
    const { requestIds, why }: CloseAttempt = this.#desk.close(position);
    campaign.attempts += 1;
    campaign.qty = Math.abs(position.qty);
    campaign.requestIds = requestIds;
    if (requestIds.length === 0) this.#backOff(campaign, why, now);
    else this.#act(now);
  }

  /** Tries that have ended: what they left is tried again after a while, if the next cut still shows it. */
  #settle(now: number): void {
    for (const campaign of this.#campaigns.values()) {
      const { requestIds } = campaign;
      if (requestIds.length === 0) continue;
      const ends = requestIds.map((requestId) => this.#desk.endOf(requestId));
      if (!ends.every(({ isEnded }) => isEnded)) continue;
      campaign.requestIds = [];
      this.#act(now);
      this.#backOff(campaign, ends.map(({ why }) => why).filter((why) => why !== "")[0] ?? "", now);
    }
  }

  #backOff(campaign: Campaign, problem: string, now: number): void {
    const { backoffMs, backoffMaxMs } = this.#options;
    campaign.problem = problem;
    // A try that filled needs no wait: what is left of the position came about meanwhile.
    const wait = problem === "" ? 0 : backoffMs * 2 ** (campaign.attempts - 1);
    campaign.nextAt = now + Math.min(wait, backoffMaxMs);
  }

  /** Something was sent or heard: a cut that began before proves nothing, and clean ones begin anew. */
  #act(now: number): void {
    this.#lastActivityAt = now;
    this.#cleanCuts = 0;
    this.#nextCutAt = now + 1;
  }

  #leftIn(snapshot: VenueSnapshot): readonly string[] {
    const { foreignOrders } = this.#options;
    const left = snapshot.positions.map(
      ({ symbol, slot, qty }) => `position ${nameOf(symbol, slot)} ${qty}`,
    );
    for (const order of snapshot.orders) {
      if (order.requestId < 0 && !foreignOrders) continue;
      left.push(
        `order ${order.symbol} ${order.clientId === "" ? order.venueOrderId : order.clientId}`,
      );
    }
    const working = this.#desk.ownWorking(NONE);
    if (working > 0) left.push(`${working} orders of ours are not proven ended`);
    return left;
  }

  #campaignOf({ symbol, slot }: FlattenPosition): Campaign {
    const name = nameOf(symbol, slot);
    let campaign = this.#campaigns.get(name);
    if (campaign === undefined) {
      campaign = { symbol, slot, requestIds: [], attempts: 0, qty: 0, nextAt: 0, problem: "" };
      this.#campaigns.set(name, campaign);
    }
    return campaign;
  }

  #closing(): ReadonlySet<number> {
    return new Set([...this.#campaigns.values()].flatMap(({ requestIds }) => requestIds));
  }

  #enter(phase: FlattenPhase): void {
    this.#phase = phase;
    this.isActive = phase === "closing" || phase === "verifying";
  }

  #end(phase: "done" | "failed", now: number): void {
    this.#enter(phase);
    this.#endedAt = now;
    this.#nextCutAt = Number.POSITIVE_INFINITY;
  }
}

const NONE: ReadonlySet<number> = new Set();

function nameOf(symbol: string, slot: VenuePosition["slot"]): string {
  return slot === "net" ? symbol : `${symbol} ${slot}`;
}

/** JSON knows no infinity. */
function finite(time: number): number {
  return Math.min(Math.max(time, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
