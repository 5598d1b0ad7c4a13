import { assert } from "#engine/assert.ts";
import { Batch } from "./batch.ts";
import { contractOf, type Memory } from "./memory.ts";
import {
  addAnomaly,
  projectControl,
  projectKeptControl,
  projectKeptPositions,
} from "./project-control.ts";
import { addEvent, plainEvent } from "./project-event.ts";
import { projectFills } from "./project-fills.ts";
import { projectKeptOrders, projectOrders } from "./project-orders.ts";
import {
  type ProjectedRecord,
  parseRecord,
  parseSnapshot,
  type StartedRecord,
} from "./record-schema.ts";
import { RecordScope } from "./record-scope.ts";
import type { Row } from "./tables.ts";

/**
 * Turns records into rows, in order and each once. What it remembers between records is `Memory`, and all of that stands
 * in the tables as well: where one process ended the next one goes on.
 */
export class Projector {
  readonly memory: Memory;
  #batch = new Batch();

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** Takes the next record. @throws E_DATA_FORMAT */
  apply(record: ProjectedRecord): void {
    const { memory } = this;
    const { seq, crc, target, kind } = record;
    assert(seq === memory.lastSeq + 1, () => `Record ${memory.lastSeq} is followed by ${seq}`);
    const parsed = parseRecord(record);
    if (parsed.kind === "header") {
      if (memory.journalId === "") {
        memory.journalId = parsed.data.id;
        memory.firstCrc = crc;
      }
      memory.writerId = parsed.data.id;
      memory.writerBuild = parsed.data.build;
    } else if (target !== null) {
      const scope = this.#scope(seq, record.ts, target);
      if (parsed.kind === "started") this.#start(scope, parsed.data);
      this.#count(scope);
      if (parsed.kind === "step") {
        addEvent(scope, kind, parsed.data);
        projectFills(scope, kind, parsed.data);
        projectOrders(scope, parsed.data);
        projectControl(scope, parsed.data);
      } else this.#batch.add("events", plainEvent(scope, kind));
      if (parsed.kind === "bound") this.#batch.bindings.push({ target, ...parsed.data });
      if (parsed.kind === "anomaly") addAnomaly(this.#batch, scope, parsed.data);
    } else {
      this.#batch.add("events", plainEvent({ seq, ts: record.ts, target }, kind));
    }
    memory.lastSeq = seq;
    memory.lastCrc = crc;
  }

  /** Begins with the state that a snapshot kept: what was before is not known. @throws E_DATA_FORMAT */
  begin(snapshot: {
    readonly seq: number;
    readonly ts: number;
    readonly recordCrc: string;
    readonly state: unknown;
  }): void {
    const { memory } = this;
    assert(memory.lastSeq === 0, () => "A snapshot is where a history begins");
    const { seq, ts, recordCrc, state } = snapshot;
    for (const [target, started] of Object.entries(parseSnapshot(seq, state))) {
      const scope = this.#scope(seq, ts, target);
      this.#begin(scope, started);
    }
    memory.historyFrom = seq + 1;
    memory.lastSeq = seq;
    memory.lastCrc = recordCrc;
  }

  /** The rows since the last call. */
  take(): Batch {
    const batch = this.#batch;
    this.#batch = new Batch();
    return batch;
  }

  #scope(seq: number, ts: number, target: string): RecordScope {
    return new RecordScope({ seq, ts, memory: this.memory.of(target), batch: this.#batch });
  }

  /** A life of a target that was not told of before begins with all that was kept. */
  #begin(scope: RecordScope, started: StartedRecord): void {
    const { memory, target, ts, batch } = scope;
    memory.life = {
      target,
      life: 1,
      engine_id: null,
      build: null,
      run_key: started.runKey,
      started_seq: null,
      started_at: null,
      last_seen_at: ts,
      ended_at: null,
      records: 0,
    };
    batch.put("bot_runs", memory.life);
    takeContracts(scope, started);
    projectKeptOrders(scope, started);
    projectKeptControl(scope, started.state.control);
    projectKeptPositions(scope, started.positions);
  }

  #start(scope: RecordScope, started: StartedRecord): void {
    const { memory, target, seq, ts, batch } = scope;
    const before = memory.life;
    if (before !== null) batch.put("bot_runs", { ...before, ended_at: before.last_seen_at });
    memory.life = {
      target,
      life: (before?.life ?? 0) + 1,
      engine_id: this.memory.writerId,
      build: this.memory.writerBuild,
      run_key: started.runKey,
      started_seq: seq,
      started_at: ts,
      last_seen_at: ts,
      ended_at: null,
      records: 0,
    };
    takeContracts(scope, started);
    if (before === null) {
      projectKeptOrders(scope, started);
      projectKeptPositions(scope, started.positions);
    }
    projectKeptControl(scope, started.state.control);
  }

  #count({ memory, ts, batch }: RecordScope): void {
    if (memory.life === null) return;
    const records = (memory.life.records ?? 0) + 1;
    memory.life = { ...memory.life, records, last_seen_at: ts };
    batch.put("bot_runs", memory.life);
  }
}

function takeContracts({ memory, target, batch }: RecordScope, started: StartedRecord): void {
  started.contracts.forEach((told, index) => {
    const row: Row<"contracts"> = { target, symbol_index: index, ...told };
    memory.contracts.set(index, contractOf(row));
    batch.put("contracts", row);
  });
}
