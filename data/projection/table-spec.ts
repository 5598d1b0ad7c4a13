/** A column as DuckDB knows it. Times are UTC with milliseconds. */
export type ColumnType = "VARCHAR" | "DOUBLE" | "BIGINT" | "BOOLEAN" | "TIMESTAMP";

/**
 * What becomes of a value when its row is told again: the new one counts unless the column says `first` (the one that
 * was told first stays) or `known` (a null takes nothing away).
 */
export type Keep = "first" | "known";

/** Type, what it says, and what becomes of it when it is told again. */
export type ColumnSpec = readonly [type: ColumnType, says: string, keep?: Keep];

export interface TableSpec {
  readonly says: string;
  /** Columns by which a row is told again; null: rows are only added. */
  readonly key: readonly string[] | null;
  readonly columns: Readonly<Record<string, ColumnSpec>>;
}

/** A value of a row; TIMESTAMP as epoch ms, BIGINT as a safe integer. */
export type Cell = string | number | boolean | null;
export type Cells = Readonly<Record<string, Cell>>;

type CellOf<Type extends ColumnType> = Type extends "VARCHAR"
  ? string | null
  : Type extends "BOOLEAN"
    ? boolean | null
    : number | null;

/** A row of a table: every column, and no other. */
export type RowOf<Spec extends TableSpec> = {
  readonly [Name in keyof Spec["columns"]]: CellOf<Spec["columns"][Name][0]>;
};

/** The statements that make a table, with what its columns say, as one text. */
export function createStatement(name: string, { says, columns }: TableSpec): string {
  const fields = Object.entries(columns).map(([column, [type]]) => `"${column}" ${type}`);
  return [
    `CREATE TABLE ${name} (${fields.join(", ")})`,
    `COMMENT ON TABLE ${name} IS ${literal(says)}`,
    ...Object.entries(columns).map(
      ([column, [, text]]) => `COMMENT ON COLUMN ${name}."${column}" IS ${literal(text)}`,
    ),
  ].join(";\n");
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
