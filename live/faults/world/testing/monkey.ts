import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { Answer, Ask, VenuePortListener } from "#live/ports/venue-port.ts";
import { engineSlots, type PlannedSlot } from "../engine-slots.ts";
import type { RandomStream } from "../random-stream.ts";
import { RandomStreams } from "../random-streams.ts";
import { parseSeed } from "../seed.ts";
import { World } from "../world.ts";
import type { WorldPlan } from "../world-plan.ts";
import { amendAsk, cancelAsk, lookupAsk, MINUTE, pageAsk, placeAsk } from "./bench-world.ts";

/** A program without any sense: asks for what its stream draws, in a life or several. */
export class Monkey {
  readonly world: World;
  readonly trace: string[] = [];
  asked = 0;
  answered = 0;
  /** Answers within the call that asked, and answers that came again. */
  early = 0;
  twice = 0;
  constructor(plan: WorldPlan) {
    this.world = new World(plan);
    this.#start();
  }

  #start(): void {
    const { world } = this;
    const process = world.startProcess();
    const streams = new RandomStreams(parseSeed(world.plan.seed));
    for (const { key, plan } of world.targets) {
      const stream = streams.of(`monkey ${key}`);
      const ids: string[] = [];
      const port = world.port(key);
      const listener: VenuePortListener = {
        requestOf: (clientId) => ids.indexOf(clientId),
        onEvent: (event) =>
          this.#note(`${event.kind} ${event.symbol} ${event.requestId} ${event.time}`),
        onLost: (why) => this.#note(why),
        onRestored: () => this.#note("restored"),
      };
      port.connect(listener);
      world.feed(key).connect({
        onCandle: (candle) => this.#note(JSON.stringify(candle)),
        onLost: (why) => this.#note(`feed ${why}`),
        onRestored: () => this.#note("feed restored"),
      });
      const again = (): void => {
        // Several at a time only where they leave in one request: else they overtake each other.
        for (let count = plan.hasBatches ? stream.pick([1, 1, 3]) : 1; count > 0; count--) {
          this.#ask(port.ask.bind(port), this.#draw(stream, engineSlots(plan), ids));
        }
        world.time.after(stream.integer(1, 60_000), again, process);
      };
      world.time.after(777, again, process);
    }
  }

  #ask(ask: (one: Ask, done: (answer: Answer) => void) => void, one: Ask): void {
    this.asked += 1;
    let count = 0;
    let isInside = true;
    ask(one, (answer) => {
      if (isInside) this.early += 1;
      count += 1;
      if (count > 1) this.twice += 1;
      else this.answered += 1;
      this.#note(`${one.kind} ${JSON.stringify(answer)}`);
    });
    isInside = false;
  }

  #draw(stream: RandomStream, slots: readonly PlannedSlot[], ids: string[]): Ask {
    const { symbol, slot } = stream.pick(slots);
    const id = ids.length > 0 ? stream.pick(ids) : "";
    const kind = stream.integer(0, 9);
    if (kind < 4 || id === "") {
      const clientId = stream.chance(0.1) && id !== "" ? id : `id${ids.length}`;
      ids.push(clientId);
      const isLimit = stream.chance(0.5);
      return placeAsk(clientId, {
        symbol,
        slot,
        side: stream.chance(0.5) ? 1 : -1,
        qtyLots: stream.integer(1, 300),
        reduceOnly: stream.chance(0.3),
        type: isLimit ? ORDER_TYPE.limit : ORDER_TYPE.market,
        priceTicks: isLimit ? stream.integer(15_000, 50_000) : Number.NaN,
        fenceAt: this.world.wall.now() + 5_000,
      });
    }
    if (kind === 4) return cancelAsk(id, { symbol });
    if (kind === 5) return amendAsk(id, { symbol, qtyLots: stream.integer(1, 300) });
    if (kind === 6) return lookupAsk(id, stream.pick(["open", "closed", "executions"] as const));
    if (kind === 7) return { kind: "price", symbol };
    return pageAsk(
      stream.pick(["positions", "orders", "executions", "wallet", "settings"] as const),
    );
  }

  #note(what: string): void {
    this.trace.push(`${this.world.time.now} ${what}`);
  }
}

/** Two hours of a plan at most, and then long enough for every answer to come. */
export function runMonkey(plan: WorldPlan): Monkey {
  const monkey = new Monkey(plan);
  const { world } = monkey;
  world.time.runUntil(plan.start + Math.min(plan.durationMs, 120 * MINUTE));
  return monkey;
}
