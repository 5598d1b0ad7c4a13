import type { Link } from "./link.ts";
import { agedKey, contractOf, findingKey, latchKey, Memory } from "./memory.ts";
import type { Row, TableName } from "./tables.ts";

/** What stands in the one row of `projection`. */
export interface ProjectionState {
  readonly version: number;
  readonly lastSeq: number;
  readonly lastCrc: string;
  readonly firstCrc: string;
  readonly historyFrom: number;
}

/** What the projector remembered when it wrote last. */
export async function readMemory(link: Link): Promise<Memory> {
  const memory = new Memory();
  const [state] = await link.rows("SELECT * FROM projection");
  memory.journalId = String(state?.["journal_id"] ?? "");
  memory.firstCrc = String(state?.["first_crc"] ?? "");
  memory.lastSeq = Number(state?.["last_seq"] ?? 0);
  memory.lastCrc = String(state?.["last_crc"] ?? "00000000");
  memory.historyFrom = Number(state?.["history_from"] ?? 1);
  memory.writerId = String(state?.["writer_id"] ?? "");
  memory.writerBuild = String(state?.["writer_build"] ?? "");
  const lives =
    "SELECT * FROM bot_runs QUALIFY life = max(life) OVER (PARTITION BY target) ORDER BY target";
  for (const life of await rows<"bot_runs">(link, lives)) memory.of(life.target ?? "").life = life;
  for (const row of await rows<"contracts">(link, "SELECT * FROM contracts ORDER BY ALL")) {
    memory.of(row.target ?? "").contracts.set(row.symbol_index ?? 0, contractOf(row));
  }
  const working = "SELECT * FROM intents WHERE is_working ORDER BY target, order_no";
  for (const row of await rows<"intents">(link, working)) {
    memory.of(row.target ?? "").working.set(row.order_no ?? 0, row.status ?? "");
  }
  const aged = "SELECT * FROM aged_positions WHERE status <> 'closed' ORDER BY ALL";
  for (const row of await rows<"aged_positions">(link, aged)) {
    const key = agedKey(row.symbol_index ?? 0, row.opened_at ?? 0);
    memory.of(row.target ?? "").aged.set(key, row);
  }
  const latches = "SELECT * FROM latches WHERE lifted_at IS NULL ORDER BY ALL";
  for (const row of await rows<"latches">(link, latches)) {
    memory.of(row.target ?? "").latches.set(latchKey(row.kind ?? "", row.symbol ?? ""), row);
  }
  const findings = "SELECT * FROM reconcile_findings WHERE cleared_at IS NULL ORDER BY told_seq";
  for (const row of await rows<"reconcile_findings">(link, findings)) {
    memory.of(row.target ?? "").findings.set(findingKey(row.key ?? "", row.class ?? ""), row);
  }
  return memory;
}

/** The rows of a query over one table, as they were written. */
async function rows<Name extends TableName>(
  link: Link,
  sql: string,
): Promise<readonly Row<Name>[]> {
  return (await link.rows(sql)) as readonly Row<Name>[];
}
