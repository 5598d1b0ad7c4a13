import type { Cell, Cells } from "./table-spec.ts";
import { type EventTable, type Row, type StateTable, TABLES, type TableName } from "./tables.ts";

/** The venue's id of a request that became known. */
export interface Binding {
  readonly target: string;
  readonly requestId: string;
  readonly venueOrderId: string;
}

/**
 * Rows that records lead to, until they are written. Of a row that is told several times only what is left in the end is
 * kept, by the same rules by which a table keeps it: writing in one batch or in many leads to the same.
 */
export class Batch {
  readonly #added = new Map<EventTable, Cells[]>();
  readonly #told = new Map<StateTable, Map<string, Cells | null>>();
  readonly bindings: Binding[] = [];

  /** Adds a row that stays as it is. */
  add<Name extends EventTable>(table: Name, row: Row<Name>): void {
    const rows = this.#added.get(table);
    if (rows === undefined) this.#added.set(table, [row]);
    else rows.push(row);
  }

  /** Tells a row that may be told again. */
  put<Name extends StateTable>(table: Name, row: Row<Name>): void {
    const told = this.#rowsOf(table);
    const key = keyOf(table, row);
    const before = told.get(key);
    told.set(key, before === undefined || before === null ? row : merged(table, before, row));
  }

  /** Takes a position that is gone away; of other tables nothing ever goes. */
  remove(key: Pick<Row<"active_positions">, "user_id" | "target" | "symbol" | "slot">): void {
    this.#rowsOf("active_positions").set(keyOf("active_positions", key), null);
  }

  added(table: EventTable): readonly Cells[] {
    return this.#added.get(table) ?? [];
  }

  /** Rows to write over or add, and the keys of those that go. */
  told(table: StateTable): { readonly rows: readonly Cells[]; readonly gone: readonly Cells[] } {
    const rows: Cells[] = [];
    const gone: Cells[] = [];
    for (const [key, row] of this.#told.get(table) ?? []) {
      if (row === null) gone.push(cellsOfKey(table, key));
      else rows.push(row);
    }
    return { rows, gone };
  }

  #rowsOf(table: StateTable): Map<string, Cells | null> {
    let rows = this.#told.get(table);
    if (rows === undefined) {
      rows = new Map();
      this.#told.set(table, rows);
    }
    return rows;
  }
}

/** What a row is after it was told again. */
export function merged(table: TableName, before: Cells, now: Cells): Cells {
  const result: Record<string, Cell> = { ...now };
  for (const [name, [, , keep]] of Object.entries(TABLES[table].columns as SpecColumns)) {
    const old = before[name] ?? null;
    if (keep === "first") result[name] = old;
    else if (keep === "known") result[name] ??= old;
  }
  return result;
}

type SpecColumns = Readonly<Record<string, readonly [string, string, string?]>>;

function keyOf(table: StateTable, row: Cells): string {
  return JSON.stringify(TABLES[table].key.map((name) => row[name]));
}

function cellsOfKey(table: StateTable, key: string): Cells {
  const cells = JSON.parse(key) as Cell[];
  return Object.fromEntries(TABLES[table].key.map((name, at) => [name, cells[at] ?? null]));
}
