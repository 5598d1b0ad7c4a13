import { createHash } from "node:crypto";
import { unpackKey } from "#engine/orders/intent-key.ts";

const HEX_DIGITS = 32;

/**
 * The identity of an intent from what stands in records, as `live/driver/request-ids.ts` gives it to requests; an intent
 * that risk refused never had one. `place` is the contract, in hedge mode with its side behind a blank.
 */
export function intentIdentity(
  runKey: string,
  place: string,
  key: { readonly decidedAt: number; readonly keyRest: number },
): string {
  const { strategy, leg, sequence } = unpackKey(key.keyRest);
  const parts = ["intent", runKey, strategy, place, key.decidedAt, leg, sequence];
  return digest(parts);
}

/** The client id of one attempt, without the prefix that a venue wants. */
export function requestIdentity(target: string, intent: string, attempt: number): string {
  return digest(["request", target, intent, attempt]);
}

function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, HEX_DIGITS);
}
