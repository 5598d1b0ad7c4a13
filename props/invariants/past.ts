import { isoTime } from "#engine/market/iso-time.ts";
import { PURPOSE } from "#engine/model/order-terms.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";
import { holds } from "#props/invariants/invariant-broken.ts";
import { instrumentsOf, type PlayedRun } from "#props/invariants/played-run.ts";
import { firstDifference, recordText } from "#props/invariants/record-text.ts";

type Ended = Pick<PlayedRun, "backtest" | "rows">;

/**
 * A run over data that end at `time` did what the run over all data did until then: its records and its equity are
 * the beginning of the other's, and nothing that was decided before is missing.
 * @throws InvariantBroken `noLookahead`
 */
export function checkPrefix(whole: Ended, part: Ended, time: number): void {
  expectBeginning(whole, part, part.rows.length, `when the data end at ${isoTime(time)}`);
  expectNoMore(whole, part, time);
  const equity = whole.backtest.recorder.columns().equity;
  const early = part.backtest.recorder.columns();
  for (let at = 0; at < early.length; at++) {
    const [one, other] = [equity[at] as number, early.equity[at] as number];
    holds("noLookahead", Object.is(one, other), () => {
      const when = isoTime(early.time[at] as number);
      return `The equity of ${when} is ${one}; when the data end at ${isoTime(time)}: ${other}`;
    });
  }
  const isEarly = (row: RecordRow): boolean =>
    row[0] === RECORD.intent && (row[1] as number) < time;
  const decided = whole.rows.filter(isEarly).length;
  const kept = part.rows.filter(isEarly).length;
  holds("noLookahead", kept === decided, () => {
    const until = isoTime(time);
    return `Before ${until} there are ${decided} decisions; when the data end then: ${kept}`;
  });
}

/**
 * A run over data that are other ones after `time` did the same until then as one over data that end there.
 * @throws InvariantBroken `noLookahead`
 */
export function checkPoisoned(clean: Ended, poisoned: Ended, time: number): void {
  const other = `when other prices follow ${isoTime(time)}`;
  expectBeginning(poisoned, clean, clean.rows.length, other, true);
  expectNoMore(poisoned, clean, time);
}

/**
 * What the strategy decides at the last close is the same too, and not only what it decides is: in the longer run news of
 * the next bar follow, which may open at this very time. Rules about time alone may decide before it does.
 */
function expectNoMore(longer: Ended, shorter: Ended, time: number): void {
  const next = longer.rows[shorter.rows.length];
  const isMore = next !== undefined && isOfStrategy(next) && (next[1] as number) <= time;
  holds("noLookahead", !isMore, () => {
    const text = recordText(next, instrumentsOf(longer as PlayedRun));
    return `With the data that follow ${isoTime(time)} it is decided then: ${text}; without them nothing`;
  });
}

function isOfStrategy(row: RecordRow): boolean {
  const purpose = (row[9] as number) >> 1;
  return row[0] === RECORD.intent && (purpose === PURPOSE.entry || purpose === PURPOSE.signal);
}

function expectBeginning(
  whole: Ended,
  part: Ended,
  rows: number,
  other: string,
  tellsWholeLast = false,
): void {
  const at = firstDifference(whole.rows.slice(0, rows), part.rows);
  const instruments = instrumentsOf(whole as PlayedRun);
  holds("noLookahead", at < 0, () => {
    const [one, two] = [whole.rows[at], part.rows[at]].map((row) => recordText(row, instruments));
    const [first, second] = tellsWholeLast ? [two, one] : [one, two];
    return `Record ${at}: ${first}; ${other}: ${second}`;
  });
}
