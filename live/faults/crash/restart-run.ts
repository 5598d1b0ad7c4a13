import { AGED_REASONS, AGED_STATUSES } from "#engine/aged/aged-record.ts";
import type { Engine } from "#engine/engine.ts";
import type { OperatorOrder } from "#engine/model/event.ts";
import { STATUS, type StatusName } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { Step } from "#live/steps/step.ts";
import { checkEnd } from "./check-end.ts";
import { checkIntents, recordsOf, requestsOf } from "./check-journal.ts";
import { CrashRun, type EndKind } from "./crash-run.ts";
import { ACCOUNT, type CrashScenario, START } from "./crash-scenario.ts";

/** A story in which a person may say something, too. */
export interface RestartStory extends CrashScenario {
  /** So long after the start, ms. */
  readonly said?: readonly { readonly after: number; readonly order: OperatorOrder }[] | undefined;
  /** What may still be latched or open at the end of it. */
  readonly leaves?: RegExp | undefined;
}

export interface RestartTerms {
  readonly story: RestartStory;
  /**
   * The state in which the program ends, after the first callback that leaves it so. `isDurable`: everything that the
   * engine knows then lasts.
   */
  readonly reached: (engine: Engine, isDurable: boolean) => boolean;
  /** Null: it goes on. */
  readonly how: EndKind | null;
}

/** All of a run that a restart must not change. */
export interface RestartOutcome {
  /** Virtual time at which the state was reached first, ms since the start; null: never. */
  readonly reachedAt: number | null;
  /** Every order of ours that arrived at the venue, by its intent. */
  readonly orders: readonly string[];
  readonly executions: readonly string[];
  readonly aged: readonly AgedMove[];
  /** Positions, money, latches and the kill switch at the end. */
  readonly books: readonly string[];
  /** What is not as it must be, whatever the state. */
  readonly said: readonly string[];
}

/** One transition of the aged rules. */
export interface AgedMove {
  readonly what: string;
  /** Ms since the start. */
  readonly at: number;
}

const SETTLE_MS = 120_000;

/** Runs a story with the program ended in a state, once, and started again at that very moment. */
export function restartIn({ story, reached, how }: RestartTerms): RestartOutcome {
  const run = new CrashRun({ scenario: story, crashes: [], restartMs: 0 });
  const { world } = run;
  for (const { after, order } of story.said ?? []) {
    world.time.at(START + after, () => run.program?.driver.order(order, "a person"));
  }
  let reachedAt: number | null = null;
  run.start();
  run.runUntil(START + story.plan.durationMs + SETTLE_MS, () => {
    const engine = run.program?.engine(ACCOUNT.key);
    const isDurable = run.program?.driver.journal?.isDirty === false;
    if (reachedAt !== null || engine === undefined || !reached(engine, isDurable)) return;
    reachedAt = world.time.now - START;
    if (how !== null) run.end(how, 0);
  });
  const { leaves } = story;
  const said = [...run.failures, ...checkEnd(world, run.program), ...story.check(world)];
  const books = booksOf(run);
  run.stop();
  return {
    reachedAt,
    ...venueOf(run),
    aged: agedOf(run),
    books,
    said: [
      ...said.filter((text) => leaves?.test(text) !== true),
      ...checkIntents(world, recordsOf(world)),
    ],
  };
}

/** Whether an order of the engine has that status. */
export function hasOrder(name: StatusName): (engine: Engine) => boolean {
  return ({ ledger, orderManager }) =>
    ledger.positions.some((_, symbol) =>
      orderManager.store.working(symbol).some(({ status }) => status === STATUS[name]),
    );
}

function venueOf({ world }: CrashRun): Pick<RestartOutcome, "orders" | "executions"> {
  const intents = new Map(
    requestsOf(recordsOf(world)).map(({ requestId, intentId }) => [requestId, intentId]),
  );
  const truth = world.truth(ACCOUNT.key);
  const orders = truth.orders
    .filter(({ origin }) => origin === "client")
    .map(({ clientId, side, type, reduceOnly, status, qtyLots, filledLots }) => {
      const what = `side ${side} type ${type} reduceOnly ${reduceOnly}`;
      return `${intents.get(clientId)} ${what} ${status} ${filledLots}/${qtyLots}`;
    });
  const executions = truth.executions.map(({ clientId, signedLots, priceTicks, time, cause }) => {
    const whose = clientId === "" ? cause : intents.get(clientId);
    return `${time - START} ${whose} ${signedLots} at ${priceTicks}`;
  });
  return { orders: orders.sort(), executions };
}

function agedOf({ world }: CrashRun): readonly AgedMove[] {
  const steps = recordsOf(world).map(({ data }) => data as Partial<Step> | null);
  return steps
    .flatMap((step) => step?.records ?? [])
    .filter(([kind]) => kind === RECORD.aged)
    .map((row) => {
      const status = AGED_STATUSES[row[5] as number];
      const reason = AGED_REASONS[row[9] as number];
      return { what: `${row[4]} ${status} ${reason}`, at: (row[1] as number) - START };
    });
}

function booksOf({ world, program }: CrashRun): readonly string[] {
  const { positions, wallet } = world.truth(ACCOUNT.key);
  const engine = program?.engine(ACCOUNT.key);
  const rows = engine?.reconcile?.positions() ?? [];
  const { halt, haltedSymbols, quarantined } = engine?.risk.latches.state() ?? {};
  return [
    ...positions.map(({ symbol, qtyLots, entryPrice }) => `${symbol} ${qtyLots} at ${entryPrice}`),
    ...rows.map((row) => JSON.stringify(row, withoutTimes)),
    `wallet ${wallet}`,
    `latches ${JSON.stringify({ halt, haltedSymbols, quarantined }, withoutTimes)}`,
    `flatten ${engine?.flattening.status.phase}`,
  ];
}

/** Fields that tell when a program heard of something, which a restart may delay. */
const HEARD: readonly string[] = ["since", "firstSeenAt", "updatedAt", "markPrice"];

function withoutTimes(key: string, value: unknown): unknown {
  return HEARD.includes(key) ? undefined : value;
}
