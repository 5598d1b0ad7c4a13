import type { ExecutionDetails, TradeEvent, TradePath } from "../trade-path.ts";

/** Rounding of sums of doubles, relative to their size. */
const EPSILON = 1e-9;

/**
 * What a trade's path leaves unexplained, one sentence each; none when it leads from a decision to flat without a
 * gap. Everything is derived from the events alone and compared with the trade: sizes, money, prices, times, the end
 * of every order, and for each execution whether its bar bears out the rule that is named.
 */
export function pathGaps(path: TradePath): string[] {
  const gaps: string[] = [];
  const check = (isTrue: boolean, what: string): void => {
    if (!isTrue) gaps.push(what);
  };
  checkOrder(path, check);
  checkSizes(path, check);
  checkMoney(path, check);
  for (const event of path.events) if (event.execution !== undefined) checkRule(path, event, check);
  checkOrders(path, check);
  const { worst, best } = path.excursions;
  check(worst.pct === 0 || worst.bar !== null, "the worst price has a bar");
  check(best.pct === 0 || best.bar !== null, "the best price has a bar");
  return gaps;
}

type Check = (isTrue: boolean, what: string) => void;

function executionsOf(path: TradePath): readonly (TradeEvent & { execution: ExecutionDetails })[] {
  return path.events.filter(
    (event): event is TradeEvent & { execution: ExecutionDetails } => event.execution !== undefined,
  );
}

function checkOrder({ events, openedAt, closedAt, exitReason }: TradePath, check: Check): void {
  check(events[0]?.event === "decision", `begins with a decision, not ${events[0]?.event}`);
  check(events[1]?.event === "intent", "an intent follows");
  check(events[2]?.event === "orderSent", "the order is sent");
  const last = events.at(-1);
  check(last?.event === (closedAt === null ? "openAtEnd" : "closed"), "ends as the trade does");
  check(closedAt === null || last?.reason === exitReason, `ends with ${exitReason}`);
  let before = "";
  for (const { time, event } of events) {
    check(event === "closed" || time >= before, `${event} at ${time} is not before ${before}`);
    if (event !== "closed") before = time;
  }
  const first = events.find(({ execution }) => execution !== undefined);
  check(first?.time === openedAt, `opens at ${openedAt}`);
}

function checkSizes(path: TradePath, check: Check): void {
  const executions = executionsOf(path);
  let qty = 0;
  let largest = 0;
  for (const { execution, time } of executions) {
    check(near(execution.positionBefore, qty), `${time}: the position before is ${qty}`);
    qty += execution.side === "buy" ? execution.qty : -execution.qty;
    check(near(execution.positionAfter, qty), `${time}: the position after is ${qty}`);
    largest = Math.max(largest, Math.abs(execution.positionAfter));
  }
  check(near(largest, path.qty), `the largest size ${largest} is ${path.qty}`);
  const end = executions.at(-1);
  const isFlat = end?.execution.positionAfter === 0;
  check(isFlat === (path.closedAt !== null), "flat where the trade is closed");
  check(path.closedAt === null || end?.time === path.closedAt, `closes at ${path.closedAt}`);
}

function checkMoney(path: TradePath, check: Check): void {
  let fees = 0;
  let gross = 0;
  let entryQty = 0;
  let entryValue = 0;
  const isLong = path.side === "long";
  for (const { execution } of executionsOf(path)) {
    const { side, qty, price, fee } = execution;
    fees += fee;
    gross += side === "sell" ? qty * price : -qty * price;
    if ((side === "buy") !== isLong) continue;
    entryQty += qty;
    entryValue += qty * price;
  }
  const funding = path.events.reduce((sum, event) => sum + (event.funding?.amount ?? 0), 0);
  check(near(fees, path.fees), `fees ${fees} are ${path.fees}`);
  check(near(funding, path.funding), `funding ${funding} is ${path.funding}`);
  const entry = entryValue / entryQty;
  check(Math.abs(entry - path.entryPrice) <= 1e-6 * entry, `entry ${entry} is ${path.entryPrice}`);
  if (path.closedAt !== null)
    check(near(gross, path.grossPnl, entryValue), `gross ${gross} is ${path.grossPnl}`);
  for (const { funding: paid, time } of path.events) {
    if (paid === undefined) continue;
    const owed = -paid.qty * paid.price * paid.rate;
    check(paid.amount >= owed - EPSILON * Math.abs(owed), `${time}: funding is at most ${owed}`);
  }
}

