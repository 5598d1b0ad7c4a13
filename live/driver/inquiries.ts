import { COMMAND, type Command } from "#engine/model/command.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { cutAccount } from "#live/driver/cut-account.ts";
import { lookUpOrder } from "#live/driver/look-up-order.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";
import type { OrderNames } from "#live/steps/order-names.ts";

export interface InquiryParts {
  readonly port: Pick<VenuePort, "ask">;
  readonly names: OrderNames;
  readonly slots: readonly EngineSlot[];
  /** The engine's time. */
  readonly now: () => number;
  /** From when on a cut lists executions, the venue's time. */
  readonly executionsSince: () => number;
  readonly tell: (event: EngineEvent) => void;
}

/** What an engine asks of its venue without changing anything there: look-ups, cuts and prices, told as news. */
export class Inquiries {
  readonly #parts: InquiryParts;
  /** Orders that are being looked up: one look-up at a time. */
  readonly #lookups = new Set<number>();
  #isCutting = false;

  constructor(parts: InquiryParts) {
    this.#parts = parts;
  }

  begin(command: Command): void {
    if (command.kind === COMMAND.query) this.#lookUp(command);
    else if (command.kind === COMMAND.snapshot) this.#cut();
    else this.#pollPrice(command);
  }

  #lookUp({ requestId, symbol }: Command): void {
    const { names, slots, port, now, tell } = this.#parts;
    const clientId = names.clientIdOf(requestId);
    const slot = slots[symbol];
    if (clientId === undefined || slot === undefined || this.#lookups.has(requestId)) return;
    this.#lookups.add(requestId);
    lookUpOrder({
      requestId,
      name: { clientId, symbol: slot.symbol },
      begunAt: now(),
      ask: (ask, done) => port.ask(ask, done),
      tell: (event) => {
        event.symbol = symbol;
        tell(event);
      },
      done: () => this.#lookups.delete(requestId),
    });
  }

  #cut(): void {
    if (this.#isCutting) return;
    this.#isCutting = true;
    const { port, now, executionsSince, tell } = this.#parts;
    cutAccount({
      since: executionsSince(),
      now,
      ask: (ask, done) => port.ask(ask, done),
      done: (outcome) => {
        this.#isCutting = false;
        const event = new EngineEvent();
        event.kind = outcome.kind === "made" ? EVENT.snapshot : EVENT.snapshotFailed;
        event.snapshot = outcome.kind === "made" ? outcome.snapshot : null;
        tell(event);
      },
    });
  }

  #pollPrice({ symbol }: Command): void {
    const { slots, port, tell } = this.#parts;
    const slot = slots[symbol];
    if (slot === undefined) return;
    port.ask({ kind: "price", symbol: slot.symbol }, (answer) => {
      if (answer.kind !== "price") return;
      const event = new EngineEvent();
      event.kind = EVENT.lastPrice;
      event.symbol = symbol;
      event.price = answer.price;
      event.asOf = answer.asOf;
      tell(event);
    });
  }
}
