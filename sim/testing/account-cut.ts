import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import type { Backtest } from "#sim/backtest.ts";

/** The account of a backtest as its simulated exchange has it now: positions and orders, commands on their way left out. */
export function accountCut(backtest: Backtest, now: number): VenueSnapshot {
  const { symbols, account } = backtest.exchange;
  return {
    beganAt: now,
    asOf: now,
    positions: symbols.flatMap(({ index, instrument, position }) =>
      position.qtyLots === 0
        ? []
        : [
            {
              index,
              symbol: instrument.symbol,
              slot: symbols.some(
                (one) => one.instrument.symbol === instrument.symbol && one.index !== index,
              )
                ? position.qtyLots > 0
                  ? "long"
                  : "short"
                : ("net" as const),
              qtyLots: position.qtyLots,
              qty: position.qty,
              entryPrice: position.entryPrice,
              markPrice: Number.NaN,
              openedAt: Number.NaN,
              hasTrailingStop: false,
            },
          ],
    ),
    orders: symbols.flatMap(({ index, instrument, orders }) =>
      orders.map((order) => ({
        index,
        symbol: instrument.symbol,
        requestId: order.requestId,
        clientId: String(order.requestId),
        venueOrderId: String(order.requestId),
        side: order.side,
        type: order.type,
        qtyLots: order.qtyLots,
        filledLots: order.filledLots,
        priceTicks: order.priceTicks,
        triggerTicks: order.triggerTicks,
        reduceOnly: order.reduceOnly,
      })),
    ),
    executions: [],
    executionsFrom: 0,
    wallet: account.wallet,
    settings: [],
  };
}
