import { COMMAND, Command, type CommandKind } from "#engine/model/command.ts";
import { ORDER_TYPE, TIME_IN_FORCE, TRIGGER_BY } from "#engine/model/order-terms.ts";
import type { PlaceAsk } from "#live/ports/venue-port.ts";
import type { ServerOrder } from "./server-order.ts";

/** The matcher's command about an order of the books: all of it to place it, its number to change it. */
export function commandOf(kind: CommandKind, order: ServerOrder): Command {
  const { terms } = order;
  const command = new Command();
  command.kind = kind;
  command.symbol = terms.slot.index;
  command.requestId = terms.number;
  command.decidedAt = terms.number;
  if (kind !== COMMAND.place) return command;
  command.side = terms.side;
  command.type = terms.type;
  command.qtyLots = terms.qtyLots;
  command.priceTicks = terms.priceTicks;
  command.triggerTicks = terms.triggerTicks;
  command.reduceOnly = terms.reduceOnly;
  return command;
}

/** What an order says beyond type, size and prices. */
export function setConditions(command: Command, ask: PlaceAsk): void {
  const { conditions } = command;
  const isPlain =
    ask.triggerBy === TRIGGER_BY.last &&
    ask.timeInForce === TIME_IN_FORCE.gtc &&
    !ask.isPostOnly &&
    ask.type !== ORDER_TYPE.trailingStop;
  if (isPlain) return;
  conditions.isPlain = false;
  conditions.triggerBy = ask.triggerBy;
  conditions.timeInForce = ask.timeInForce;
  conditions.expiresAt = ask.expiresAt;
  conditions.isPostOnly = ask.isPostOnly;
  conditions.callbackPct = ask.callbackPct;
  conditions.callbackTicks = ask.callbackTicks;
  conditions.activationTicks = ask.activationTicks;
}
