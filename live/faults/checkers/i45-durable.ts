import type { CheckerTerms } from "./checker.ts";
import { diskLines } from "./disk-lines.ts";
import { jsonOfData } from "./seen-record.ts";

/** Segments that are compared after a crash: the end of the journal is what a crash can touch. */
const SEGMENTS = 2;

/**
 * I45: what was synced is recovered, and what is recovered is what was appended, record by record. No crash and no
 * failed sync leaves a damaged journal, which recovers nothing. A bit that turns over on the disk (P7) may do that, or
 * take the last records, whose rest nobody can tell from a write that was cut short.
 */
export const durable: CheckerTerms = {
  invariant: "I45",
  make: (run, tell) => {
    /** What was appended, by sequence; a record that was lost may be followed by another of its number. */
    const appended = new Map<number, string>();
    const { disk } = run.world;
    /** Bits that had turned over when the journal was sound last. */
    let turned = 0;
    return {
      onRecord: ({ seq, data, kind, isReplay }) => {
        if (kind === "started" && !isReplay && seq <= run.syncedBefore && disk.turned === turned) {
          tell(`Record ${run.syncedBefore} was synced: a life begins with ${seq}`);
        }
        appended.set(seq, jsonOfData(data));
      },
      onLifeEnd: () => {
        const end = run.simulation.lives.at(-1);
        if (end?.kind !== "quarantined" || disk.turned > turned) return;
        tell(`A journal of which no bit has turned over is sound: ${end.why}`);
      },
      onStarted: () => {
        const lines = diskLines(disk, SEGMENTS);
        const { syncedBefore, recoveredSeq } = run;
        if (recoveredSeq < syncedBefore && disk.turned === turned) {
          tell(`Record ${syncedBefore} was synced: ${recoveredSeq} is recovered last`);
        }
        for (const { seq, kind, data } of lines) {
          const told = appended.get(seq);
          if (kind === "header" || told === undefined) continue;
          if (told === JSON.stringify(data)) continue;
          tell(`Record ${seq} is recovered as it was appended: ${JSON.stringify(data)}`);
        }
        turned = disk.turned;
      },
    };
  },
};
