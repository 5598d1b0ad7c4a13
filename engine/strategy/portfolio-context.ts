import type { OrderDesk } from "#engine/strategy/order-desk.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";

/** Several symbols on one account, as a strategy of scope `portfolio` sees them at a decision. */
export class PortfolioContext<Params = unknown, Indicators = unknown, State = unknown> {
  readonly params: Params;
  readonly state: State;
  /** In the order in which the run names them. */
  readonly symbols: readonly SymbolContext<Params, Indicators, undefined>[];
  readonly #desk: OrderDesk;

  constructor(
    desk: OrderDesk,
    params: Params,
    state: State,
    symbols: readonly SymbolContext<Params, Indicators, undefined>[],
  ) {
    this.#desk = desk;
    this.params = params;
    this.state = state;
    this.symbols = symbols;
  }

  get time(): number {
    return this.#desk.now;
  }

  get equity(): number {
    return this.#desk.equity();
  }
}
