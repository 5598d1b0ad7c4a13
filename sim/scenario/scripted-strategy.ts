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

/** Asks the engine for an order that bears this name in the scenario; returns its reference. */
export type PlaceNamed = (name: string, ask: () => number) => number;

/** Takes the steps of a scenario as a strategy would. */
export class Script {
  /** Orders that came out at less than one lot: nothing was asked for. */
  readonly tooSmall: string[] = [];
  readonly strategy: Strategy;
  /** The step that last changed the terms of a symbol: `leverage` or `addMargin`. */
  lastChange = "";
  readonly #steps: readonly TimedStep[];
  readonly #orders = new Map<string, PlacedOrder>();
  readonly #placeNamed: PlaceNamed;
  #next = 0;

  constructor(scenario: Scenario, placeNamed: PlaceNamed) {
    this.#placeNamed = placeNamed;
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
        for (const terms of closingTerms(own, step.which)) this.#place("close", own, terms);
        return;
      }
      case "leverage":
        this.lastChange = step.kind;
        contextOf(ctx, step.symbol).setLeverage(step.leverage);
        return;
      case "addMargin":
        this.lastChange = step.kind;
        contextOf(ctx, step.symbol).addMargin(step.amount, step.positionSide);
        return;
      default:
        assertNever(step, "step");
    }
  }

  #place(name: string, own: SymbolContext, terms: OrderTerms): void {
    const ref = this.#placeNamed(name, () => own.order(terms));
    if (ref === 0) this.tooSmall.push(name);
    else if (name !== "close") this.#orders.set(name, { symbol: own.symbol, ref });
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
