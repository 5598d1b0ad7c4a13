import { DrydockError } from "#engine/errors.ts";
import type { Batch } from "./batch.ts";
import type { Link } from "./link.ts";
import type { Memory } from "./memory.ts";
import type { Cells, TableSpec } from "./table-spec.ts";
import { type StateTable, TABLE_NAMES, TABLES } from "./tables.ts";

const BINDINGS = {
  target: ["VARCHAR", ""],
  request_id: ["VARCHAR", ""],
  venue_order_id: ["VARCHAR", ""],
} as const satisfies TableSpec["columns"];

/**
 * Writes what records led to, and how far they are, within the transaction of the link.
 *
 * @param base the last record that the tables contained when the batch began
 * @throws E_STORE_LOCKED when somebody else has written them since
 */
export async function writeBatch(
  link: Link,
  batch: Batch,
  base: number,
  memory: Memory,
): Promise<void> {
  const [found] = await link.rows("SELECT last_seq FROM projection");
  if (found?.["last_seq"] !== base) throw writtenByOthers();
  for (const table of TABLE_NAMES) {
    const spec: TableSpec = TABLES[table];
    if (spec.key === null) {
      const rows = batch.added(table as Parameters<Batch["added"]>[0]);
      if (rows.length > 0) await link.append(table, spec.columns, rows);
    } else {
      await writeState(link, table as StateTable, spec, batch);
    }
  }
  await writeBindings(link, batch);
  const { journalId, firstCrc, lastSeq, lastCrc, historyFrom, writerId, writerBuild } = memory;
  await link.run(
    `UPDATE projection SET journal_id = ${text(journalId)}, first_crc = ${text(firstCrc)}, last_seq = ${lastSeq},
       last_crc = ${text(lastCrc)}, history_from = ${historyFrom}, writer_id = ${text(writerId)},
       writer_build = ${text(writerBuild)}`,
  );
}

/** Rows that may be there already: staged, then written over, then added where they were not. */
async function writeState(
  link: Link,
  table: StateTable,
  spec: TableSpec,
  batch: Batch,
): Promise<void> {
  const { rows, gone } = batch.told(table);
  const key = spec.key ?? [];
  if (gone.length > 0) {
    const columns = Object.fromEntries(key.map((name) => [name, columnOf(spec, name)]));
    const stage = await staged(link, `gone_${table}`, columns, gone);
    await link.run(`DELETE FROM ${table} AS t USING ${stage} AS s WHERE ${same(key)}`);
    await link.run(`DELETE FROM ${stage}`);
  }
  if (rows.length === 0) return;
  const stage = await staged(link, `told_${table}`, spec.columns, rows);
  const changes = Object.entries(spec.columns)
    .filter(([name, [, , keep]]) => !key.includes(name) && keep !== "first")
    .map(([name, [, , keep]]) =>
      keep === "known"
        ? `"${name}" = coalesce(s."${name}", t."${name}")`
        : `"${name}" = s."${name}"`,
    );
  await link.run(
    `UPDATE ${table} AS t SET ${changes.join(", ")} FROM ${stage} AS s WHERE ${same(key)}`,
  );
  await link.run(
    `INSERT INTO ${table} SELECT s.* FROM ${stage} AS s ANTI JOIN ${table} AS t ON ${same(key)}`,
  );
  await link.run(`DELETE FROM ${stage}`);
}

/** The requests that a venue's id belongs to may stand in this batch or in an earlier one. */
async function writeBindings(link: Link, { bindings }: Batch): Promise<void> {
  if (bindings.length === 0) return;
  const last = new Map(
    bindings.map(({ target, requestId, venueOrderId }) => [
      `${target} ${requestId}`,
      { target, request_id: requestId, venue_order_id: venueOrderId },
    ]),
  );
  const stage = await staged(link, "bindings", BINDINGS, [...last.values()]);
  await link.run(
    `UPDATE requests AS t SET venue_order_id = s.venue_order_id FROM ${stage} AS s
     WHERE t.kind = 'place' AND t.target = s.target AND t.request_id = s.request_id`,
  );
  await link.run(`DELETE FROM ${stage}`);
}

/** Puts rows into a table of this connection alone. */
async function staged(
  link: Link,
  name: string,
  columns: TableSpec["columns"],
  rows: readonly Cells[],
): Promise<string> {
  const fields = Object.entries(columns).map(([column, [type]]) => `"${column}" ${type}`);
  const table = `temp.${name}`;
  await link.run(`CREATE TEMP TABLE IF NOT EXISTS ${name} (${fields.join(", ")})`);
  await link.append(table, columns, rows);
  return table;
}

function writtenByOthers(): DrydockError {
  return new DrydockError("E_STORE_LOCKED", "The tables of the journal are written by others", {
    hint: "Open them once per process",
  });
}

function columnOf(spec: TableSpec, name: string): TableSpec["columns"][string] {
  return spec.columns[name] ?? ["VARCHAR", ""];
}

function same(key: readonly string[]): string {
  return key.map((name) => `t."${name}" = s."${name}"`).join(" AND ");
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
