import type { ControlState, EngineState, SymbolState } from "#engine/engine-state.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import { ENDED_KEPT, slotOf } from "#engine/orders/order-store.ts";
import type { ActivePosition, RowChange } from "#engine/reconcile/active-positions.ts";
import { positionKey } from "#engine/reconcile/findings.ts";
import { type OrderNameState, OrderNames } from "#live/steps/order-names.ts";
import type { Step } from "#live/steps/step.ts";

/** How the engine of a target and the names of its orders stood when a process began to run them. */
export interface StartRecord {
  readonly state: EngineState;
  readonly names: readonly OrderNameState[];
  /** Rows of `active_positions` of the account. */
  readonly positions: readonly ActivePosition[];
  /** When the last ban of the venue ends or ended, epoch ms of the engine; missing: there was none. */
  readonly bannedUntil?: number;
}

/** A place of the engine with the grid of its numbers: lots and ticks in records are multiples of these. */
export interface ContractRecord {
  readonly symbol: string;
  readonly slot: PositionSlot;
  /** Quote units. */
  readonly tick: number;
  /** Base units. */
  readonly lot: number;
}

/** A start record as it is written: what nobody recovers from, but readers of the journal need. */
export interface ToldStart extends StartRecord {
  /** The deployment: part of every intent's identity. */
  readonly runKey: string;
  /** By the engine's index. */
  readonly contracts: readonly ContractRecord[];
}

/** State of one target as the fold of its records: the last that was told of each thing. */
export class StepFold {
  readonly #orders = new Map<number, OrderState>();
  #slots: number[] = [];
  readonly #symbols: SymbolState[] = [];
  #account: EngineState["account"] | null = null;
  #strategies: EngineState["strategies"] = [];
  #control: ControlState | null = null;
  readonly #names = new OrderNames();
  readonly #positions = new Map<string, ActivePosition>();
  #bannedUntil: number | undefined;

  /** Begins anew from a start record or a snapshot of the fold. */
  start({ state, names, positions, bannedUntil }: StartRecord): void {
    this.#orders.clear();
    for (const order of [...state.orders.ended, ...state.orders.working]) {
      this.#orders.set(order.requestId, order);
    }
    this.#slots = [...state.orders.slots];
    this.#symbols.splice(0, this.#symbols.length, ...state.symbols);
    this.#account = state.account;
    this.#strategies = state.strategies;
    this.#control = state.control;
    this.#names.restore(names, state);
    this.#positions.clear();
    for (const row of positions) this.#positions.set(positionKey(row.symbol, row.slot), row);
    this.#bannedUntil = bannedUntil;
  }

  apply(step: Step): void {
    for (const order of step.orders ?? []) this.#takeOrder(order);
    for (const [at, symbol] of Object.entries(step.symbols ?? {})) {
      this.#symbols[Number(at)] = symbol;
    }
    if (step.account !== undefined) this.#account = step.account;
    if (step.strategies !== undefined) this.#strategies = step.strategies;
    if (step.control !== undefined && this.#control !== null) {
      this.#control = { ...this.#control, ...step.control };
    }
    for (const note of step.notes ?? []) if ("row" in note) this.#takeRow(note);
    this.#names.follow(step);
  }

  /** The venue's id of an attempt became known. */
  bind(requestId: string, venueOrderId: string): void {
    this.#names.bind(requestId, venueOrderId);
  }

  /** The venue takes nothing until then. */
  ban(until: number): void {
    this.#bannedUntil = until;
  }

  /** Null before any start record. */
  result(): StartRecord | null {
    if (this.#account === null || this.#control === null) return null;
    const orders = [...this.#orders.values()];
    const ended = orders.filter(({ status }) => isTerminal(status));
    return {
      state: {
        orders: {
          working: orders
            .filter(({ status }) => !isTerminal(status))
            .sort((a, b) => a.requestId - b.requestId),
          ended: ended.sort((a, b) => a.endSequence - b.endSequence).slice(-ENDED_KEPT),
          slots: this.#slots,
        },
        account: this.#account,
        symbols: this.#symbols,
        strategies: this.#strategies,
        control: this.#control,
      },
      names: this.#names.state(),
      positions: [...this.#positions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
      ...(this.#bannedUntil !== undefined && { bannedUntil: this.#bannedUntil }),
    };
  }

  #takeRow({ symbol, slot, row }: RowChange): void {
    const key = positionKey(symbol, slot);
    if (row === null) this.#positions.delete(key);
    else this.#positions.set(key, row);
  }

  #takeOrder(order: OrderState): void {
    const slot = slotOf(order.requestId);
    const before = this.#slots[slot];
    // A slot is used again only once its order is forgotten.
    if (before !== undefined && before !== order.requestId) this.#orders.delete(before);
    this.#slots[slot] = order.requestId;
    this.#orders.set(order.requestId, order);
  }
}
