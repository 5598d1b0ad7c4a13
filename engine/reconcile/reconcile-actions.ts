import { assertNever } from "#engine/assert.ts";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import { ADOPTED_ON_HALT, type Policy } from "./classes.ts";
import type { DiffTerms } from "./diff-terms.ts";
import type { ExternalExecutions } from "./external-executions.ts";
import type { AccountFinding, Finding, OrderFinding, PositionFinding } from "./findings.ts";
import { entryDiffers, walletDiffers } from "./is-same.ts";
import type { LocalBooks } from "./local-books.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";

export interface ActionParts {
  readonly books: LocalBooks;
  readonly desk: ReconcileDesk;
  readonly externals: ExternalExecutions;
  readonly terms: DiffTerms;
  readonly markEstimated: (index: number) => void;
}

/** Carries a policy out on a finding that is convicted. What it sends is reduce-only or a cancel. */
export class ReconcileActions {
  readonly #parts: ActionParts;

  constructor(parts: ActionParts) {
    this.#parts = parts;
  }

  /** Whether a policy does anything to a class beside barring new risk. */
  isActive(finding: Finding, policy: Policy): boolean {
    if (policy === "halt") return ADOPTED_ON_HALT.has(finding.class);
    if (policy === "adopt" && finding.subject === "position") return finding.index >= 0;
    return policy !== "ignore" && policy !== "quarantine";
  }

  /** Carries out what `isActive`; returns whether both sides agree on it now. */
  act(finding: Finding, wanted: Policy, cut: VenueSnapshot, now: number): boolean {
    const policy = wanted === "halt" ? "adopt" : wanted;
    switch (finding.subject) {
      case "position":
        return this.#onPosition(finding, policy, cut, now);
      case "order":
        return this.#onOrder(finding, policy);
      case "account":
        return this.#onAccount(finding, policy, cut);
      default:
        return assertNever(finding, "finding");
    }
  }

  #onPosition(finding: PositionFinding, policy: Policy, cut: VenueSnapshot, now: number): boolean {
    const { desk } = this.#parts;
    const { index, position } = finding;
    if (policy === "adopt") return this.#adopt(finding, cut, now);
    if (policy === "restore") desk.restoreProtection(index);
    if (policy === "close" && finding.class === "stuckUnknown") this.#cancelStuck(index);
    else if (policy === "close" && position !== null) desk.closeReduceOnly(position);
    return false;
  }

  /** The venue's size and entry become ours, by the executions that made them where they are known. */
  #adopt(finding: PositionFinding, cut: VenueSnapshot, now: number): boolean {
    const { books, desk, externals, markEstimated } = this.#parts;
    const { index, position } = finding;
    const there = position === null ? 0 : position.qtyLots;
    const before = books.qtyLots(index);
    if (before === there) externals.settle(index, cut.asOf);
    else externals.explain(index, there, cut.asOf, now);
    const reason = `${finding.class}: ${finding.content}`;
    if (books.qtyLots(index) !== there || before === there) {
      if (position === null) desk.bookEstimatedClose(index, reason);
      else {
        desk.setPosition(position, reason);
        markEstimated(index);
      }
    }
    const isSame = books.qtyLots(index) === there;
    return isSame && (position === null || !entryDiffers(books, index, position.entryPrice));
  }

  #cancelStuck(index: number): void {
    const { books, desk } = this.#parts;
    // The working list changes while its orders end.
    const requestIds = books.working(index).map(({ requestId }) => requestId);
    for (const requestId of requestIds) desk.cancelOrder(requestId);
  }

  #onOrder(finding: OrderFinding, policy: Policy): boolean {
    const { books, desk } = this.#parts;
    const { requestId, order } = finding;
    const local = requestId < 0 ? undefined : books.find(requestId);
    const hasEnded = local === undefined || isTerminal(local.status);
    if (policy === "adopt") {
      if (hasEnded) return true;
      desk.endOrder(requestId, `${finding.class}: ${finding.content}`);
      const after = books.find(requestId);
      return after === undefined || isTerminal(after.status);
    }
    if (policy === "close") {
      if (!hasEnded) desk.cancelOrder(requestId);
      else if (order !== null) desk.cancelVenueOrder(order);
    }
    return false;
  }

  #onAccount(finding: AccountFinding, policy: Policy, cut: VenueSnapshot): boolean {
    const { books, desk, terms } = this.#parts;
    if (policy === "restore") desk.applySettings(finding.index);
    if (policy !== "adopt") return false;
    desk.adoptBalance(finding.wallet);
    return !walletDiffers(books, cut, terms);
  }
}
