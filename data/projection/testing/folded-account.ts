import type { ProjectedRecord } from "#data/projection/record-schema.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import type { JsonNumber } from "#engine/json-number.ts";
import { fromUnits, type Grid } from "#engine/model/grid.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";

/** An account: its tables, its records, and what these fold to without the projection. */
export interface FoldedAccount {
  /** Rows of a table, in the order of these columns. */
  readonly rows: (table: string, order: string) => Promise<readonly Cells[]>;
  readonly records: readonly ProjectedRecord[];
  readonly kept: StartRecord;
  readonly places: readonly Place[];
}

/** A place of the engine, as the journal tells it. */
export interface Place {
  readonly symbol: string;
  readonly slot: string;
  readonly tick: Grid;
  readonly lot: Grid;
}

/** Units on a grid; null where there are none. */
export function onGrid(grid: Grid, units: JsonNumber): number | null {
  return units === null ? null : fromUnits(grid, units);
}
