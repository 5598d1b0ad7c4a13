import { rejectName } from "#engine/model/order-terms.ts";
import type { WireCode, WireReply, WireRow } from "./wire.ts";

/** A reply with that code and nothing else. */
export function replyOf(code: WireCode, text: string, asOf: number, until = Number.NaN): WireReply {
  return { code, text, reject: 0, until, asOf, rows: [], next: "" };
}

export function replyRows(rows: readonly WireRow[], asOf: number, next = ""): WireReply {
  return { code: "ok", text: "", reject: 0, until: Number.NaN, asOf, rows, next };
}

/** The venue says no to what was asked, and why. */
export function replyRefused(reject: number, asOf: number, text = rejectName(reject)): WireReply {
  return { code: "refused", text, reject, until: Number.NaN, asOf, rows: [], next: "" };
}
