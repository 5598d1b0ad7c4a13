import { RECORD } from "#engine/records/record-log.ts";
import { ExactLedger } from "#engine/testing/exact-ledger.ts";
import { toNumber } from "#engine/testing/fraction.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { CheckerTerms, Tell } from "./checker.ts";
import type { SeenRecord } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** Relative to what was turned over. */
const TOLERANCE = 1e-9;

/**
 * I34: the wallet of every booking is the exact fold of the executions, fees, funding and transfers of the journal. Where
 * an entry price was taken over from the venue without executions, the exact fold goes on from that price.
 */
export const conservation: CheckerTerms = {
  invariant: "I34",
  make: (run, tell) => {
    const ledgers = new Map<TargetView, ExactLedger>();
    for (const target of run.targets) {
      const instruments = target.slots.map((_, index) => target.instrument(index));
      ledgers.set(target, new ExactLedger(instruments, target.world.plan.balance));
    }
    return {
      onRecord: (record) => {
        const ledger = ledgers.get(record.target) as ExactLedger;
        if (record.kind === "started") {
          const { account } = (record.data as StartRecord).state;
          compare(record, ledger, "wallet at the start", account.ledger.wallet, tell);
          return;
        }
        for (const { kind, values } of record.rows) {
          const [, , symbol = 0, , , signed = 0, second = 0, third = 0, fourth = 0] = values;
          if (kind === RECORD.fill) {
            ledger.fill({ symbol, signedLots: signed, priceTicks: second, fee: fourth });
          } else if (kind === RECORD.external || kind === RECORD.liquidation) {
            ledger.fill({ symbol, signedLots: signed, priceTicks: second, fee: third });
          } else if (kind === RECORD.funding || kind === RECORD.transfer) {
            ledger.fund(signed);
            compare(record, ledger, "wallet after money", second, tell);
          } else if (kind === RECORD.ledger) {
            compare(record, ledger, "wallet after an execution", third, tell);
          }
        }
        if (record.kind === "snapshot") adoptEntries(record, ledger);
      },
    };
  },
};

function compare(
  record: SeenRecord,
  ledger: ExactLedger,
  what: string,
  told: number,
  tell: Tell,
): void {
  const exact = toNumber(ledger.wallet);
  const scale = Math.max(1, Math.abs(exact), toNumber(ledger.turnover));
  if (Math.abs(told - exact) <= TOLERANCE * scale) return;
  tell(`The ${what} of ${record.target.key} is ${exact}: record ${record.seq} has ${told}`);
}

/** Reconcile takes over what a venue says that a position cost; only a cut does that. */
function adoptEntries({ step }: SeenRecord, ledger: ExactLedger): void {
  for (const [at, { books }] of Object.entries(step?.symbols ?? {})) {
    const exact = toNumber(ledger.entryValue(Number(at)));
    const scale = Math.max(1, Math.abs(exact), toNumber(ledger.turnover));
    if (Math.abs(books.entryValue - exact) <= TOLERANCE * scale) continue;
    ledger.adoptEntry(Number(at), books.entryValue);
  }
}
