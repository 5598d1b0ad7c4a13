import type { VenuePosition, VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import type { Account, ActivePosition, MirrorPen } from "./active-positions.ts";
import { positionKey } from "./findings.ts";
import type { LocalBooks } from "./local-books.ts";
import { mirrorRow, rowChange } from "./mirror-row.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";

/** Plain JSON. */
export interface MirrorKeeperState {
  /** Indexes whose size or entry was taken over without executions that make it. */
  readonly estimated: readonly number[];
  /** Rows that only the mirror has, and the cut that was first without them. */
  readonly gone: readonly (readonly [key: string, beganAt: number])[];
}

/**
 * Brings the rows of one account to what a cut says. A row follows at once where the books say the same as the venue;
 * where they differ, once two cuts have agreed; while something is in flight it stays as it is.
 */
export class MirrorKeeper {
  readonly #account: Account;
  readonly #pen: MirrorPen;
  readonly #books: LocalBooks;
  readonly #desk: ReconcileDesk;
  readonly #estimated = new Set<number>();
  readonly #gone = new Map<string, number>();
  /** Keys of the indexes and back, made once. */
  readonly #keys: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(
    account: Account,
    pen: MirrorPen,
    books: LocalBooks,
    desk: ReconcileDesk,
    kept?: MirrorKeeperState,
  ) {
    this.#account = account;
    this.#pen = pen;
    this.#books = books;
    this.#desk = desk;
    this.#keys = Array.from({ length: books.size }, (_, index) =>
      positionKey(books.instrument(index).symbol, books.slot(index)),
    );
    this.#indexes = new Map(this.#keys.map((key, index) => [key, index]));
    for (const index of kept?.estimated ?? []) this.#estimated.add(index);
    for (const [key, beganAt] of kept?.gone ?? []) this.#gone.set(key, beganAt);
  }

  /** Neither a row nor anything to be said of one. */
  get isEmpty(): boolean {
    return this.#pen.rows().size === 0 && this.#estimated.size === 0;
  }

  /** The size or entry of an index was taken over without the executions that make it. */
  markEstimated(index: number): void {
    this.#estimated.add(index);
  }

  /** `isConfirmed` says of a key on which the sides differ whether two cuts agree. Returns whether a row waits. */
  apply(cut: VenueSnapshot, isConfirmed: (key: string) => boolean, now: number): boolean {
    const rows = this.#pen.rows();
    const seen = rows.size > 0 ? new Set<string>() : null;
    for (const position of cut.positions) {
      const key = this.#keyOf(position);
      seen?.add(key);
      const isAgreed =
        position.index >= 0 && this.#books.qtyLots(position.index) === position.qtyLots;
      if (isAgreed || isConfirmed(key)) this.#put(key, position, isAgreed, now);
    }
    for (const index of this.#estimated) {
      if (this.#books.qtyLots(index) === 0) this.#estimated.delete(index);
    }
    let waits = false;
    if (seen === null) return waits;
    for (const [key, row] of rows) {
      if (seen.has(key)) {
        if (this.#gone.size > 0) this.#gone.delete(key);
      } else if (this.#mayGo(key, row, cut.beganAt)) {
        this.#remove(key, row, now);
      } else {
        waits = true;
      }
    }
    return waits;
  }

  state(): MirrorKeeperState {
    return { estimated: [...this.#estimated], gone: [...this.#gone] };
  }

  #keyOf({ index, symbol, slot }: VenuePosition): string {
    return this.#keys[index] ?? positionKey(symbol, slot);
  }

  #put(key: string, position: VenuePosition, isAgreed: boolean, now: number): void {
    const { index } = position;
    const isUntracked = !isAgreed && (index < 0 || this.#books.qtyLots(index) === 0);
    const isEstimated = this.#estimated.has(index);
    const before = this.#pen.rows().get(key);
    const state = { isUntracked, isEstimated };
    const row = mirrorRow(this.#account, position, this.#books, state, before, now);
    const reason = rowChange(before, row);
    if (reason === null) return;
    this.#pen.put(row);
    this.#tell(row.symbol, row, before, reason, now);
  }

  /** A row that the venue does not have: whether it may be taken away. */
  #mayGo(key: string, row: ActivePosition, beganAt: number): boolean {
    const index = this.#indexes.get(key) ?? -1;
    if (index >= 0 && !row.isUntracked) {
      // The ledger has the executions, or reconcile has ended the position here.
      return this.#books.qtyLots(index) === 0;
    }
    const first = this.#gone.get(key);
    if (first === undefined) this.#gone.set(key, beganAt);
    return first !== undefined && first < beganAt;
  }

  #remove(key: string, row: ActivePosition, now: number): void {
    this.#gone.delete(key);
    this.#pen.remove(key);
    this.#tell(row.symbol, null, row, "closed", now);
  }

  #tell(
    symbol: string,
    row: ActivePosition | null,
    before: ActivePosition | undefined,
    reason: string,
    at: number,
  ): void {
    const slot = row?.slot ?? before?.slot ?? "net";
    this.#desk.noteRow({
      actor: "reconcile",
      account: this.#account,
      symbol,
      slot,
      row,
      reason,
      at,
    });
  }
}
