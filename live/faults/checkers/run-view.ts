import { must } from "#engine/assert.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import { RECORD, type RecordKind } from "#engine/records/record-log.ts";
import type { AppendedRecord } from "#live/driver/live-driver.ts";
import type { Simulation } from "#live/faults/simulate.ts";
import { engineSlots } from "#live/faults/world/engine-slots.ts";
import type { World } from "#live/faults/world/world.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { Step } from "#live/steps/step.ts";
import type { OrderChange, SeenRecord, TradingRow } from "./seen-record.ts";
import { TargetView } from "./target-view.ts";

/** A record as it was appended, with the virtual time of that. */
export interface KeptRecord extends AppendedRecord {
  readonly time: number;
}

/** Records that are no steps of an engine. */
const PLAIN: ReadonlySet<string> = new Set(["bound", "banned", "data.anomaly"]);

/** The whole run as its journal tells it, and the way to what is so. */
export class RunView {
  readonly simulation: Simulation;
  readonly targets: readonly TargetView[];
  /** What the life before had synced last, and what this one has found. */
  syncedBefore = 0;
  recoveredSeq = 0;
  readonly #byKey: ReadonlyMap<string, TargetView>;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.targets = simulation.world.targets.map(
      (target) =>
        new TargetView(
          target,
          engineSlots(target.plan),
          () => simulation.program?.driver.targets.find(({ key }) => key === target.key) ?? null,
        ),
    );
    this.#byKey = new Map(this.targets.map((target) => [target.key, target]));
  }

  get world(): World {
    return this.simulation.world;
  }

  target(key: string): TargetView {
    return must(this.#byKey.get(key), "Records name targets of the plan");
  }

  /** Takes a record over and tells what it changed. */
  see({ seq, kind, target: key, data, time }: KeptRecord, isReplay: boolean): SeenRecord {
    const target = this.target(must(key, "Every record of a run is of a target"));
    if (kind === "started") return this.#start(target, seq, data as StartRecord, time, isReplay);
    const isStep = !PLAIN.has(kind);
    const step = isStep ? (data as Step) : null;
    if (kind === "restarted") target.isConnected = true;
    const event = step?.event ?? {};
    const rows = (step?.records ?? []).map(
      (values): TradingRow => ({ kind: values[0] as RecordKind, values }),
    );
    const orders = (step?.orders ?? []).map((after) => change(target, after));
    const requests = step?.requests ?? [];
    const at = Number(event["time"] ?? Number.NaN);
    for (const record of requests) {
      if (record.kind !== "place") continue;
      if (!target.places.has(record.requestId)) {
        const ids = target.attempts.get(record.order) ?? [];
        target.attempts.set(record.order, [...ids, record.requestId]);
      }
      target.places.set(record.requestId, { record, seq, at });
    }
    addLots(target.lots, rows);
    return { seq, kind, target, data, time, step, event, at, orders, requests, rows, isReplay };
  }

  /** A life begins: what the journal kept is what it starts from. */
  #start(
    target: TargetView,
    seq: number,
    data: StartRecord,
    time: number,
    isReplay: boolean,
  ): SeenRecord {
    target.isConnected = false;
    const base = { seq, kind: "started", target, data, time, step: null, event: {} };
    return { ...base, at: Number.NaN, orders: [], requests: [], rows: [], isReplay };
  }
}

function change(target: TargetView, after: OrderState): OrderChange {
  const before = target.orders.get(after.requestId) ?? null;
  target.orders.set(after.requestId, after);
  return { before, after };
}

const MOVES: ReadonlySet<RecordKind> = new Set([RECORD.fill, RECORD.liquidation, RECORD.external]);

function addLots(lots: number[], rows: readonly TradingRow[]): void {
  for (const { kind, values } of rows) {
    if (!MOVES.has(kind)) continue;
    const index = values[2] as number;
    lots[index] = (lots[index] as number) + (values[5] as number);
  }
}
