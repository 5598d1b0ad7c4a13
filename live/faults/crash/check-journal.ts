import { inspectJournal } from "#data/journal/inspect-journal.ts";
import { openJournal } from "#data/journal/open-journal.ts";
import { type JournalRecord, readRecords } from "#data/journal/read-records.ts";
import { JOURNAL } from "#live/faults/program.ts";
import type { World } from "#live/faults/world/world.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import { JournalFold, type KeptStates } from "#live/steps/journal-fold.ts";
import type { RequestRecord, Step } from "#live/steps/step.ts";
import { ACCOUNT } from "./crash-scenario.ts";

/** Every record of the journal of a run, in order. */
export function recordsOf({ disk }: World): readonly JournalRecord[] {
  const found = inspectJournal(disk, JOURNAL);
  const range = { from: 1, to: Number.POSITIVE_INFINITY };
  return [...readRecords(disk, JOURNAL, found?.segments ?? [], range)];
}

/** Every request that the journal says was about to leave. */
export function requestsOf(records: readonly JournalRecord[]): readonly RequestRecord[] {
  return records.flatMap(({ data }) => (data as Partial<Step> | null)?.requests ?? []);
}

/**
 * I1, I2: every order of ours at the venue was in the journal first, and of all attempts of an intent the venue took at
 * most one.
 */
export function checkIntents(world: World, records: readonly JournalRecord[]): readonly string[] {
  const said: string[] = [];
  const intents = new Map<string, string>();
  for (const { kind, requestId, intentId } of requestsOf(records)) {
    if (kind === "place") intents.set(requestId, intentId);
  }
  const taken = new Map<string, number>();
  for (const { origin, clientId, isTaken } of world.truth(ACCOUNT.key).orders) {
    if (origin !== "client") continue;
    const intent = intents.get(clientId);
    if (intent === undefined) said.push(`${clientId} is at the venue and not in the journal`);
    else if (isTaken) taken.set(intent, (taken.get(intent) ?? 0) + 1);
  }
  for (const [intent, count] of taken) {
    if (count > 1) said.push(`${count} orders of intent ${intent} were taken`);
  }
  return said;
}

/** I47: twice opened, the journal of a program that has stopped tells what that program knew. */
export function checkRecovery(world: World, kept: StartRecord): readonly string[] {
  const wanted = JSON.stringify(kept);
  const said: string[] = [];
  for (const time of ["first", "second"]) {
    const folded = foldAgain(world);
    if (typeof folded === "string") said.push(`opened the ${time} time: ${folded}`);
    else if (JSON.stringify(folded) !== wanted) {
      said.push(`opened the ${time} time, the journal does not tell what the program knew`);
    }
  }
  return said;
}

function foldAgain(world: World): StartRecord | string | null {
  const opened = openJournal({
    folder: JOURNAL,
    disk: world.disk,
    header: { id: "simulated", build: "simulated", configHash: "", seed: world.plan.seed },
    now: () => world.time.now,
    limits: { ballastBytes: 0 },
  });
  if (opened.kind === "quarantined") return opened.error.message;
  const { snapshot, records } = opened.recovery;
  const fold = new JournalFold();
  if (snapshot !== null) fold.resume(snapshot.state as KeptStates);
  for (const record of records()) fold.apply(record);
  opened.journal.close();
  return fold.stateOf(ACCOUNT.key);
}
