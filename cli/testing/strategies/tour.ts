import { atr } from "#engine/indicators/atr.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";

/** Bars of five minutes. */
const HOURS = 12;
const REST = 4 * HOURS;

/**
 * Trades for the sake of its orders, not of profit: one kind of trade after the other, so that a run over real
 * candles meets every way in which an order can fill, and a long without protection in every crash.
 */
export const tour = defineStrategy({
  name: "tour",
  description: "One kind of trade after the other",
  indicators: () => ({ range: atr(4 * HOURS) }),
  state: () => ({ kind: 0, since: 0, wasFlat: true }),
  onBar(ctx) {
    const { state, bar, position } = ctx;
    const range = ctx.indicators.range.value;
    const qty = ctx.size.percentOfEquity(60);
    state.since += 1;
    if (position.isFlat !== state.wasFlat) {
      state.wasFlat = position.isFlat;
      state.since = 0;
      if (position.isFlat) {
        ctx.cancelAll();
        state.kind = (state.kind + 1) % 7;
      }
    }
    const { kind, since } = state;
    if (position.isFlat) {
      if (since === REST) open();
      else if (since > 3 * REST) {
        ctx.cancelAll();
        state.since = 0;
      }
      return;
    }
    if (kind === 5 && since === HOURS) ctx.enterLong({ qty: qty / 2, add: true });
    if (kind === 5 && since === 3 * HOURS)
      ctx.exit({ qty: Math.abs(position.qty) / 3, tag: "part" });
    if (kind === 6 && since === 8 * HOURS) ctx.enterLong({ qty, tag: "turn" });
    const limit = kind === 0 ? 12 * 24 * HOURS : 24 * HOURS;
    if (since > limit) ctx.exit({ tag: "time" });

    function open(): void {
      const { close } = bar;
      switch (kind) {
        case 0:
          ctx.enterLong({ qty, tag: "bare" });
          return;
        case 1:
          ctx.enterShort({ qty, stopLoss: close + 2 * range, takeProfit: close - 3 * range });
          return;
        case 2:
          ctx.enterLong({ qty, limit: close - range / 2, stopLoss: close - 3 * range, tag: "dip" });
          return;
        case 3:
          ctx.enterLong({ qty, stop: close + range / 2, tag: "breakout" });
          ctx.protect({ stopLoss: close - 2 * range });
          return;
        case 4:
          ctx.enterShort({ qty, limit: close + range / 2 });
          ctx.order({
            side: "buy",
            type: "takeProfitMarket",
            qty,
            trigger: close - 2 * range,
            reduceOnly: true,
          });
          ctx.order({ side: "buy", type: "trailingStop", qty, callbackPct: 1.5, reduceOnly: true });
          return;
        case 5:
          ctx.enterLong({ qty, stopLoss: close - 4 * range });
          return;
        default:
          ctx.enterShort({ qty });
      }
    }
  },
});
