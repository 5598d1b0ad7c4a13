import { createHash } from "node:crypto";
import { assert, must } from "#engine/assert.ts";
import { COMMAND, type Command } from "#engine/model/command.ts";
import { type Target, targetKey } from "#engine/model/target.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import { intentIdOf, requestId } from "#live/driver/request-ids.ts";
import { toJson } from "#live/json-value.ts";
import type { AmendAsk, CancelAsk, ConfigureAsk, PlaceAsk } from "#live/ports/venue-port.ts";
import type { OrderNames } from "#live/steps/order-names.ts";
import type { RequestRecord } from "#live/steps/step.ts";

/** A place of the engine at the venue: a symbol, or one side of it in hedge mode. */
export interface EngineSlot {
  readonly symbol: string;
  readonly slot: PositionSlot;
}

export type ChangingAsk = PlaceAsk | AmendAsk | CancelAsk | ConfigureAsk;

/** A request as it leaves, and what the journal keeps of it. */
export interface Request {
  readonly ask: ChangingAsk;
  readonly record: RequestRecord;
}

export interface RequestParts {
  readonly target: Target;
  readonly runKey: string;
  readonly slots: readonly EngineSlot[];
  readonly names: OrderNames;
}

/** Puts commands into the words of a venue: the same command of the same attempt always in the same ones. */
export class Requests {
  readonly #parts: RequestParts;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** The request of a command that may change something; `reduceOnly` as its order has it. */
  of(command: Command, fenceAt: number, reduceOnly: boolean): Request {
    const ask = this.#ask(command, fenceAt);
    const { symbol } = this.#slotOf(command);
    const isOrder = ask.kind !== "configure";
    return {
      ask,
      record: {
        kind: ask.kind,
        order: isOrder ? command.requestId : -1,
        intentId: isOrder ? this.#intentOf(command) : "",
        requestId: isOrder ? ask.clientId : "",
        attempt: isOrder ? command.attempt : 0,
        symbol,
        fenceAt,
        bytesHash: hashOf(ask),
        reduceOnly,
      },
    };
  }

  #ask(command: Command, fenceAt: number): ChangingAsk {
    const { symbol, slot } = this.#slotOf(command);
    if (command.kind === COMMAND.place) return this.#place(command, fenceAt);
    if (command.kind === COMMAND.configure) {
      const { leverage, marginAdded } = command;
      const modes = { marginMode: null, positionMode: null };
      return { kind: "configure", symbol, slot, leverage, marginAdded, ...modes, fenceAt };
    }
    const isForeign = command.clientId !== "" || command.venueOrderId !== "";
    const clientId = isForeign ? command.clientId : this.#nameOf(command);
    if (command.kind === COMMAND.amend) {
      const { qtyLots, priceTicks, triggerTicks } = command;
      return { kind: "amend", symbol, clientId, qtyLots, priceTicks, triggerTicks, fenceAt };
    }
    assert(command.kind === COMMAND.cancel, () => `Command ${command.kind} changes something`);
    const known = this.#parts.names.venueIdOf(clientId) ?? "";
    const venueOrderId = isForeign ? command.venueOrderId : known;
    return { kind: "cancel", symbol, clientId, venueOrderId, fenceAt };
  }

  #place(command: Command, fenceAt: number): PlaceAsk {
    const { target, names } = this.#parts;
    const { symbol, slot } = this.#slotOf(command);
    const { conditions } = command;
    const clientId = requestId(target, this.#intentOf(command), command.attempt);
    names.give(command.requestId, clientId);
    return {
      kind: "place",
      clientId,
      symbol,
      slot,
      side: command.side,
      type: command.type,
      qtyLots: command.qtyLots,
      priceTicks: command.priceTicks,
      triggerTicks: command.triggerTicks,
      reduceOnly: command.reduceOnly,
      triggerBy: conditions.triggerBy,
      timeInForce: conditions.timeInForce,
      isPostOnly: conditions.isPostOnly,
      expiresAt: conditions.expiresAt,
      callbackPct: conditions.callbackPct,
      callbackTicks: conditions.callbackTicks,
      activationTicks: conditions.activationTicks,
      fenceAt,
    };
  }

  /** In hedge mode both sides of a symbol decide apart, and may do so at one time. */
  #intentOf(command: Command): string {
    const { symbol, slot } = this.#slotOf(command);
    const place = slot === "net" ? symbol : `${symbol} ${slot}`;
    return intentIdOf(this.#parts.runKey, place, command);
  }

  #slotOf({ symbol }: Command): EngineSlot {
    return must(this.#parts.slots[symbol], "A command names a symbol of the engine");
  }

  #nameOf({ requestId: order }: Command): string {
    const { names, target } = this.#parts;
    return must(
      names.clientIdOf(order),
      `Order ${order} of ${targetKey(target)} was placed under a name`,
    );
  }
}

/** SHA-256 of what is asked; the fence is the time of sending and not part of it. */
export function hashOf(ask: ChangingAsk): string {
  const { fenceAt: _, ...asked } = ask;
  return createHash("sha256")
    .update(JSON.stringify(toJson(asked)))
    .digest("hex");
}
