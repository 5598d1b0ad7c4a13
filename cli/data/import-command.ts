import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { type ImportItem, readyItem, refusedItem, skippedItem } from "#cli/data/import-item.ts";
import { importTable, importText } from "#cli/data/import-text.ts";
import { openForWriting, workspaceOf } from "#cli/data/market-store.ts";
import { checkExchange, checkSymbol, type NamedSeries, nameSeries } from "#cli/data/name-series.ts";
import { printable } from "#cli/output/printable.ts";
import { type PlannedImport, planImport, type ReadyImport } from "#data/import/plan-import.ts";
import { normalizeSymbol, type SeriesKind } from "#data/series.ts";
import type { MarketStore } from "#data/store/market-store.ts";
import type { Provenance, SourceFile } from "#data/store/provenance.ts";
import type { Workspace } from "#data/store/workspace.ts";
import { DrydockError, type ErrorCode } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";

export interface ImportArgs {
  readonly paths: readonly string[];
  readonly exchange: string | undefined;
  readonly symbol: string | undefined;
  readonly interval: string | undefined;
  readonly kind: SeriesKind | undefined;
  readonly stamp: "open" | "close" | undefined;
  readonly repair: boolean;
  readonly replace: boolean;
  readonly "dry-run": boolean;
}

/** A file can be wrong by itself; these say that no file can be stored, so the import ends. */
const FATAL: ReadonlySet<ErrorCode> = new Set([
  "E_STORE_CORRUPT",
  "E_STORE_LOCKED",
  "E_STORE_VERSION",
  "E_DISK_FULL",
  "E_NOT_WRITABLE",
]);

export async function run(context: CommandContext, args: ImportArgs): Promise<CommandResult> {
  checkNames(args);
  const workspace = await workspaceOf(context, { ...args });
  const importer = new Importer(context, args, workspace);
  let interruption: DrydockError | null = null;
  try {
    for await (const planned of planImport(args.paths, importer.options)) {
      await importer.take(planned);
    }
  } catch (error) {
    if (!isInterruption(error)) throw importer.explain(error);
    interruption = error;
    const count = importer.items.length;
    if (count > 0)
      context.warn({
        code: "interrupted",
        message: `Interrupted: ${count} done, the others not read`,
      });
  } finally {
    context.progress.done();
    await importer.close();
  }
  // What has not been looked at may be there.
  if (interruption !== null && isEmpty(importer.items)) throw interruption;
  return resultOf(importer.items, args);
}

/** What is wrong with a name is wrong for every file, so it is said before the first is read. @throws E_USAGE */
function checkNames({ exchange, symbol, interval }: ImportArgs): void {
  if (interval !== undefined) parseInterval(interval);
  if (exchange !== undefined) checkExchange(exchange.toLowerCase());
  if (symbol !== undefined) checkSymbol(normalizeSymbol(symbol, exchange?.toLowerCase()));
}

function isEmpty(items: readonly ImportItem[]): boolean {
  return items.every(({ outcome }) => outcome === "skipped");
}

function resultOf(items: readonly ImportItem[], args: ImportArgs): CommandResult {
  if (isEmpty(items)) {
    throw new DrydockError(
      "E_FILE_MISSING",
      `No market data found in "${args.paths.join('", "')}"`,
      {
        hint: "Name files, or a folder with CSV, JSON, Parquet, Feather or zip files",
      },
    );
  }
  const count = (outcome: ImportItem["outcome"]): number =>
    items.filter((item) => item.outcome === outcome).length;
  const summary = {
    stored: count("stored"),
    unchanged: count("unchanged"),
    checked: count("checked"),
    refused: count("refused"),
    skipped: count("skipped"),
  };
  return {
    data: { dryRun: args["dry-run"], items, summary },
    exit: summary.refused > 0 ? 4 : 0,
    text: (view) => importText(items, view),
    plain: () => importTable(items),
  };
}

/** Takes planned series one after another: names them, stores them, notes what became of them. */
class Importer {
  readonly items: ImportItem[] = [];
  readonly #context: CommandContext;
  readonly #args: ImportArgs;
  readonly #workspace: Workspace;
  readonly #sources = new Map<string, SourceFile>();
  #store: MarketStore | null = null;
  #readingPath = "";

  constructor(context: CommandContext, args: ImportArgs, workspace: Workspace) {
    this.#context = context;
    this.#args = args;
    this.#workspace = workspace;
  }

  get options() {
    const { exchange, symbol, interval, kind, stamp, repair } = this.#args;
    const { progress, signal } = this.#context;
    return {
      exchange: exchange?.toLowerCase(),
      symbol,
      interval,
      kind,
      stamp,
      repair,
      signal,
      now: Date.now(),
      onProgress: (read: { path: string; bytesRead: number; bytesTotal: number }): void => {
        if (read.path !== this.#readingPath) {
          this.#readingPath = read.path;
          progress.start(`reading ${printable(basename(read.path))}`, read.bytesTotal);
        }
        progress.update(read.bytesRead);
      },
    };
  }

  async take(planned: PlannedImport): Promise<void> {
    this.#context.progress.done();
    if (planned.outcome === "skipped") {
      this.#context.talk.detail(printable(`skipped ${planned.path}: ${planned.reason}`));
      this.items.push(skippedItem(planned.path, planned.reason));
      return;
    }
    for (const note of planned.series?.notes ?? []) {
      this.#context.talk.detail(printable(`${planned.path}: ${note}`));
    }
    this.items.push(
      planned.outcome === "refused"
        ? refusedItem(planned, planned.error)
        : await this.#takeReady(planned),
    );
  }

  async #takeReady(planned: ReadyImport): Promise<ImportItem> {
    try {
      const named = await nameSeries(this.#context, planned, this.options);
      const { ready, key } = named;
      if (this.#args["dry-run"]) return readyItem(ready, key, null);
      return readyItem(ready, key, await this.#write(named));
    } catch (error) {
      if (!(error instanceof DrydockError) || FATAL.has(error.code) || isInterruption(error)) {
        throw error;
      }
      return refusedItem(planned, error);
    }
  }

  async #write({ ready, key }: NamedSeries) {
    this.#store ??= await openForWriting(this.#workspace);
    const { series } = ready;
    const provenance: Provenance = {
      source: series.format,
      files: [await this.#sourceFile(ready.path)],
      importedAt: Date.now(),
    };
    const options = { onConflict: this.#args.replace ? "replace" : "refuse" } as const;
    return series.kind === "funding"
      ? this.#store.writeFunding(key, series.funding, provenance, options)
      : this.#store.writeBars(key, series.bars, provenance, options);
  }

  /** An archive of many series is hashed once. */
  async #sourceFile(path: string): Promise<SourceFile> {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    const file = { name: basename(path), bytes: statSync(path).size, sha256: hash.digest("hex") };
    this.#sources.set(path, file);
    return file;
  }

  /** What ended the import, with what had been stored by then. */
  explain(error: unknown): unknown {
    const storedCount = this.items.filter(({ outcome }) => outcome === "stored").length;
    if (!(error instanceof DrydockError) || storedCount === 0) return error;
    return new DrydockError(error.code, error.message, {
      while: error.while,
      hint: error.hint,
      or: `${storedCount} series were stored before this; the same import goes on with the others`,
      cause: error,
    });
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }
}

function isInterruption(error: unknown): error is DrydockError {
  return error instanceof DrydockError && error.code === "E_INTERRUPTED";
}
