import type {
  VenueExecution,
  VenueOrder,
  VenuePosition,
  VenueSnapshot,
  VenueSymbolSettings,
} from "#engine/model/venue-snapshot.ts";
import type { Answer, Page, PageAsk } from "#live/ports/venue-port.ts";

/** Pages of one list; an account with more rows than this holds is not one that drydock trades. */
const PAGES_MAX = 200;
/** Cuts that were overtaken by news, before the attempt is given up until the next cadence. */
const TRIES_MAX = 3;

export interface CutTerms {
  /** Executions at or after this time are part of the cut, epoch ms of the venue. */
  readonly since: number;
  /** The engine's time. */
  readonly now: () => number;
  readonly ask: (ask: PageAsk, done: (answer: Answer) => void) => void;
  readonly done: (outcome: CutOutcome) => void;
}

export type CutOutcome =
  | { readonly kind: "made"; readonly snapshot: VenueSnapshot }
  | { readonly kind: "failed"; readonly why: string };

/** The lists of a cut in the order of asking: news between the first and the last one would tear it. */
const LISTS = ["executions", "orders", "positions", "wallet", "settings", "executions"] as const;

interface Lists {
  executions: VenueExecution[];
  orders: VenueOrder[];
  positions: VenuePosition[];
  wallet: number;
  settings: VenueSymbolSettings[];
}

/**
 * Makes one consistent cut of an account: every list with all its pages, executions first and last. When new executions
 * appear in between, the cut is thrown away and made anew; a page that fails, or a cursor that comes back, fails all.
 */
export function cutAccount(terms: CutTerms): void {
  begin(terms, 1);
}

function begin(terms: CutTerms, attempt: number): void {
  const beganAt = terms.now();
  const first: Lists = emptyLists();
  let last: Lists | null = null;
  let asOf = 0;
  const take = (step: number): void => {
    const of = LISTS[step];
    if (of === undefined) {
      conclude();
      return;
    }
    const isAgain = step === LISTS.length - 1;
    if (isAgain) last = emptyLists();
    const into = last ?? first;
    takeList(terms, of, into, (why, time) => {
      if (why !== null) terms.done({ kind: "failed", why });
      else {
        asOf = Math.max(asOf, time);
        take(step + 1);
      }
    });
  };
  const conclude = (): void => {
    if (!isSame(first.executions, last?.executions ?? [])) {
      if (attempt < TRIES_MAX) begin(terms, attempt + 1);
      else terms.done({ kind: "failed", why: "executions went on while the cut was made" });
      return;
    }
    const { since } = terms;
    terms.done({
      kind: "made",
      snapshot: { ...first, beganAt, asOf, executionsFrom: since },
    });
  };
  take(0);
}

/** Asks for every page of one list; tells why it failed, or null and the venue's time. */
function takeList(
  terms: CutTerms,
  of: PageAsk["of"],
  into: Lists,
  done: (why: string | null, asOf: number) => void,
): void {
  const cursors = new Set<string>();
  const takePage = (cursor: string): void => {
    if (cursors.has(cursor)) return done(`the ${of} have the page "${cursor}" twice`, 0);
    if (cursors.size >= PAGES_MAX) return done(`the ${of} have more than ${PAGES_MAX} pages`, 0);
    cursors.add(cursor);
    terms.ask({ kind: "page", of, cursor, since: terms.since }, (answer) => {
      if (answer.kind !== "page") return done(`the ${of} could not be read`, 0);
      addPage(into, answer.page);
      if (answer.next === "") done(null, answer.asOf);
      else takePage(answer.next);
    });
  };
  takePage("");
}

function addPage(into: Lists, page: Page): void {
  switch (page.of) {
    case "executions":
      into.executions.push(...page.rows);
      return;
    case "orders":
      into.orders.push(...page.rows);
      return;
    case "positions":
      into.positions.push(...page.rows);
      return;
    case "settings":
      into.settings.push(...page.rows);
      return;
    case "wallet":
      into.wallet = page.wallet;
      return;
  }
}

function isSame(one: readonly VenueExecution[], other: readonly VenueExecution[]): boolean {
  const known = new Set(one.map(({ executionId }) => executionId));
  return other.every(({ executionId }) => known.has(executionId));
}

function emptyLists(): Lists {
  return { executions: [], orders: [], positions: [], wallet: Number.NaN, settings: [] };
}
