import { EngineAged } from "#engine/aged/engine-aged.ts";
import type { EngineConfig } from "#engine/engine-config.ts";
import { Executions } from "#engine/executions.ts";
import { EngineFlattenDesk } from "#engine/flatten/engine-flatten-desk.ts";
import { Flatten } from "#engine/flatten/flatten.ts";
import { Ledger } from "#engine/ledger/ledger.ts";
import { Outbox } from "#engine/model/command.ts";
import { OrderOutcomes } from "#engine/order-outcomes.ts";
import { Desk } from "#engine/orders/desk.ts";
import { OrderManager } from "#engine/orders/order-manager.ts";
import { OrderNews } from "#engine/orders/order-news.ts";
import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import { EngineReconcile } from "#engine/reconcile/engine-reconcile.ts";
import { RecordLog } from "#engine/records/record-log.ts";
import { RiskManager } from "#engine/risk/risk-manager.ts";
import { Protection } from "#engine/rules/protection.ts";

/** What an engine is made of; who knows whom is decided here alone. */
export interface EngineParts {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly records: RecordLog;
  readonly risk: RiskManager;
  readonly orderManager: OrderManager;
  readonly orderNews: OrderNews;
  readonly desk: Desk;
  readonly protections: readonly Protection[];
  readonly flattening: Flatten;
  readonly aged: EngineAged | null;
  readonly executions: Executions;
  readonly outcomes: OrderOutcomes;
  readonly reconcile: EngineReconcile | null;
}

/** @param strategyName Names of strategies by their number, as far as they are known when it is asked. */
export function makeParts(
  config: EngineConfig,
  strategyName: (strategy: number) => string | null,
): EngineParts {
  const { instruments, clocks, ruleSeries } = config;
  const outbox = new Outbox();
  const ledger = new Ledger(instruments, config.startBalance, config.leverage);
  const records = new RecordLog(config.recordSink);
  const risk = new RiskManager({ instruments, ledger, limits: config.risk ?? {} });
  const orderManager = new OrderManager({ instruments, outbox, records, risk });
  const orderNews = new OrderNews(orderManager, RESOLVE_TERMS);
  const desk = new Desk(instruments, ledger, orderManager);
  const protections = ruleSeries.map(
    ({ intervalMs }, symbol) => new Protection(desk.protective, symbol, intervalMs),
  );
  desk.bindProtections(protections);
  for (const protection of protections) protection.setRules(config.rules);
  const { protective } = desk;
  const flattenDesk = new EngineFlattenDesk({ instruments, ledger, orderManager, protective });
  const flattening = new Flatten(flattenDesk);
  const agedParts = { ...config, desk, ledger, records, protections };
  const aged = config.aged ? new EngineAged(config.aged, agedParts) : null;
  const core = { instruments, clocks, ledger, records, orderManager, orderNews, risk, desk };
  const executions = new Executions({ ...core, protections, aged });
  const outcomes = new OrderOutcomes({ ...core, protections, aged });
  const reconcile = config.reconcile
    ? new EngineReconcile(config.reconcile, { ...core, protections, executions, strategyName })
    : null;
  executions.bindReconcile(reconcile?.hearsNews === true ? reconcile : null);
  const made = { outbox, ledger, records, risk, orderManager, orderNews, desk, protections };
  return { ...made, flattening, aged, executions, outcomes, reconcile };
}
