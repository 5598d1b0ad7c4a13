import type { VenueSnapshot, VenueSymbolSettings } from "#engine/model/venue-snapshot.ts";
import type { ReconcileClass } from "./classes.ts";
import type { DiffTerms } from "./diff-terms.ts";
import type { Finding } from "./findings.ts";
import { walletDiffers } from "./is-same.ts";
import { isUnresolved, type LocalBooks } from "./local-books.ts";
import { settingsDiffer } from "./settings-differ.ts";

export const WALLET_KEY = "wallet";
const MOVES_WALLET: ReadonlySet<ReconcileClass> = new Set<ReconcileClass>([
  "inFlight",
  "stuckUnknown",
  "ghostPosition",
  "sideFlip",
  "sizeDrift",
]);

/**
 * Appends what is found about the account to what was found before. It is compared part by part, the wallet and the settings of each symbol, so
 * that a wallet that differs does not hide a leverage that does.
 */
export function diffAccount(
  books: LocalBooks,
  cut: VenueSnapshot,
  terms: DiffTerms,
  findings: Finding[],
): void {
  if (walletDiffers(books, cut, terms)) addWallet(books, cut, terms, findings);
  for (const there of cut.settings) {
    if (there.index < 0) continue;
    const wanted = books.settings(there.index);
    if (wanted === null || !settingsDiffer(wanted, there)) continue;
    const { symbol } = books.instrument(there.index);
    const isLate = books.lastActivityAt(there.index) >= cut.beganAt;
    findings.push({
      subject: "account",
      class: isLate ? "inFlight" : "settingsDrift",
      key: `settings ${symbol} ${books.slot(there.index)}`,
      index: there.index,
      symbol,
      wallet: Number.NaN,
      settings: there,
      content: `${textOf(wanted)} here, ${textOf(there)} there`,
    });
  }
}

function addWallet(
  books: LocalBooks,
  cut: VenueSnapshot,
  terms: DiffTerms,
  findings: Finding[],
): void {
  // Fees and profit of what is on its way are not known: any difference may be theirs. So it is of a position of ours
  // that differs: what made it smaller or larger is not booked yet.
  const isLate =
    books.lastMoneyAt >= cut.beganAt ||
    hasUnresolved(books) ||
    findings.some(({ class: found }) => MOVES_WALLET.has(found));
  // Both sides move with funding and fees between two cuts: what stays is the difference.
  const steps = Math.round((cut.wallet - books.wallet) / terms.walletTolerance);
  findings.push({
    subject: "account",
    class: isLate ? "inFlight" : "balanceDrift",
    key: WALLET_KEY,
    index: -1,
    symbol: "",
    wallet: cut.wallet,
    settings: null,
    content: `${steps} × ${terms.walletTolerance} more there`,
  });
}

function hasUnresolved(books: LocalBooks): boolean {
  for (let index = 0; index < books.size; index++) {
    for (const order of books.working(index)) if (isUnresolved(order)) return true;
  }
  return false;
}

function textOf(settings: Omit<VenueSymbolSettings, "index">): string {
  const { leverage, marginMode, positionMode } = settings;
  return `${leverage} ${marginMode} ${positionMode}`;
}
