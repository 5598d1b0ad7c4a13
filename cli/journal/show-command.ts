import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import { inspect, type JournalArgs, journalFolderOf } from "#cli/journal/find-journal.ts";
import { parseBound, selector } from "#cli/journal/select-records.ts";
import { printable } from "#cli/output/printable.ts";
import type { Table } from "#cli/output/table.ts";
import { damagedError } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { readLines } from "#data/journal/read-records.ts";
import { isoTime } from "#data/store/csv-text.ts";
import { parseTargets, type TargetKey, targetKey } from "#engine/model/target.ts";

interface ShowArgs extends JournalArgs {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly kind: readonly string[];
  readonly tail: number | undefined;
}

/** A selected record as text, which stays valid. */
interface Shown {
  readonly seq: number;
  readonly ts: number;
  readonly kind: string;
  readonly target: string | null;
  readonly dataText: string;
  /** The line as it stands in the journal. */
  readonly text: string;
}

export async function run(
  context: CommandContext,
  args: ShowArgs & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const selection = {
    from: parseBound(args.from, "--from"),
    to: parseBound(args.to, "--to"),
    kinds: args.kind,
    targets: targetsOf(context.globals.target),
  };
  const folder = await journalFolderOf(context, args);
  let end = 0;
  const found = inspect(folder, ({ ts }) => {
    end = ts;
  });
  if (found.damage !== null) {
    const { message } = damagedError(found.damage);
    context.warn({
      code: "journal-damaged",
      message: `Only what is before the damage: ${message}`,
    });
  }
  const range = {
    from: selection.from?.kind === "seq" ? selection.from.seq : 0,
    to: selection.to?.kind === "seq" ? selection.to.seq : Number.POSITIVE_INFINITY,
  };
  const isSelected = selector(selection, end);
  const records = (): Iterable<Shown> => {
    const all = shownRecords(folder, found.segments, range, isSelected);
    return args.tail === undefined ? all : lastOf(all, args.tail);
  };
  const exit = found.damage === null ? 0 : 4;
  if (context.globals.jsonl) {
    const count = await emitAll(context, records());
    return { data: { folder, records: null, count }, exit, text: () => "" };
  }
  return {
    data: null,
    dataText: () => documentText(folder, records()),
    exit,
    text: (view) => lines(records(), view),
    plain: () => tableOf(records()),
  };
}

/** Every name of an account stands for the one that its records bear. @throws E_USAGE */
function targetsOf(name: string | undefined): readonly TargetKey[] {
  return name === undefined ? [] : parseTargets(name).map(targetKey);
}

function* shownRecords(
  folder: string,
  segments: Parameters<typeof readLines>[2],
  range: Parameters<typeof readLines>[3],
  isSelected: ReturnType<typeof selector>,
): Generator<Shown> {
  for (const line of readLines(nodeDisk, folder, segments, range)) {
    if (!isSelected(line)) continue;
    const { seq, ts, kind, target } = line;
    yield { seq, ts, kind, target, dataText: line.dataText(), text: line.text() };
  }
}

/** Keeps so many and forgets the ones before. */
function lastOf(records: Iterable<Shown>, count: number): readonly Shown[] {
  const ring: Shown[] = [];
  let next = 0;
  for (const record of records) {
    ring[next % count] = record;
    next += 1;
  }
  const start = next > count ? next % count : 0;
  return [...ring.slice(start), ...ring.slice(0, start)];
}

async function emitAll(context: CommandContext, records: Iterable<Shown>): Promise<number> {
  let count = 0;
  for (const { text } of records) {
    context.signal.throwIfAborted();
    // Text that JSON.stringify wrote comes out of parsing and writing as it was, byte for byte.
    await context.emit(JSON.parse(text) as object);
    count += 1;
  }
  return count;
}

function* documentText(folder: string, records: Iterable<Shown>): Generator<string> {
  let count = 0;
  yield `{"folder":${JSON.stringify(folder)},"records":[`;
  for (const { text } of records) {
    yield count === 0 ? text : `,${text}`;
    count += 1;
  }
  yield `],"count":${count}}`;
}

/** One line per record; a terminal cuts what does not fit, a pipe gets everything. */
function* lines(records: Iterable<Shown>, view: TextView): Generator<string> {
  for (const { seq, ts, kind, target, dataText } of records) {
    const head = `${String(seq).padStart(8)}  ${isoTime(ts)}  ${kind}  ${target ?? "-"}  `;
    const data = printable(dataText);
    const room = view.isTerminal ? Math.max(0, view.width - head.length) : data.length;
    const shown = data.length > room ? `${data.slice(0, Math.max(0, room - 1))}…` : data;
    yield `${view.style("faint", head)}${shown}\n`;
  }
}

function tableOf(records: Iterable<Shown>): Table {
  return {
    columns: ["seq", "time", "kind", "target", "data"].map((name) => ({ name })),
    rows: Array.from(records, ({ seq, ts, kind, target, dataText }) => [
      seq,
      isoTime(ts),
      kind,
      target,
      dataText,
    ]),
  };
}
