import { assertNever, must } from "#engine/assert.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import type { PortfolioContext } from "#engine/strategy/portfolio-context.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import type { Scenario, ScenarioStep } from "#sim/scenario/scenario.ts";
import { closingTerms, orderQty, orderTerms } from "#sim/scenario/step-terms.ts";
import { stepTimes, type TimedStep } from "#sim/scenario/step-times.ts";

interface PlacedOrder {
  readonly symbol: string;
  readonly ref: number;
}

/** Takes the steps of a scenario as a strategy would, and keeps the names of the orders that it asked for. */
export class Script {
  /** Names of the orders in the order in which they were asked for; each is one intent of the engine. */
  readonly placed: string[] = [];
  /** Orders that came out at less than one lot: nothing was asked for. */
  readonly tooSmall: string[] = [];
  readonly strategy: Strategy;
  readonly #steps: readonly TimedStep[];
  readonly #orders = new Map<string, PlacedOrder>();
  #next = 0;

  constructor(scenario: Scenario) {
    this.#steps = stepTimes(scenario);
    this.strategy = defineStrategy({
      name: "scenario",
      description: "Takes the steps of a scenario",
      scope: "portfolio",
      onBars: (ctx) => this.#take(ctx as PortfolioContext),
    });
  }

  #take(ctx: PortfolioContext): void {
    for (; this.#next < this.#steps.length; this.#next += 1) {
      const { step, time } = this.#steps[this.#next] as TimedStep;
      if (time > ctx.time) return;
      this.#act(step, ctx);
    }
  }

  #act(step: ScenarioStep, ctx: PortfolioContext): void {
    switch (step.kind) {
      case "order": {
        const own = contextOf(ctx, step.symbol);
        this.#place(step.name, own, orderTerms(step, orderQty(step, own)));
        return;
      }
      case "amend": {
        const { price, trigger, qty } = step;
        this.#withOrder(step.name, ctx, (own, ref) => own.amend(ref, { price, trigger, qty }));
        return;
      }
      case "cancel":
        this.#withOrder(step.name, ctx, (own, ref) => own.cancel(ref));
        return;
      case "close": {
        const own = contextOf(ctx, step.symbol);
        const terms = closingTerms(own.position.qty, step.which);
        if (terms !== null) this.#place("close", own, terms);
        return;
      }
      case "leverage":
      case "addMargin":
        // Refused when the file is read: see `step-terms.ts`.
        return;
      default:
        assertNever(step, "step");
    }
  }

  /** The name goes first: the engine may hand over the intent's record before the call returns. */
  #place(name: string, own: SymbolContext, terms: OrderTerms): void {
    this.placed.push(name);
    const ref = own.order(terms);
    if (ref === 0) {
      this.placed.pop();
      this.tooSmall.push(name);
      return;
    }
    if (name !== "close") this.#orders.set(name, { symbol: own.symbol, ref });
  }

  #withOrder(
    name: string,
    ctx: PortfolioContext,
    act: (own: SymbolContext, ref: number) => void,
  ): void {
    const order = this.#orders.get(name);
    if (order !== undefined) act(contextOf(ctx, order.symbol), order.ref);
  }
}

function contextOf(ctx: PortfolioContext, symbol: string): SymbolContext {
  const own = ctx.symbols.find((one) => one.symbol === symbol);
  return must(own, "A step names a symbol of its scenario") as SymbolContext;
}
