import { createHash } from "node:crypto";
import type { Exchange, Target } from "#engine/model/target.ts";
import { targetKey } from "#engine/model/target.ts";
import { type IntentKey, unpackKey } from "#engine/orders/intent-key.ts";

/** 128 bits as hex digits: as many as both venues' client ids hold. */
const HEX_DIGITS = 32;

/**
 * Identity of an intent: the same decision has the same one on any machine and after any crash.
 * @param runKey the deployment, in a backtest the run hash
 * @param symbol canonical name: an index would change with the other symbols of a deployment
 */
export function intentId(
  runKey: string,
  symbol: string,
  { strategy, decidedAt, leg, sequence }: Omit<IntentKey, "symbol">,
): string {
  return digest(["intent", runKey, strategy, symbol, decidedAt, leg, sequence]);
}

/** The same from the packed key of a command or record. */
export function intentIdOf(
  runKey: string,
  symbol: string,
  packed: { readonly decidedAt: number; readonly keyRest: number },
): string {
  return intentId(runKey, symbol, { ...unpackKey(packed.keyRest), decidedAt: packed.decidedAt });
}

/**
 * The client id of one attempt of an intent, f(target, intent, attempt): sending it again sends the same id.
 * Bybit `orderLinkId`: at most 36 of `[A-Za-z0-9-_]` (https://bybit-exchange.github.io/docs/v5/order/create-order, 2026);
 * Hyperliquid `cloid`: 0x and 32 hex digits
 * (https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/exchange-endpoint, 2026).
 */
export function requestId(target: Target, intent: string, attempt: number): string {
  const id = digest(["request", targetKey(target), intent, attempt]);
  return PREFIX[target.exchange] + id;
}

const PREFIX: Readonly<Record<Exchange, string>> = { bybit: "", hyperliquid: "0x" };

/** No part holds the divider unescaped: JSON keeps two lists of parts apart that differ anywhere. */
function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, HEX_DIGITS);
}
