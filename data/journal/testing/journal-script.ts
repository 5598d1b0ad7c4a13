import type { Journal } from "#data/journal/journal.ts";
import { clock, FOLDER, fold, HEADER, open } from "./journals.ts";
import { Crashed, type MemoryDisk } from "./memory-disk.ts";

/** What a driver knows about its journal: what it appended and how much of it was acknowledged. */
export interface Told {
  appended: unknown[];
  acknowledged: number;
}

const LIMITS = { segmentBytes: 700, ballastBytes: 64 };

/**
 * Three lives of an engine on one journal: batches, rotations, snapshots, an end without a close, a torn end that
 * the second life cuts off, another build in the third. Stops at the first error, which it returns.
 */
export function runScript(disk: MemoryDisk, told: Told): Error | null {
  try {
    life(disk, told, { build: "b1", rounds: 5 });
    // A record of which half was written when the machine stopped.
    const last = disk.list(FOLDER).findLast((name) => name.endsWith(".jsonl"));
    const file = disk.open(`${FOLDER}/${last}`, "append");
    file.write(Buffer.from('{"seq":99,"ts":17000'));
    file.sync();
    life(disk, told, { build: "b1", rounds: 4 });
    life(disk, told, { build: "b2", rounds: 3 });
    return null;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function life(
  disk: MemoryDisk,
  told: Told,
  plan: { readonly build: string; readonly rounds: number },
): void {
  const now = clock();
  const header = { ...HEADER, build: plan.build };
  const { journal, recovery } = open(disk, { header, now, limits: LIMITS });
  told.appended = [...fold(recovery)];
  told.acknowledged = told.appended.length;
  for (let round = 0; round < plan.rounds; round++) {
    const count = (round % 3) + 1;
    for (let index = 0; index < count; index++) append(journal, told, round);
    acknowledge(journal, told);
    if (round % 2 === 1) {
      append(journal, told, round);
      journal.writeSnapshot(told.appended, journal.lastSeq);
      told.acknowledged = told.appended.length;
    }
  }
  // Appended and never synced: nobody may rely on it.
  append(journal, told, plan.rounds);
}

function append(journal: Journal, told: Told, round: number): void {
  const data = { round, number: told.appended.length, text: "x".repeat(40) };
  journal.append("step", "bybit:paper", data);
  told.appended.push(data);
}

function acknowledge(journal: Journal, told: Told): void {
  journal.sync();
  told.acknowledged = told.appended.length;
}

/**
 * Opens what a crash left and says what is wrong with it: acknowledged ⊆ recovered, recovered is a prefix of
 * appended, and a second recovery changes nothing. Null when all is well.
 */
export function faultOf(disk: MemoryDisk, told: Told): string | null {
  const opening = { limits: LIMITS };
  const first = open(disk, opening);
  const state = fold(first.recovery);
  first.journal.close();
  if (state.length < told.acknowledged) {
    return `${told.acknowledged} were acknowledged and ${state.length} recovered`;
  }
  if (JSON.stringify(state) !== JSON.stringify(told.appended.slice(0, state.length))) {
    return "What was recovered is no prefix of what was appended";
  }
  const before = JSON.stringify(disk.contents());
  const second = open(disk, opening);
  const again = fold(second.recovery);
  second.journal.close();
  if (JSON.stringify(again) !== JSON.stringify(state))
    return "The second recovery found another state";
  if (JSON.stringify(disk.contents()) !== before) return "The second recovery changed the disk";
  return null;
}

/** Whether an error is the simulated end of the process. */
export function isCrash(error: unknown): boolean {
  return error instanceof Crashed;
}
