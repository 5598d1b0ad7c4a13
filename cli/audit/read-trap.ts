import { userLine } from "#cli/audit/user-line.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { AheadRead, Place, RunTrace } from "#sim/audit/audit-terms.ts";
import type { StrategyTracer } from "#sim/audit/watch-strategy.ts";

/** A stack costs some ten microseconds: a loop over everything at every bar would take for ever. */
const STACKS_MAX = 2_000;

const COLUMNS = ["time", "open", "high", "low", "close", "volume"] as const;

/**
 * Columns that tell which line of the strategy reads them beyond the bar that closed last. What the engine itself
 * reads is not noticed: only code of the user runs between `enter` and `leave`.
 */
export class ReadTrap implements StrategyTracer {
  readonly #files: () => readonly string[];
  readonly #reads = new Map<string, AheadRead>();
  readonly #decisions: (Place | null)[] = [];
  /** Code of the user that is running, innermost last. */
  readonly #running: { readonly indicator: string | null; readonly time: number }[] = [];
  readonly #stacks = new Map<string | null, number>();

  /** @param files URLs of the files whose lines are told */
  constructor(files: () => readonly string[]) {
    this.#files = files;
  }

  get trace(): RunTrace {
    return { reads: [...this.#reads.values()], decisions: this.#decisions };
  }

  enter(indicator: string | null, time: number): void {
    this.#running.push({ indicator, time });
  }

  leave(): void {
    this.#running.pop();
  }

  decided(): void {
    this.#decisions.push(userLine(this.#files()));
  }

  bars(bars: BarColumns): BarColumns {
    const columns = Object.fromEntries(
      COLUMNS.map((name) => {
        const rows = bars[name].subarray(0, bars.length);
        return [name, this.#column(bars, name, rows, 0)] as const;
      }),
    ) as Record<(typeof COLUMNS)[number], Float64Array>;
    const noticeLength = (): void => this.#notice("length", "length", Number.POSITIVE_INFINITY);
    return {
      intervalMs: bars.intervalMs,
      get length() {
        noticeLength();
        return bars.length;
      },
      ...columns,
    };
  }

  /** A stand-in for rows `first` and following of a column. */
  #column(bars: BarColumns, name: string, rows: Float64Array, first: number): Float64Array {
    const see = (row: number): void => {
      if (row < 0 || row >= rows.length || this.#running.length === 0) return;
      const close = (bars.time[first + row] as number) + bars.intervalMs;
      this.#notice("value", name, close);
    };
    const get = (_target: Float64Array, key: string | symbol): unknown => {
      if (typeof key === "string" && /^\d+$/.test(key)) {
        see(Number(key));
        return rows[Number(key)];
      }
      const member: unknown = Reflect.get(rows, key, rows);
      if (typeof member !== "function") {
        if (key === "length") this.#notice("length", name, Number.POSITIVE_INFINITY);
        else if (key === "buffer") see(rows.length - 1);
        return member;
      }
      return (...args: readonly unknown[]): unknown => {
        const [from, end] = rangeOf(key, args, rows.length);
        if (key !== "subarray" && end > from) see(end - 1);
        const result: unknown = Reflect.apply(member, rows, args);
        return key === "subarray" && result instanceof Float64Array
          ? this.#column(bars, name, result, first + from)
          : result;
      };
    };
    return new Proxy(rows, { get });
  }

  /** Keeps the first read of each line, if what it reads closes after the bar that the running code may know. */
  #notice(kind: AheadRead["kind"], column: string, close: number): void {
    const running = this.#running.at(-1);
    if (running === undefined || close <= running.time) return;
    const { indicator, time } = running;
    const stacks = this.#stacks.get(indicator) ?? 0;
    if (stacks >= STACKS_MAX) return;
    this.#stacks.set(indicator, stacks + 1);
    const place = userLine(this.#files());
    if (place === null) return;
    const key = `${kind} ${indicator ?? ""} ${place.file}:${place.line}`;
    if (!this.#reads.has(key)) this.#reads.set(key, { kind, indicator, column, time, place });
  }
}

/** The rows `[from, end)` that a method of a typed array touches. */
function rangeOf(
  method: string | symbol,
  args: readonly unknown[],
  length: number,
): readonly [from: number, end: number] {
  const row = (value: unknown, missing: number): number => {
    const at = value === undefined ? missing : Math.trunc(Number(value));
    return Math.min(length, Math.max(0, at < 0 ? length + at : at));
  };
  if (method === "at") return [0, Math.min(length, row(args[0], 0) + 1)];
  if (method === "slice" || method === "subarray") return [row(args[0], 0), row(args[1], length)];
  return [0, length];
}
