import { writeSync } from "node:fs";
import type { Disk } from "#data/journal/disk.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { fold, open, randomFrom } from "./journals.ts";

/**
 * A program for tests: recovers the journal in a folder and appends to it until it is killed, telling on stdout how
 * many records are acknowledged. Each batch is written in two halves, so that a kill can tear it.
 */
const [folder = "", seed = "1"] = process.argv.slice(2);
const random = randomFrom(Number(seed));

const pause = new Int32Array(new SharedArrayBuffer(4));

const halves: Disk = {
  ...nodeDisk,
  open: (path, use) => {
    const file = nodeDisk.open(path, use);
    const write = (bytes: Uint8Array): number => {
      const middle = Math.floor(random() * bytes.byteLength);
      const first = file.write(bytes.subarray(0, middle));
      Atomics.wait(pause, 0, 0, 0.2);
      return first + file.write(bytes.subarray(middle));
    };
    return { ...file, write };
  },
};

const limits = { segmentBytes: 200_000, ballastBytes: 100_000 };
const { journal, recovery } = open(halves, { folder, now: () => Date.now(), limits });
const state = fold(recovery).map((_, index) => index);
let sinceSnapshot = 0;
for (;;) {
  const count = 1 + Math.floor(random() * 4);
  for (let index = 0; index < count; index++) {
    const text = "x".repeat(Math.floor(random() * 900));
    journal.append("step", "bybit:paper", { n: state.length, text });
    state.push(state.length);
  }
  journal.sync();
  writeSync(1, `${state.length}\n`);
  sinceSnapshot += count;
  if (sinceSnapshot > 500) {
    journal.writeSnapshot(state, journal.lastSeq);
    sinceSnapshot = 0;
  }
}
