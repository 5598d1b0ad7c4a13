import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { agedDocument } from "#cli/aged/aged-document.ts";
import { AGED_FILE, AGED_HISTORY_FILE, ndjson } from "#cli/aged/aged-files.ts";
import type { MeasuredRun } from "#cli/backtest/perform-run.ts";
import { reportInput } from "#cli/backtest/report-of-run.ts";
import type { RunFacts, RunFiles } from "#cli/backtest/run-document.ts";
import { stateOf } from "#cli/runs/find-run.ts";
import { journalLines } from "#cli/runs/journal-lines.ts";
import type { RunRecord } from "#cli/runs/run-record.ts";
import type { StateStore } from "#data/store/state-store.ts";
import type { EquityColumns } from "#engine/result/run-result.ts";
import { equityCsv, fillsCsv, tradesCsv } from "#reports/csv.ts";

/** One 32-bit checksum per record, little-endian. */
export const TRACE_FILE = "trace.bin";
const REPORT_FILE = "report.html";
/** Every execution; the state store reads it as `run_fills`. */
const FILLS_FILE = "fills.csv";
/** Lines of a journal that are written at once. */
const LINES_PER_WRITE = 20_000;

export interface SavedRun {
  /** What the user should hear of. */
  readonly notices: readonly string[];
  /** Why there is no report although one was wanted; null where all went well. */
  readonly reportFailure: unknown;
}

/** The folder of one run below `<data dir>/runs`: the source from which the state store can be rebuilt. */
export class RunFolder {
  readonly id: string;
  readonly path: string;

  readonly #store: StateStore;

  private constructor(store: StateStore, id: string) {
    this.#store = store;
    this.id = id;
    this.path = join(store.workspace.runsFolder, id);
  }

  /** Reserves the next id of this strategy and run hash. @throws E_NOT_WRITABLE, E_DISK_FULL */
  static create(dataDir: string, strategy: string, runHash: string): RunFolder {
    const store = stateOf(dataDir);
    const id = store.nextRunId(strategy, runHash);
    return new RunFolder(store, id);
  }

  files(options: { readonly journal: boolean; readonly report: boolean }): RunFiles {
    return {
      report: options.report ? join(this.path, REPORT_FILE) : null,
      trades: join(this.path, "trades.csv"),
      equity: join(this.path, "equity.csv"),
      journal: options.journal ? join(this.path, "journal.ndjson") : null,
    };
  }

  /**
   * Writes the tables and the journal, then `run.json` and the state tables; a folder without `run.json` holds no
   * finished run. The report comes last, because a run is worth keeping without one.
   */
  async save(record: RunRecord, measured: MeasuredRun): Promise<SavedRun> {
    // The report's columns are compressed on the thread pool while the tables are written here.
    const report = this.#report(record, measured);
    report.catch(() => {});
    const notices = await this.#saveResults(record, measured);
    const { path } = this;
    try {
      const html = await report;
      if (html !== null) await writeFile(join(path, REPORT_FILE), html);
      return { notices, reportFailure: null };
    } catch (error) {
      rmSync(join(path, REPORT_FILE), { force: true });
      const { document } = record;
      const files = { ...document.files, report: null };
      await this.#store.saveRun({ ...record, document: { ...document, files } });
      return { notices, reportFailure: error };
    }
  }

  async #saveResults(record: RunRecord, measured: MeasuredRun): Promise<readonly string[]> {
    try {
      return await this.#write(record, measured);
    } catch (error) {
      // Half a run helps nobody and would take the room that is missing.
      rmSync(this.path, { recursive: true, force: true });
      throw error;
    }
  }

  async #write(record: RunRecord, measured: MeasuredRun): Promise<readonly string[]> {
    const { document, facts } = record;
    await this.#writeTables(document.files, measured);
    await this.#writeJournal(document.files, facts, measured);
    const { checksums } = measured.executed;
    await writeFile(
      join(this.path, TRACE_FILE),
      new Uint8Array(checksums.buffer, checksums.byteOffset, checksums.byteLength),
    );
    return (await this.#store.saveRun(record)).notices;
  }

  async #writeTables(files: RunFiles, measured: MeasuredRun): Promise<void> {
    const { trades, openTrades, fills, equity, aged } = measured.result;
    await writeFile(files.trades, tradesCsv([...trades, ...openTrades]));
    await writeFile(join(this.path, FILLS_FILE), fillsCsv(fills));
    await writeFile(files.equity, equityCsv(thinEquity(equity)));
    if (aged === undefined) return;
    const { positions, history } = agedDocument(aged);
    await writeFile(join(this.path, AGED_FILE), ndjson(positions));
    await writeFile(join(this.path, AGED_HISTORY_FILE), ndjson(history));
  }

  async #report(record: RunRecord, measured: MeasuredRun): Promise<Uint8Array | null> {
    if (record.document.files.report === null) return null;
    const { writeReport } = await import("#reports/html/write-report.ts");
    return writeReport(reportInput(measured, record.source.command));
  }

  async #writeJournal(files: RunFiles, facts: RunFacts, measured: MeasuredRun): Promise<void> {
    if (files.journal === null) return;
    await writeFile(files.journal, piecesOf(journalLines(facts, measured.executed.chunks)));
  }
}

/** Beyond this many rows the table keeps the last bar of each hour; the report and the metrics have every bar. */
const EQUITY_ROWS_MAX = 250_000;
const HOUR_MS = 3_600_000;

function thinEquity(equity: EquityColumns): EquityColumns {
  if (equity.length <= EQUITY_ROWS_MAX) return equity;
  const kept: number[] = [];
  for (let row = 0; row < equity.length; row++) {
    const isLast = row === equity.length - 1;
    if (isLast || (equity.time[row] as number) % HOUR_MS === 0) kept.push(row);
  }
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(kept, (row) => column[row] as number);
  return {
    length: kept.length,
    time: pick(equity.time),
    equity: pick(equity.equity),
    equityLow: pick(equity.equityLow),
    grossNotional: pick(equity.grossNotional),
  };
}

function* piecesOf(lines: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < LINES_PER_WRITE) continue;
    yield piece.join("");
    piece = [];
  }
  yield piece.join("");
}
