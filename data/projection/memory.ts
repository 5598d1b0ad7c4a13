import { fromUnits, type Grid, makeGrid } from "#engine/model/grid.ts";
import type { Row } from "./tables.ts";

/** A place of an engine; grids are null where the journal does not tell them. */
export interface Contract {
  readonly symbol: string | null;
  readonly slot: string | null;
  readonly tick: Grid | null;
  readonly lot: Grid | null;
}

export const UNKNOWN_CONTRACT: Contract = { symbol: null, slot: null, tick: null, lot: null };

/** What later records refer to, per target. All of it can be read from the tables again. */
export class TargetMemory {
  readonly target: string;
  /** Null while nothing was told of the target. */
  life: Row<"bot_runs"> | null = null;
  readonly contracts = new Map<number, Contract>();
  /** Status of every intent whose order has not ended, by the number of the order. */
  readonly working = new Map<number, string>();
  /** Those that are not closed. */
  readonly aged = new Map<string, Row<"aged_positions">>();
  /** Those that stand. */
  readonly latches = new Map<string, Row<"latches">>();
  /** Those that last. */
  readonly findings = new Map<string, Row<"reconcile_findings">>();

  constructor(target: string) {
    this.target = target;
  }

  contract(index: number): Contract {
    return this.contracts.get(index) ?? UNKNOWN_CONTRACT;
  }
}

/** What the projector remembers between records. */
export class Memory {
  readonly targets = new Map<string, TargetMemory>();
  /** The journal's first header, and the newest. */
  journalId = "";
  firstCrc = "";
  writerId = "";
  writerBuild = "";
  lastSeq = 0;
  lastCrc = "00000000";
  /** The first record that the tables tell of. */
  historyFrom = 1;

  of(target: string): TargetMemory {
    let memory = this.targets.get(target);
    if (memory === undefined) {
      memory = new TargetMemory(target);
      this.targets.set(target, memory);
    }
    return memory;
  }
}

export function agedKey(symbol: number, openedAt: number): string {
  return `${symbol} ${openedAt}`;
}

export function latchKey(kind: string, symbol: string): string {
  return `${kind} ${symbol}`;
}

export function findingKey(key: string, kind: string): string {
  return `${kind} ${key}`;
}

export function contractOf(row: Row<"contracts">): Contract {
  const { symbol, slot, tick, lot } = row;
  return { symbol, slot, tick: gridOf(tick), lot: gridOf(lot) };
}

function gridOf(step: number | null): Grid | null {
  return step === null ? null : makeGrid(step);
}

/** Units as a decimal, correctly rounded; null where one of the two is not known. */
export function onGrid(grid: Grid | null, units: number | null): number | null {
  return grid === null || units === null ? null : fromUnits(grid, units);
}
