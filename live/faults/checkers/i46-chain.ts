import type { CheckerTerms } from "./checker.ts";
import { diskLines } from "./disk-lines.ts";

/** I46: the records on the disk are numbered without a hole, and each names the checksum of the one before. */
export const chain: CheckerTerms = {
  invariant: "I46",
  make: (run, tell) => {
    const end = (): void => {
      const isQuarantined = run.simulation.lives.at(-1)?.kind === "quarantined";
      if (isQuarantined) return;
      let last = { seq: 0, crc: "00000000" };
      for (const { seq, crc, prev } of diskLines(run.world.disk, Number.POSITIVE_INFINITY)) {
        if (seq !== last.seq + 1) tell(`Records have no hole: ${seq} after ${last.seq}`);
        if (prev !== last.crc) tell(`Record ${seq} names ${last.crc} before it: ${prev}`);
        last = { seq, crc };
      }
    };
    return { atEnd: end };
  },
};
