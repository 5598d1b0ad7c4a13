import { ALL_CANARIES } from "#live/faults/canaries/all-canaries.ts";
import type { Canary } from "#live/faults/canaries/canary.ts";
import { DIFFERENTIAL_CANARIES } from "#live/faults/canaries/differential-canaries.ts";
import { PROPERTY_CANARIES } from "#live/faults/canaries/testing/property-canaries.ts";
import {
  INVARIANTS,
  type InvariantRow,
  type Judged,
} from "#live/faults/checkers/invariant-table.ts";
import { SOMETIMES } from "#live/faults/sometimes.ts";
import { FAULTS, type FaultCode, TRIED_ELSEWHERE } from "#live/faults/world/fault-codes.ts";

const HEAD = `# Invariants and who judges them

What must never be untrue of a running account, who judges it, and the bug that is planted to prove that the judge sees.
Written from \`live/faults/checkers/invariant-table.ts\` and the canaries; a test keeps the two equal.

A **checker** follows every simulated run (\`drydock sim run\`): each record as it is appended, each ask on its way to a venue,
each answer, each callback of the world, and the venue's own books. **A**: after each of them; the run ends at the first
violation. **Q**: at quiet, when faults are off and strategies silent; what is under way has five minutes to end.
**E**: at the end of a run. **D**: between two runs, or two orders of one thing.
A **test** asks a property of one part, of the part as it is and of one with the bug.
**Seeds** is how many runs it takes until the planted bug is seen (at most 200, \`huntCanary\`, \`huntProperty\`).
`;

const EXCEPTIONS = `## What the checkers grant

- I15: a position that is shown as untracked may be missing in the books: the policy for orphans leaves it to its owner. It
  stands in the mirror with its exact size all the same. Orders that no client of ours sent are not compared.
- I7: sizes, fees and wallet plus unrealised profit do not depend on the order of executions. What of it is realised, and the
  average entry price, do: a position that is opened, closed and opened again has another entry than one that is enlarged
  and reduced. Entries are compared with the venue's, not between orders of arrival.
- I18: cuts that were not whole or too old count as not made.
- I26: the first attempt of a close that is alone may be larger than the position: the venue caps it. Stops, targets and limits
  that rest are not counted.
- I29: compared are the deadlines of every aged position over all lives, and each stage with its deadline, instead of a
  second run without crashes: the orders of two such runs differ.
- I32: a strategy's own reduce-only order may rest before it enters.
- I34: where reconcile takes an entry price over from the venue, the exact fold goes on from that price.
- I45: a bit that turns over on the disk (P7) may damage the journal or take its last records.
- I46: a run that ended with a damaged journal is not judged at quiet: nobody trades before a person has decided.
- I57: after a restart nobody knows what the last life asked within a window, and how long a ban of that life still is only
  by the clock of the machine, which may have been set. A ban whose record a crash took is not known at all.
- I53, I58: judged where a limit is set.
`;

/** The text of docs/invariants.md. @param seeds runs until each canary was found, by its name */
export function invariantsDocument(seeds: Readonly<Record<string, number>>): string {
  const lines = INVARIANTS.map((row) => lineOf(row, seeds));
  return [
    HEAD,
    "| | | When | Judged by | Planted bug | Seeds |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
    EXCEPTIONS,
    "## What a batch of seeds must show",
    "",
    "Every fault of the catalogue has struck, and each of these has come up (`zeroCounters`):",
    "",
    ...SOMETIMES.map((name) => `- ${name}`),
    "",
    "Not met in a simulated run, because they strike a real database or a real lock:",
    "",
    ...Object.entries(TRIED_ELSEWHERE).map(
      ([code, test]) => `- ${code}, ${FAULTS[code as FaultCode].what}: \`${test}\``,
    ),
    "",
  ].join("\n");
}

function lineOf(row: InvariantRow, seeds: Readonly<Record<string, number>>): string {
  const { invariant, title, moment, judged } = row;
  const canaries = canariesOf(row);
  const bugs = canaries.map(({ says }) => says).join("; ");
  const needed = canaries.map(({ name }) => seeds[name] ?? "").join(", ");
  return `| ${invariant} | ${title} | ${moment} | ${whereOf(judged)} | ${bugs} | ${needed} |`;
}

/** What every kind of planted bug tells of itself. */
type Told = Pick<Canary, "name" | "invariant" | "says">;

/** The bugs that are planted for whoever judges a row. */
export function canariesOf({ invariant, judged }: InvariantRow): readonly Told[] {
  const isMeant = (one: Told): boolean => one.invariant === invariant;
  switch (judged.by) {
    case "checker":
      return ALL_CANARIES.filter(isMeant);
    case "function":
      return DIFFERENTIAL_CANARIES.filter(isMeant);
    case "test":
      return PROPERTY_CANARIES.filter((one) => isMeant(one) && one.file === judged.file);
    case "later":
      return [];
  }
}

function whereOf(judged: Judged): string {
  switch (judged.by) {
    case "checker":
      return `\`checkers/${judged.file}\``;
    case "function":
      return `\`checkers/${judged.file}\`: \`${judged.name}\``;
    case "test":
      return `\`${judged.file}\`: ${judged.name}`;
    case "later":
      return `comes with ${judged.work}`;
  }
}
