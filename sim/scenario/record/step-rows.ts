import { isoTime } from "#engine/market/iso-time.ts";
import { COMMAND, type Command } from "#engine/model/command.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  hasLimitPrice,
  hasTriggerPrice,
  ORDER_TYPE,
  type OrderTypeName,
  purposeName,
  TIME_IN_FORCE,
  TRIGGER_BY,
} from "#engine/model/order-terms.ts";
import { unpackKey } from "#engine/orders/intent-key.ts";
import type { ObservedRun } from "./observe-run.ts";
import type { RecordWindow } from "./record-window.ts";

type Row = Readonly<Record<string, unknown>>;

export interface StepRows {
  readonly steps: readonly Row[];
  /** Name of the order behind a request, as far as the scenario places it. */
  readonly names: ReadonlyMap<number, string>;
}

export interface StepTerms {
  readonly window: RecordWindow;
  /** Bars that stand before the window. */
  readonly shift: number;
  /** Whether the orders of exit rules and protection are placed as steps, or left to the scenario's rules. */
  readonly placesRules: boolean;
  readonly isMulti: boolean;
}

const ENGINE = 0;

/** The commands of a run as steps: first what rests when the window begins, then what was asked for inside it. */
export function stepRows(observed: ObservedRun, terms: StepTerms): StepRows {
  const { window, shift, placesRules } = terms;
  const firstClose = window.start + window.intervalMs;
  const names = new Map<number, string>();
  const steps: Row[] = [];
  const place = (command: Command, at: number): void => {
    const name = `${wordOf(command)}-${names.size + 1}`;
    names.set(command.requestId, name);
    steps.push({ at, order: name, ...orderRow(observed, command, terms) });
  };
  for (const command of restingAt(observed, firstClose)) {
    if (placesRules || !isOfRule(command)) place(command, shift);
  }
  for (const command of observed.commands) {
    const { time, kind, requestId } = command;
    if (time < firstClose || time >= window.end) continue;
    const at = Math.max(0, barOf(time, window)) + shift;
    if (kind === COMMAND.place) {
      if (placesRules || !isOfRule(command)) place(command, at);
    } else if (kind === COMMAND.configure) {
      const { leverage, marginAdded } = command;
      const word = leverage > 0 ? { leverage } : { addMargin: marginAdded };
      steps.push({ at, ...word, ...slotRow(observed, command, terms, leverage === 0) });
    } else {
      const name = names.get(requestId);
      if (name === undefined) continue;
      const change = kind === COMMAND.amend ? changeRow(observed, command) : {};
      steps.push({ at, [kind === COMMAND.amend ? "amend" : "cancel"]: name, ...change });
    }
  }
  return { steps, names };
}

/** The bar at whose close it is taken: of a command inside a bar that bar itself. */
function barOf(time: number, { start, intervalMs }: RecordWindow): number {
  const bars = (time - start) / intervalMs;
  return Number.isInteger(bars) ? bars - 1 : Math.floor(bars);
}

/** Orders that had been asked for and had not ended, with the size and prices that they had by then. */
function restingAt(observed: ObservedRun, time: number): readonly Command[] {
  const resting = new Map<number, Command>();
  for (const command of observed.commands) {
    if (command.time >= time) break;
    const { kind, requestId } = command;
    if (kind === COMMAND.place) {
      resting.set(requestId, command);
    } else if (kind === COMMAND.amend) {
      const known = resting.get(requestId);
      if (known !== undefined) resting.set(requestId, amended(known, command));
    }
  }
  return [...resting.values()].flatMap((command) => {
    if ((observed.endedAt.get(command.requestId) ?? Number.POSITIVE_INFINITY) < time) return [];
    const left = command.qtyLots - filledBefore(observed, command.requestId, time);
    return left > 0 ? [changed(command, { qtyLots: left })] : [];
  });
}

function amended(command: Command, change: Command): Command {
  const { qtyLots, priceTicks, triggerTicks } = change;
  return changed(command, {
    ...(qtyLots === qtyLots ? { qtyLots } : {}),
    ...(priceTicks === priceTicks ? { priceTicks } : {}),
    ...(triggerTicks === triggerTicks ? { triggerTicks } : {}),
  });
}

