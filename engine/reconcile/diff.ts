import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { diffAccount } from "./diff-account.ts";
import { diffOrders } from "./diff-orders.ts";
import { diffPositions } from "./diff-positions.ts";
import { DIFF_TERMS, type DiffTerms } from "./diff-terms.ts";
import type { Finding } from "./findings.ts";
import type { InFlight } from "./in-flight.ts";
import { isSame } from "./is-same.ts";
import type { LocalBooks } from "./local-books.ts";

const NOTHING: readonly Finding[] = [];

/**
 * Compares the books with a cut of the account: a pure and total function. Every (symbol, slot) and every order of
 * either side, the wallet and the settings of each symbol fall in exactly one class, the first of `PRECEDENCE` that
 * holds; a pair without a finding is a `match`. Findings are in the order of position, order, account, then index, then
 * key, whatever the order of the rows. The cut has passed `checkCut`.
 */
export function diff(
  books: LocalBooks,
  cut: VenueSnapshot,
  inFlight: InFlight,
  terms: DiffTerms = DIFF_TERMS,
): readonly Finding[] {
  if (isSame(books, cut, terms)) return NOTHING;
  const findings: Finding[] = [];
  diffPositions(books, cut, inFlight, findings);
  diffOrders(books, cut, inFlight, findings);
  diffAccount(books, cut, terms, findings);
  return findings.sort(inOrder);
}

const RANK = { position: 0, order: 1, account: 2 } as const;

function inOrder(a: Finding, b: Finding): number {
  return (
    RANK[a.subject] - RANK[b.subject] ||
    a.index - b.index ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  );
}
