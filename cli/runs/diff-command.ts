import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { type FoundRun, findRun } from "#cli/runs/find-run.ts";
import { canonicalJson } from "#data/hashes/canonical-json.ts";
import { compareFingerprints } from "#data/hashes/data-fingerprint.ts";

interface Args {
  readonly run: string;
  readonly other: string;
}

interface Difference {
  readonly part: "config" | "data" | "summary" | "identity";
  readonly key: string;
  readonly before: unknown;
  readonly now: unknown;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const before = findRun(values.dataDir, args.run);
  const now = findRun(values.dataDir, args.other);
  const differences = differencesOf(before, now);
  const isSame = differences.length === 0;
  return {
    data: { before: before.id, now: now.id, differences },
    text: ({ width, isTerminal }) =>
      isSame
        ? `${before.id} and ${now.id} are the same in configuration, data and results\n`
        : renderTable(differenceTable(before, now, differences), {
            width: isTerminal ? width : Number.POSITIVE_INFINITY,
          }),
    plain: () => differenceTable(before, now, differences),
  };
}

function differencesOf(before: FoundRun, now: FoundRun): readonly Difference[] {
  const [a, b] = [before.record, now.record];
  const identity = (["engineVersion", "build", "node", "strategyHash"] as const)
    .filter((key) => a.facts[key] !== b.facts[key])
    .map((key): Difference => ({ part: "identity", key, before: a.facts[key], now: b.facts[key] }));
  const data = compareFingerprints(a.facts.series, b.facts.series).map(
    ({ series, month, what }): Difference => ({
      part: "data",
      key: [series.exchange, series.symbol, series.interval, series.kind, month]
        .filter((word) => word !== "")
        .join(" "),
      before: what === "added" ? null : "present",
      now: what,
    }),
  );
  return [
    ...identity,
    ...membersThatDiffer("config", a.facts.config, b.facts.config),
    ...data,
    ...membersThatDiffer("summary", a.document.summary, b.document.summary),
  ];
}

function membersThatDiffer(part: "config" | "summary", before: object, now: object): Difference[] {
  const old = before as Readonly<Record<string, unknown>>;
  const current = now as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(old), ...Object.keys(current)])]
    .filter((key) => canonicalJson(old[key] ?? null) !== canonicalJson(current[key] ?? null))
    .map((key) => ({ part, key, before: old[key] ?? null, now: current[key] ?? null }));
}

function differenceTable(
  before: FoundRun,
  now: FoundRun,
  differences: readonly Difference[],
): Table {
  const text = (value: unknown): string =>
    typeof value === "string" ? value : JSON.stringify(value);
  return {
    columns: [
      { name: "part" },
      { name: "key" },
      { name: before.id, shrink: true },
      { name: now.id, shrink: true },
    ],
    rows: differences.map((one) => [one.part, one.key, text(one.before), text(one.now)]),
  };
}
