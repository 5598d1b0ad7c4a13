import { ALL_CANARIES } from "#live/faults/canaries/all-canaries.ts";
import { DIFFERENTIAL_CANARIES } from "#live/faults/canaries/differential-canaries.ts";
import { SOMETIMES } from "#live/faults/sometimes.ts";
import { UNMET } from "./all-checkers.ts";
import { INVARIANTS, type InvariantRow, type Judged } from "./invariant-table.ts";

const HEAD = `# Invariants and who judges them

What must never be untrue of a running account, who judges it, and the bug that is planted to prove that the judge sees.
Written from \`live/faults/checkers/invariant-table.ts\` and the canaries; a test keeps the two equal.

A **checker** follows every simulated run (\`drydock sim run\`): each record as it is appended, each ask on its way to a venue,
each answer, each callback of the world, and the venue's own books. **A**: after each of them; the run ends at the first
violation. **Q**: at quiet, when faults are off and strategies silent; what is under way has five minutes to end.
**E**: at the end of a run. **D**: between two runs, or two orders of one thing.
**Seeds** is how many runs it takes until the planted bug is seen (at most 200, \`huntCanary\`).
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
- I45: synced records that a disk loses after a failed sync count as lost.
- I46: a run that ended with a damaged journal is not judged at quiet: nobody trades before a person has decided.
- I53, I58: judged where a limit is set.
`;

/** The text of docs/invariants.md. @param seeds runs until each canary was found, by its name */
export function invariantsDocument(seeds: Readonly<Record<string, number>>): string {
  const lines = INVARIANTS.map((row) => lineOf(row, seeds));
  const unmet = Object.entries(UNMET).map(([invariant, why]) => `- ${invariant}: ${why}.`);
  return [
    HEAD,
    "| | | When | Judged by | Planted bug | Seeds |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
    EXCEPTIONS,
    "## Not held yet",
    "",
    ...unmet,
    "",
    "## What a batch of seeds must show",
    "",
    "Every fault of the catalogue has struck, and each of these has come up (`zeroCounters`):",
    "",
    ...SOMETIMES.map((name) => `- ${name}`),
    "",
  ].join("\n");
}

function lineOf(
  { invariant, title, moment, judged }: InvariantRow,
  seeds: Readonly<Record<string, number>>,
): string {
  const isRun = judged.by === "checker" || judged.by === "function";
  const canaries = isRun
    ? [...ALL_CANARIES, ...DIFFERENTIAL_CANARIES].filter((one) => one.invariant === invariant)
    : [];
  const bugs = canaries.map(({ says }) => says).join("; ");
  const needed = canaries.map(({ name }) => seeds[name] ?? "").join(", ");
  return `| ${invariant} | ${title} | ${moment} | ${whereOf(judged)} | ${bugs} | ${needed} |`;
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