/** Whether the bar of an execution bears out the rule that is named for it. */
function checkRule(path: TradePath, event: TradeEvent, check: Check): void {
  const { execution, rule, bar, time } = event;
  if (execution === undefined || rule === undefined || bar === undefined) {
    check(false, `${time}: an execution has a rule and a bar`);
    return;
  }
  const { reference, price, side } = execution;
  const at = Date.parse(time);
  const opened = Date.parse(bar.time);
  const isInside = at === opened + bar.intervalMs - 1;
  const isOpen = at === opened;
  const isBuy = side === "buy";
  const terms = termsBefore(path, event);
  const say = (isTrue: boolean): void => check(isTrue, `${time}: ${rule.name} is borne out`);
  const beyond = (value: number, level: number): boolean =>
    isBuy ? value >= level : value <= level;
  switch (rule.name) {
    case "marketAtOpen":
    case "restAtOpen":
      say(isOpen && reference === bar.open);
      break;
    case "gapThroughTrigger":
      say(isOpen && reference === bar.open && beyond(bar.open, terms.trigger ?? Number.NaN));
      break;
    case "triggerAtOpen":
      say(isOpen && bar.open === terms.trigger);
      break;
    case "triggerTouched":
      say(isInside && reference === terms.trigger && within(bar, reference));
      break;
    case "limitGap":
      say(isOpen && price === terms.price && beyond(price, bar.open));
      break;
    case "limitThrough":
      say(isInside && price === terms.price && (isBuy ? bar.low < price : bar.high > price));
      break;
    case "limitTakes":
      say(beyond(terms.price ?? Number.NaN, price) && within(bar, price));
      break;
    case "marketInside":
      say(isInside && within(bar, reference));
      break;
    case "liquidationAtOpen":
    case "liquidationOnMark":
      say(isLiquidated(path, event));
      break;
    case "triggerByOtherPrice":
      say(within(bar, reference));
      break;
    case "limitTouch":
    case "marketAtClose":
    case "exitBeyondMargin":
    case "accountLiquidation":
      check(
        false,
        `${time}: ${rule.name} is not looked at here: it needs another setting or proof`,
      );
      break;
  }
}

/** The mark (or the last price where there is none) reaches the liquidation price that was told last. */
function isLiquidated(path: TradePath, event: TradeEvent): boolean {
  const { bar } = event;
  const liquidation = path.events
    .slice(0, path.events.indexOf(event))
    .findLast(({ execution }) => execution !== undefined)?.execution?.liquidationPrice;
  if (bar === undefined || liquidation === null || liquidation === undefined) return false;
  const seen = bar.mark ?? bar;
  if (event.rule?.name === "liquidationAtOpen") {
    return path.side === "long" ? seen.open <= liquidation : seen.open >= liquidation;
  }
  return path.side === "long" ? seen.low <= liquidation : seen.high >= liquidation;
}

function termsBefore(
  path: TradePath,
  event: TradeEvent,
): { price: number | null; trigger: number | null } {
  const known = path.events
    .slice(0, path.events.indexOf(event))
    .findLast(
      (one) => one.order === event.order && one.terms !== undefined && !one.event.endsWith("Sent"),
    )?.terms;
  return { price: known?.price ?? null, trigger: known?.trigger ?? null };
}

/** Every order is wanted, sent and accepted before it does anything, and ends unless the run does or it may go on. */
function checkOrders(path: TradePath, check: Check): void {
  const numbers = new Set(path.events.flatMap(({ order }) => (order === null ? [] : [order])));
  for (const number of numbers) {
    const steps = path.events.filter(({ order, event }) => order === number && event !== "closed");
    const names = steps.map(({ event }) => event);
    check(names[0] === "intent" && names[1] === "orderSent", `order ${number} is wanted and sent`);
    const isReduceOnly = (steps[0]?.intent as { reduceOnly?: boolean } | undefined)?.reduceOnly;
    const end = /^(orderFilled|orderCancelled|orderRejected|orderExpired)$/;
    const mayGoOn = path.closedAt === null || isReduceOnly !== true;
    check(mayGoOn || names.some((name) => end.test(name)), `order ${number} ends`);
    const acts = names.findIndex((name) => /Filled$|Triggered$|Amended$/.test(name));
    const accepted = names.indexOf("orderAccepted");
    check(acts < 0 || (accepted >= 0 && accepted < acts), `order ${number} is accepted first`);
  }
}

function within({ low, high }: { low: number; high: number }, price: number): boolean {
  return low <= price && price <= high;
}

function near(a: number, b: number, scale = Math.max(Math.abs(a), Math.abs(b), 1)): boolean {
  return Math.abs(a - b) <= EPSILON * scale;
}
