/**
 * Feather (version 2) and Arrow IPC files, plain or with LZ4 or zstd bodies. Prices must be numbers; times may be
 * timestamps of any unit (always UTC, whatever zone they display), dates, epoch numbers or text.
 */
import { zstdDecompressSync } from "node:zlib";
import {
  CompressionType,
  compressionRegistry,
  DataType,
  type Table,
  TimeUnit,
  tableFromIPC,
  type Vector,
} from "apache-arrow";
import { DrydockError } from "#engine/errors.ts";
import { findFramingFault } from "./arrow-framing.ts";
import { emptyFault, unreadableFault } from "./data-fault.ts";
import { decodeLz4Frames } from "./lz4-frame.ts";
import type { RawSeries } from "./row-columns.ts";
import { bigEpochToMs, epochToMs, parseStamp } from "./stamp.ts";
import { cellFault, readColumnTable, type TableColumn } from "./table-columns.ts";

/** apache-arrow knows no codec by itself; its registry is one for the whole process. */
export function registerCodecs(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (data) => decodeLz4Frames(data) });
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: (data) => new Uint8Array(zstdDecompressSync(data)),
  });
}

const FILE_MAGIC = "ARROW1";
/** A byte of LZ4 stands for at most 255, and a row has at least eight of them. */
const EXPANSION_MAX = 32;

/** @throws E_FILE_UNREADABLE for a cut or damaged file, E_DATA_FORMAT when it holds no candles. */
export function readFeather(
  path: string,
  bytes: Uint8Array,
  pathSymbol: string | null,
): RawSeries[] {
  const isFile = Buffer.from(bytes.subarray(0, 6)).toString("latin1") === FILE_MAGIC;
  const ending = Buffer.from(bytes.subarray(-6)).toString("latin1");
  if (isFile && ending !== FILE_MAGIC) {
    throw unreadableFault(
      path,
      "is cut off: it does not end like a feather file",
      "Download the file again",
    );
  }
  const fault = findFramingFault(bytes, isFile);
  if (fault !== null)
    throw unreadableFault(path, `is damaged: ${fault}`, "Download the file again");
  registerCodecs();
  try {
    const table = tableFromIPC(bytes);
    const names = table.schema.fields.map((field) => field.name);
    if (table.numRows === 0) throw emptyFault(path);
    if (table.numRows > bytes.length * EXPANSION_MAX) {
      throw unreadableFault(
        path,
        `is damaged: it claims ${table.numRows} rows`,
        "Download the file again",
      );
    }
    const columns = names.map((_, index) => new ArrowColumn(path, names, table, index));
    return readColumnTable({
      path,
      format: "feather",
      names,
      length: table.numRows,
      columns,
      pathSymbol,
    });
  } catch (cause) {
    if (cause instanceof DrydockError) throw cause;
    throw unreadableFault(
      path,
      "is damaged: its columns cannot be read",
      "Download the file again",
      cause,
    );
  }
}

/** One column of an Arrow table; checks that each batch really holds the rows it declares. */
class ArrowColumn implements TableColumn {
  readonly #path: string;
  readonly #name: string;
  readonly #vector: Vector;

  constructor(path: string, names: readonly string[], table: Table, index: number) {
    const vector = table.getChildAt(index);
    if (vector === null) throw new Error(`The column "${names[index]}" is missing`);
    this.#path = path;
    this.#name = names[index] ?? "";
    this.#vector = vector;
  }

  numbers(into: Float64Array): void {
    const { type } = this.#vector;
    let at = 0;
    for (const data of this.#vector.data) {
      const values: unknown = data.values;
      const isPlain =
        DataType.isFloat(type) && type.precision === 2 && values instanceof Float64Array;
      if (isPlain) {
        if (values.length < data.length) throw new Error(`The column "${this.#name}" is cut off`);
        into.set(values.subarray(0, data.length), at);
        if (data.nullCount > 0) {
          for (let row = 0; row < data.length; row++) {
            if (!data.getValid(row)) into[at + row] = Number.NaN;
          }
        }
      } else {
        for (let row = 0; row < data.length; row++) into[at + row] = this.#number(at + row);
      }
      at += data.length;
    }
  }

  #number(row: number): number {
    const value: unknown = this.#vector.get(row);
    if (value === undefined) throw new Error(`The column "${this.#name}" is cut off`);
    if (value === null) return Number.NaN;
    if (typeof value === "number") return value;
    if (typeof value === "bigint") return Number(value);
    throw cellFault(this.#path, row, this.#name, value);
  }

  times(into: Float64Array): void {
    const { type } = this.#vector;
    let at = 0;
    for (const data of this.#vector.data) {
      const values: unknown = data.values;
      const divisor = DataType.isTimestamp(type) ? TICKS_PER_MS[type.unit] : undefined;
      const isFast =
        divisor !== undefined && values instanceof BigInt64Array && data.nullCount === 0;
      if (isFast) {
        if (values.length < data.length) throw new Error(`The column "${this.#name}" is cut off`);
        for (let row = 0; row < data.length; row++) {
          into[at + row] = scaleTicks(values[row] as bigint, divisor);
        }
      } else {
        for (let row = 0; row < data.length; row++) into[at + row] = this.#time(at + row);
      }
      at += data.length;
    }
  }

  #time(row: number): number {
    const { type } = this.#vector;
    const value: unknown = this.#vector.get(row);
    if (value === undefined) throw new Error(`The column "${this.#name}" is cut off`);
    let time: number | null = null;
    // Arrow hands out timestamps and dates as epoch ms.
    if (typeof value === "number") {
      time =
        DataType.isTimestamp(type) || DataType.isDate(type) ? Math.floor(value) : epochToMs(value);
    } else if (typeof value === "bigint") time = bigEpochToMs(value);
    else if (value instanceof Date) time = value.getTime();
    else if (typeof value === "string") time = parseStamp(value);
    if (time === null) throw cellFault(this.#path, row, this.#name, value);
    return time;
  }

  texts(): (row: number) => string {
    return (row) => String(this.#vector.get(row) ?? "");
  }
}

/** Ticks of each Arrow unit per ms; seconds are below one and go through the slow path's arithmetic. */
const TICKS_PER_MS: Readonly<Record<number, bigint>> = {
  [TimeUnit.SECOND]: 0n,
  [TimeUnit.MILLISECOND]: 1n,
  [TimeUnit.MICROSECOND]: 1_000n,
  [TimeUnit.NANOSECOND]: 1_000_000n,
};

function scaleTicks(ticks: bigint, ticksPerMs: bigint): number {
  if (ticksPerMs === 0n) return Number(ticks) * 1_000;
  if (ticksPerMs === 1n) return Number(ticks);
  const whole = ticks / ticksPerMs;
  return Number(ticks < 0n && whole * ticksPerMs !== ticks ? whole - 1n : whole);
}