function changed(command: Command, change: Partial<Command>): Command {
  const { conditions } = command;
  const copy = Object.assign(Object.create(null) as Command, command, change);
  return Object.assign(copy, { conditions });
}

function filledBefore(observed: ObservedRun, requestId: number, time: number): number {
  return observed.fills.reduce((sum, fill) => {
    return fill.requestId === requestId && fill.time < time ? sum + fill.lots : sum;
  }, 0);
}

function isOfRule(command: Command): boolean {
  return unpackKey(command.keyRest).strategy === ENGINE;
}

/** `entry`, `stopLoss`, `exit`: what the order was for. */
function wordOf(command: Command): string {
  const purpose = purposeName(unpackKey(command.keyRest).leg);
  return purpose === "signal" ? "exit" : purpose;
}

function instrumentAt({ backtest }: ObservedRun, slot: number): Instrument {
  return (backtest.symbols[slot] as { readonly instrument: Instrument }).instrument;
}

function slotRow(
  observed: ObservedRun,
  { symbol }: Command,
  { isMulti }: StepTerms,
  namesSide: boolean,
): Row {
  const isHedge = observed.backtest.config.settings.positionMode === "hedge";
  return {
    symbol: isMulti ? instrumentAt(observed, symbol).symbol : undefined,
    positionSide: isHedge && namesSide ? (symbol % 2 === 0 ? "long" : "short") : undefined,
  };
}

function orderRow(observed: ObservedRun, command: Command, terms: StepTerms): Row {
  const { tick, lot } = instrumentAt(observed, command.symbol);
  const { side, type, qtyLots, priceTicks, triggerTicks, reduceOnly, conditions } = command;
  const priceOf = (ticks: number): number => fromUnits(tick, ticks);
  const { expiresAt, callbackPct, callbackTicks, activationTicks, group } = conditions;
  return {
    ...slotRow(observed, command, terms, true),
    side: side > 0 ? "buy" : "sell",
    type: wordFor<OrderTypeName>(ORDER_TYPE, type),
    qty: fromUnits(lot, qtyLots),
    price: hasLimitPrice(type) ? priceOf(priceTicks) : undefined,
    trigger: hasTriggerPrice(type) ? priceOf(triggerTicks) : undefined,
    ...(conditions.isPlain
      ? {}
      : {
          triggerBy:
            conditions.triggerBy > 0 ? wordFor(TRIGGER_BY, conditions.triggerBy) : undefined,
          callbackPct: known(callbackPct),
          callback: callbackTicks === callbackTicks ? callbackTicks * tick.step : undefined,
          activation: activationTicks === activationTicks ? priceOf(activationTicks) : undefined,
          tif:
            conditions.timeInForce > 0 ? wordFor(TIME_IN_FORCE, conditions.timeInForce) : undefined,
          expiresAt: expiresAt === expiresAt ? isoTime(expiresAt) : undefined,
          postOnly: conditions.isPostOnly ? true : undefined,
          oco: group > 0 ? `group-${group}` : undefined,
        }),
    reduceOnly: reduceOnly ? true : undefined,
  };
}

function changeRow(observed: ObservedRun, command: Command): Row {
  const { tick, lot } = instrumentAt(observed, command.symbol);
  const { qtyLots, priceTicks, triggerTicks } = command;
  return {
    qty: qtyLots === qtyLots ? fromUnits(lot, qtyLots) : undefined,
    price: priceTicks === priceTicks ? fromUnits(tick, priceTicks) : undefined,
    trigger: triggerTicks === triggerTicks ? fromUnits(tick, triggerTicks) : undefined,
  };
}

function known(value: number): number | undefined {
  return value === value ? value : undefined;
}

function wordFor<Word extends string>(words: Readonly<Record<Word, number>>, value: number): Word {
  const found = Object.entries(words).find(([, one]) => one === value);
  return (found?.[0] ?? "") as Word;
}
