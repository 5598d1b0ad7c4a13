import type { Diagnostic } from "#engine/result/run-result.ts";

/** One thing that a run can be told of. The code is a public contract: it is never renamed or used for anything else. */
export interface CatalogueEntry {
  /** The usual severity; a finding may carry a lower one. */
  readonly severity: Diagnostic["severity"];
  /** What it means, one sentence. */
  readonly says: string;
  /** What to do next, one sentence. */
  readonly next: string;
}

/**
 * Every diagnostic of a run, by code, in the order in which findings of one severity are shown: first what happened
 * to the account, then what makes fills doubtful, then what limits the evidence, then what was known of the data.
 */
export const CATALOGUE = {
  ruined: {
    severity: "error",
    says: "Equity fell to zero or below: ratios and annual figures are not defined",
    next: "Trade a smaller size or a lower leverage",
  },
  "account-bankrupt": {
    severity: "error",
    says: "The whole equity of the cross account was lost: the venue took over every position",
    next: "Use isolated margin or a smaller size; nothing after this moment says anything about the strategy",
  },
  liquidation: {
    severity: "error",
    says: "The venue took a position over because its margin was used up",
    next: "Lower the leverage or put a stop in front of the liquidation price; drydock runs show <run> --trade N tells how it came",
  },
  "books-differ": {
    severity: "error",
    says: "The books and the simulated exchange said different things of the account",
    next: "Please report it with the strategy and the data: drydock itself is wrong here",
  },
  "partial-run": {
    severity: "error",
    says: "The run ended before its data did: the numbers cover only what was simulated",
    next: "Run it again and let it end",
  },
  "costs-none": {
    severity: "warning",
    says: "The run had no costs: no fees, slippage, funding or limit on size",
    next: "Run it without --costs none before believing the result",
  },
  "optimistic-fill-at-close": {
    severity: "warning",
    says: "Decisions traded at the very close that they were made on",
    next: "Leave out --fill-at close: nobody can trade a close after having seen it",
  },
  "optimistic-limit-touch": {
    severity: "warning",
    says: "A limit filled when the price only touched it, as if it stood first in the queue",
    next: "Leave out --limit-fill touch",
  },
  "optimistic-limit-improve": {
    severity: "warning",
    says: "A limit that the open gapped through filled at the better open",
    next: "Leave out --limit-improve",
  },
  "optimistic-intrabar": {
    severity: "warning",
    says: "Inside a bar the favourable extreme came first",
    next: "Leave out --intrabar best, or import finer candles",
  },
  "optimistic-no-fees": {
    severity: "warning",
    says: "Orders that take liquidity paid no fee",
    next: "Set the taker fee of your account",
  },
  "optimistic-no-slippage": {
    severity: "warning",
    says: "Market orders and stops filled without any slippage",
    next: "Set a half-spread of the market that you trade, or --slippage-bps",
  },
  "optimistic-no-size-limit": {
    severity: "warning",
    says: "An order could take more than the whole volume of a bar",
    next: "Set a participation limit",
  },
  "no-funding": {
    severity: "warning",
    says: "Perpetuals were held without funding rates: nothing was paid or received",
    next: "Import the funding rates, or give --funding FILE beside --file",
  },
  "zero-volume-fill": {
    severity: "warning",
    says: "An order filled in a bar in which nobody traded",
    next: "Set a participation limit: an order then waits for the next bar with volume",
  },
  "stop-gap": {
    severity: "warning",
    says: "A stop filled at an open far beyond its trigger",
    next: "Size for such a gap, not for the distance of the stop",
  },
  "stale-market": {
    severity: "warning",
    says: "An order filled right after bars that did not trade or are missing: what it was decided on was old",
    next: "Look at the data there (drydock data check), or trade a market with more volume",
  },
  participation: {
    severity: "warning",
    says: "A fill took more than 1 % of its bar's volume: the price may not hold at that size",
    next: "Trade a smaller size, a longer bar or a larger market",
  },
  "ambiguous-bars": {
    severity: "warning",
    says: "Two orders of one position could act in one bar and the result depends on which came first",
    next: "Import finer candles, which decide it; until then read the band, not the net",
  },
  "capital-contention": {
    severity: "warning",
    says: "An entry was refused for lack of margin while another symbol held it: the result depends on who came first",
    next: "Give each symbol a share of the equity, or trade fewer symbols on one account",
  },
  "refused-by-risk": {
    severity: "warning",
    says: "Orders were refused by the account's own limits, for the reason that the message names",
    next: "Check that the limit is meant so: without it the strategy would have traded differently",
  },
  "orders-rejected": {
    severity: "warning",
    says: "Orders were rejected, for the reason that the message names",
    next: "Look at size, margin and prices of the orders at the place that is named",
  },
  "fees-above-profit": {
    severity: "warning",
    says: "Fees took more than the fills had earned before them",
    next: "Trade less often, on longer bars, or with orders that pay the maker fee",
  },
  "no-trades": {
    severity: "warning",
    says: "The strategy made no trade",
    next: "Check its parameters, its warm-up and the size of its orders",
  },
  "short-warmup": {
    severity: "warning",
    says: "Indicators did not have their values when decisions were to begin, so the first one came later",
    next: "Import earlier candles, or begin the run later with --from",
  },
  "one-trade": {
    severity: "warning",
    says: "One trade made more than half of the net profit",
    next: "Look at the result without it (netWithoutTop5), and at more data",
  },
  "few-trades": {
    severity: "warning",
    says: "Fewer than 100 closed trades say little",
    next: "Run a longer period or more symbols",
  },
  "few-days": {
    severity: "warning",
    says: "Ratios need 30 full days",
    next: "Run a longer period",
  },
  "chosen-from-trials": {
    severity: "warning",
    says: "The run was chosen from several trials, so its Sharpe ratio is the best of many",
    next: "Read the DSR, not the PSR",
  },
  "synthetic-data": {
    severity: "warning",
    says: "The candles were made by a generator: no result here says anything about a market",
    next: "Import real candles with drydock data import",
  },
  "data-gaps": {
    severity: "warning",
    says: "Candles are missing; nothing was invented for them",
    next: "Import the missing candles; drydock data check names them",
  },
  "halted-at-gap": {
    severity: "warning",
    says: "The run ended at the first missing candle, as --gaps halt says",
    next: "Import the missing candles, or use --gaps skip",
  },
  "funding-filled": {
    severity: "warning",
    says: "Missing funding rates were taken as --funding-missing says",
    next: "Import the missing rates",
  },
  "partial-mark-price": {
    severity: "warning",
    says: "Mark candles do not cover the run: the last price liquidates where they are missing",
    next: "Import mark candles of the whole period",
  },
  "no-mark-price": {
    severity: "warning",
    says: "There were no mark candles in the run: the last price liquidated",
    next: "Import mark candles",
  },
  "volume-unknown": {
    severity: "warning",
    says: "Bars have no volume: neither the participation limit nor the impact acts on them",
    next: "Import candles with volume",
  },
  "price-off-tick": {
    severity: "warning",
    says: "Prices that do not lie on the contract's tick were rounded to the nearest one",
    next: "Check that candles and contract terms belong together",
  },
  "instrument-inferred": {
    severity: "info",
    says: "No contract terms are stored: tick and lot were inferred, and there are no minimums",
    next: "Import the contract's terms where its minimums matter",
  },
  "incomplete-bars": {
    severity: "info",
    says: "Longer bars that lack some of their candles were left out",
    next: "Import the missing candles, or candles of that interval",
  },
  "finer-candles-passed-over": {
    severity: "info",
    says: "Finer candles are stored, but do not cover the run whole, so it was not matched on them",
    next: "Import the missing ones, or choose a period that they cover",
  },
  "late-first-decision": {
    severity: "info",
    says: "The finer candles begin with the run: what the bar before it decides acts one of them later",
    next: "Import a day of finer candles more, or begin one bar later",
  },
  "open-at-end": {
    severity: "info",
    says: "Trades still open at the end are marked and in the equity, but not in the trade metrics",
    next: "Nothing, unless they make most of the result",
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type DiagnosticCode = keyof typeof CATALOGUE;

/** Codes in the order of the catalogue. */
export const DIAGNOSTIC_CODES = Object.keys(CATALOGUE) as readonly DiagnosticCode[];

/** The entry of a code; undefined for one that is not in the catalogue. */
export function catalogueEntry(code: string): CatalogueEntry | undefined {
  return (CATALOGUE as Readonly<Record<string, CatalogueEntry>>)[code];
}
