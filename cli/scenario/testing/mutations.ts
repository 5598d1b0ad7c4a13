/** One rule of the simulator, broken on purpose. */
export interface Mutation {
  readonly name: string;
  /** Below the root of the project. */
  readonly file: string;
  /** Text that stands in the file, and what stands there instead; every place where it does. */
  readonly changes: readonly (readonly [from: string, to: string])[];
}

/** Each of these must make at least one scenario of the library fail. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: "a stop that the open gaps through fills at its trigger",
    file: "sim/exchange.ts",
    changes: [
      [
        "this.#executor.goOff(symbol, order, isBetter ? triggerTicks : open, range);",
        "this.#executor.goOff(symbol, order, triggerTicks, range);",
      ],
    ],
  },
  {
    name: "a limit fills on touch",
    file: "sim/exchange.ts",
    changes: [['this.#settings.limitFill === "touch" ? 0 : 1', "0"]],
  },
  {
    name: "a limit that gaps fills at the better open",
    file: "sim/exchange.ts",
    changes: [["this.#settings.limitImprove ? open : order.priceTicks", "open"]],
  },
  {
    name: "a fill at the stamp pays funding too",
    file: "sim/backtest.ts",
    changes: [
      ['    this.#funding.settle(time, "open");\n', ""],
      [
        "for (let at = 0; at < opened; at++) exchange.admit(this.#opened[at] as SimSymbol);",
        'for (let at = 0; at < opened; at++) exchange.admit(this.#opened[at] as SimSymbol);\n    this.#funding.settle(time, "open");',
      ],
    ],
  },
  {
    name: "funding is exchanged on the entry price",
    file: "sim/sim-symbol.ts",
    changes: [
      [
        "return index === index ? index : this.mark.openAt(time);",
        "return time > 0 ? (this.position.entryValue / Math.abs(this.position.qty)) : index;",
      ],
    ],
  },
  {
    name: "shorts pay a positive rate",
    file: "sim/exchange.ts",
    changes: [["-symbol.position.qty * price * rate", "symbol.position.qty * price * rate"]],
  },
  {
    name: "what an execution sets off inside a bar waits for the next one",
    file: "sim/exchange.ts",
    changes: [
      [
        "if (symbol.pending.length > 0) {\n        const { now }",
        "if (symbol.pending.length < 0) {\n        const { now }",
      ],
    ],
  },
  {
    name: "reduce-only is checked on arrival",
    file: "sim/order-entry.ts",
    changes: [
      [
        "    if (command.reduceOnly) {\n",
        "    if (command.reduceOnly) {\n      if (reducible(symbol, side) === 0) return REJECT.reduceOnlyWouldIncrease;\n",
      ],
    ],
  },
  {
    name: "reduce-only turns the position around",
    file: "sim/executor.ts",
    changes: [
      [
        "return order.reduceOnly ? Math.min(lots, reducibleLots(symbol, order)) : lots;",
        "return order.reduceOnly && reducibleLots(symbol, order) === 0 ? 0 : lots;",
      ],
    ],
  },
  {
    name: "reduce-only orders stay when the position has gone",
    file: "sim/executor.ts",
    changes: [["    if (!hasEnded) return;\n", "    if (hasEnded || !hasEnded) return;\n"]],
  },
  {
    name: "a trailing stop knows the high of the bar it is checked in",
    file: "sim/exchange.ts",
    changes: [
      [
        "      this.#walk(symbol);\n      this.#moveTrailingStops(symbol);\n",
        "      this.#moveTrailingStops(symbol);\n      this.#walk(symbol);\n",
      ],
    ],
  },
  {
    name: "a trailing stop loosens",
    file: "sim/trailing-stop.ts",
    changes: [
      ["if (known === known && (isBuy ? best >= known : best <= known)) return;", ""],
      ["if (isBuy ? trigger >= order.triggerTicks : trigger <= order.triggerTicks) return;", ""],
    ],
  },
  {
    name: "a trailing stop that was drawn tighter goes back to its callback",
    file: "sim/trailing-stop.ts",
    changes: [
      ["if (isBuy ? trigger >= order.triggerTicks : trigger <= order.triggerTicks) return;", ""],
    ],
  },
  {
    name: "the activation price of a trailing stop is not waited for",
    file: "sim/trailing-stop.ts",
    changes: [["isBuy ? best > activationTicks : best < activationTicks", "false"]],
  },
  {
    name: "the trailing rule follows the bar that is being checked",
    file: "engine/rules/protection.ts",
    changes: [
      [
        "this.#best * (1 - (side * trailing.pct) / 100)",
        "this.#entryPrice * (1 - (side * trailing.pct) / 100)",
      ],
    ],
  },
  {
    name: "a decision trades at the close that made it",
    file: "sim/backtest.ts",
    changes: [['if (this.config.settings.fillAt === "close")', "if (this.config.settings.fillAt)"]],
  },
  {
    name: "the extreme that helps comes first",
    file: "sim/intrabar-path.ts",
    changes: [
      [
        "return lots === 0 ? nearerToHigh(symbol) : lots < 0;",
        "return lots === 0 ? nearerToHigh(symbol) : lots > 0;",
      ],
    ],
  },
  {
    name: "a target counts in the bar of a limit entry without the close",
    file: "sim/intrabar-path.ts",
    changes: [
      [
        'if (mode === "worst" || mode === "detail") return isLong ? symbol.lowTicks : symbol.highTicks;',
        "",
      ],
    ],
  },
  {
    name: "slippage rounds for the account",
    file: "sim/slippage.ts",
    changes: [
      ["Math.ceil(priceTicks + loss - EPSILON)", "Math.floor(priceTicks + loss + EPSILON)"],
      ["Math.floor(priceTicks - loss + EPSILON)", "Math.ceil(priceTicks - loss - EPSILON)"],
    ],
  },
  {
    name: "resting orders pay the taker fee",
    file: "sim/executor.ts",
    changes: [
      [
        "const feeRate = liquidity === LIQUIDITY.maker ? this.#makerRate : this.#takerRate;",
        "const feeRate = this.#takerRate;",
      ],
    ],
  },
  {
    name: "the volume of a bar limits nothing",
    file: "sim/sim-symbol.ts",
    changes: [["if (participationPct === null || this.volume !== this.volume)", "if (true)"]],
  },
  {
    name: "the last price liquidates",
    file: "sim/next-hit.ts",
    changes: [
      [
        "  if (symbol.mark.isStored) {\n    const reached = lots",
        "  if (symbol.mark === null) {\n    const reached = lots",
      ],
    ],
  },
  {
    name: "a liquidation costs no fee",
    file: "sim/liquidation.ts",
    changes: [["price, this.#settings.liquidationPct", "price, 0"]],
  },
  {
    name: "a position is taken over at its liquidation price",
    file: "sim/liquidation.ts",
    changes: [
      [
        "const ticks = this.#account.takeoverTicks(symbol);",
        "const ticks = symbol.insideTicks(symbol.liquidation);",
      ],
    ],
  },
  {
    name: "the deduction of a tier is forgotten",
    file: "sim/margin.ts",
    changes: [
      [
        "(value * tier.maintenancePct) / 100 - tier.deduction",
        "(value * tier.maintenancePct) / 100",
      ],
    ],
  },
  {
    name: "commands arrive at once",
    file: "sim/order-entry.ts",
    changes: [["command.time + latencyOf(this.#settings, command.kind)", "command.time"]],
  },
  {
    name: "both legs of a group fill",
    file: "sim/executor.ts",
    changes: [["    if (group === 0) return;\n", "    if (group >= 0) return;\n"]],
  },
  {
    name: "fill-or-kill fills what there is",
    file: "sim/order-entry.ts",
    changes: [
      ["return wouldTake && symbol.capacityLots >= wanted", "return wouldTake && wanted > 0"],
    ],
  },
  {
    name: "an order never expires",
    file: "sim/executor.ts",
    changes: [["if (order.conditions.expiresAt <= time)", "if (order.conditions.expiresAt < 0)"]],
  },
  {
    name: "post-only takes",
    file: "sim/order-entry.ts",
    changes: [
      [
        "if (isPostOnly) return wouldTake ? REJECT.postOnlyWouldTake : REJECT.none;",
        "if (isPostOnly) return REJECT.none;",
      ],
    ],
  },
  {
    name: "the last price triggers whatever the order names",
    file: "sim/trigger-price.ts",
    changes: [
      [
        "if (isPlain || triggerBy === TRIGGER_BY.last) return null;",
        "if (isPlain || triggerBy >= 0) return null;",
      ],
    ],
  },
  {
    name: "an order whose trigger has passed goes off at once",
    file: "sim/order-entry.ts",
    changes: [
      ["return isPassed ? REJECT.triggerAlreadyPassed : REJECT.none;", "return REJECT.none;"],
    ],
  },
  {
    name: "a stop limit fills beyond its limit",
    file: "sim/sim-order.ts",
    changes: [
      [
        "this.phase = hasLimitPrice(this.type) ? PHASE.limit : PHASE.market;",
        "this.phase = PHASE.market;",
      ],
    ],
  },
  {
    name: "a gapped target fills at the better open",
    file: "sim/exchange.ts",
    changes: [["beyond > 0 && !this.#settings.limitImprove", "beyond !== beyond"]],
  },
  {
    name: "time decides nothing at the end of a gap",
    file: "sim/backtest.ts",
    changes: [["if (!this.#closeBars(time)) this.#endGap(time);", "this.#closeBars(time);"]],
  },
  {
    name: "the time stop is a bar late",
    file: "engine/rules/protection.ts",
    changes: [["openedAt + maxBars * this.#barMs", "openedAt + (maxBars + 1) * this.#barMs"]],
  },
  {
    name: "a table step applies a step too early",
    file: "engine/rules/exit-rules.ts",
    changes: [["if (step.minutes > minutes) break;", "if (step.minutes > minutes + 60) break;"]],
  },
  {
    name: "an aged close at the cap is a progressive one",
    file: "engine/aged/aged-rules.ts",
    changes: [
      ["record.tolerancePct >= config.maxLossPct", "record.tolerancePct > config.maxLossPct"],
    ],
  },
  {
    name: "the emergency begins with the ms that belongs to the stage before",
    file: "engine/aged/aged-rules.ts",
    changes: [["if (now > record.emergencyAt) return", "if (now >= record.emergencyAt) return"]],
  },
  {
    name: "break-even of an aged position counts one fee",
    file: "engine/aged/aged-stages.ts",
    changes: [["100 + side * 2 * takerFeePct", "100 + side * takerFeePct"]],
  },
  {
    name: "aged rules close what a trailing stop follows",
    file: "engine/aged/aged-closer.ts",
    changes: [
      ["if (!this.#desk.isTrailing(record.symbol)) return false;", "if (true) return false;"],
    ],
  },
  {
    name: "an aged limit moves with every detection",
    file: "engine/aged/aged-closer.ts",
    changes: [["const REPRICE_PCT = 0.5;", "const REPRICE_PCT = 0;"]],
  },
];
