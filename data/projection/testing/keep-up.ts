/** Brings tables up to a journal in small batches, again and again, until it is killed: `keep-up.ts FILE JOURNAL BATCH`. */
import { setTimeout } from "node:timers/promises";
import { openProjection } from "#data/projection/open-projection.ts";

const [file = "", journalFolder = "", batch = "50"] = process.argv.slice(2);
process.stdout.write("begun\n");
const opened = await openProjection({ file, journalFolder, batchRecords: Number(batch) });
if (opened.kind !== "open") throw new Error(opened.kind);
process.stdout.write(`${opened.where}\n`);
for (;;) {
  await opened.projection.catchUp(Number(batch));
  await setTimeout(50);
}
