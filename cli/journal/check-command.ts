import { join } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import { inspect, type JournalArgs, journalFolderOf } from "#cli/journal/find-journal.ts";
import { printable } from "#cli/output/printable.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import type { JournalState } from "#data/journal/inspect-journal.ts";
import { damagedError } from "#data/journal/journal-errors.ts";
import { CUT_FOLDER, segmentName, snapshotName } from "#data/journal/journal-folder.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import type { Envelope } from "#data/journal/record-line.ts";
import { plural } from "#data/quality/wording.ts";
import { isoTime } from "#data/store/csv-text.ts";

interface Count {
  readonly kind: string;
  readonly target: string | null;
  readonly records: number;
}

/** What the records add up to, gathered while they are checked. */
class Tally {
  readonly #counts = new Map<string, { kind: string; target: string | null; records: number }>();
  first: Envelope | null = null;
  last: Envelope | null = null;
  records = 0;

  add(record: Envelope): void {
    const { kind, target } = record;
    const key = `${kind} "${target ?? ""}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { kind, target, records: 1 });
    else count.records += 1;
    this.first ??= record;
    this.last = record;
    this.records += 1;
  }

  /** By kind, then target. */
  counts(): readonly Count[] {
    const keys = [...this.#counts.keys()].sort();
    return keys.flatMap((key) => this.#counts.get(key) ?? []);
  }
}

export async function run(
  context: CommandContext,
  args: JournalArgs & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const folder = await journalFolderOf(context, args);
  const tally = new Tally();
  const found = inspect(folder, (record) => tally.add(record));
  const data = documentOf(found, tally);
  if (found.tail !== null) {
    const bytes = plural(found.tail.bytes, "byte");
    const message = `The last write did not end: the next start cuts ${bytes} and keeps them in "${CUT_FOLDER}"`;
    context.warn({ code: "torn-tail", message });
  }
  for (const seq of found.unusableSnapshots) {
    const message = `"${snapshotName(seq)}" is damaged or of another journal and is passed over`;
    context.warn({ code: "unusable-snapshot", message });
  }
  return {
    data,
    exit: data.sound ? 0 : 4,
    text: (view) => textOf(data, view),
    plain: () => countTable(data.counts),
  };
}

function documentOf(found: JournalState, tally: Tally) {
  const { folder, segments, snapshot, damage, tail } = found;
  const error = damage === null ? null : damagedError(damage);
  return {
    folder: folder.path,
    sound: damage === null,
    records: tally.records,
    firstSeq: tally.first?.seq ?? null,
    lastSeq: tally.last?.seq ?? null,
    firstAt: tally.first === null ? null : isoTime(tally.first.ts),
    lastAt: tally.last === null ? null : isoTime(tally.last.ts),
    segments: segments.map(({ number, bytes, records, firstSeq, lastSeq, header }) => ({
      file: segmentName(number),
      bytes,
      records,
      firstSeq,
      lastSeq,
      engine: header.id,
      build: header.build,
    })),
    counts: tally.counts(),
    snapshot: snapshot === null ? null : { seq: snapshot.seq, at: isoTime(snapshot.ts) },
    unusableSnapshots: found.unusableSnapshots,
    tornTail:
      tail === null
        ? null
        : { file: segmentName(tail.segment), offset: tail.offset, bytes: tail.bytes },
    cut: cutFiles(found),
    damage:
      damage === null
        ? null
        : {
            reason: damage.reason,
            message: error?.message ?? "",
            hint: error?.hint ?? null,
            file: damage.segmentName,
            offset: damage.offset,
            seqBefore: damage.seqBefore,
            seqAfter: damage.seqAfter,
          },
  };
}
type CheckDocument = ReturnType<typeof documentOf>;

/** What recovery and repair took out so far. */
function cutFiles({ folder }: JournalState): readonly { file: string; bytes: number }[] {
  if (!folder.hasCutFolder) return [];
  const cut = join(folder.path, CUT_FOLDER);
  return nodeDisk
    .list(cut)
    .map((name) => ({ file: join(CUT_FOLDER, name), bytes: nodeDisk.size(join(cut, name)) ?? 0 }));
}

function textOf(data: CheckDocument, { width, isTerminal, style }: TextView): string {
  const bytes = data.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const verdict = data.sound ? style("good", "sound") : style("error", "damaged");
  const lines = [
    `${style("strong", printable(data.folder))}  ${verdict}`,
    `${plural(data.records, "record")} in ${plural(data.segments.length, "segment")}, ${plural(bytes, "byte")}`,
  ];
  if (data.firstAt !== null) {
    lines.push(`${data.firstSeq} at ${data.firstAt} to ${data.lastSeq} at ${data.lastAt}`);
  }
  const { snapshot } = data;
  lines.push(
    snapshot === null ? "no snapshot" : `snapshot of record ${snapshot.seq} at ${snapshot.at}`,
  );
  for (const { file, bytes: size } of data.cut) {
    lines.push(`taken out earlier: ${printable(file)}, ${plural(size, "byte")}`);
  }
  if (data.counts.length > 0) {
    const limits = { width: isTerminal ? width : Infinity };
    const header = (line: string): string => style("strong", line);
    lines.push("", renderTable(countTable(data.counts), { ...limits, header }));
  }
  if (data.damage !== null) {
    lines.push("", style("error", printable(data.damage.message)));
    lines.push(`  fix    ${printable(data.damage.hint ?? "")}`);
  }
  return lines.join("\n");
}

function countTable(counts: readonly Count[]): Table {
  return {
    columns: [
      { name: "kind", shrink: true },
      { name: "target", shrink: true },
      { name: "records", align: "right" },
    ],
    rows: counts.map(({ kind, target, records }) => [kind, target, records]),
  };
}
