import { JournalFailed } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { fold, open } from "./journals.ts";

/** A program for tests: appends to a journal on a small disk until it ends, opens it again and tells what it saw. */
const [folder = ""] = process.argv.slice(2);
const BALLAST_BYTES = 65_536;
const options = { folder, now: () => Date.now(), limits: { ballastBytes: BALLAST_BYTES } };
const text = "x".repeat(500);
const { journal } = open(nodeDisk, options);
const startedFull = journal.isFull;
let acknowledged = 0;
let afterFull = 0;
let failure: JournalFailed | null = null;
while (failure === null) {
  try {
    journal.append("step", null, { n: acknowledged, text });
    journal.sync();
    acknowledged += 1;
    if (journal.isFull) afterFull += 1;
  } catch (error) {
    if (!(error instanceof JournalFailed)) throw error;
    failure = error;
  }
}
const again = open(nodeDisk, options);
const recovered = fold(again.recovery).length;
console.log(
  JSON.stringify({
    startedFull,
    acknowledged,
    afterFull,
    code: failure.code,
    message: failure.message,
    recovered,
    isStillFull: again.journal.isFull,
  }),
);
