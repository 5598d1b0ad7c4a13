import type { Ask } from "#live/ports/venue-port.ts";

/** A row as it stands in a message: nothing is certain about it before it is parsed. */
export type WireRow = Readonly<Record<string, string | number | boolean | null>>;

/** What leaves the client: one ask, or several in one batch; `key` is what signed it. */
export interface WireRequest {
  readonly asks: readonly Ask[];
  readonly key: string;
}

/** The venue's word for how a request went. */
export type WireCode =
  | "ok"
  /** The client id was used before: that request did arrive. */
  | "duplicateClientId"
  | "pastFence"
  | "timestampAhead"
  | "tooManyVisits"
  | "highLoad"
  | "ipBanned"
  | "maintenance"
  | "badKey"
  | "serverError"
  | "refused"
  | "notFound"
  /** A body that is no answer at all, such as the page of a proxy. */
  | "unreadable";

export interface WireReply {
  readonly code: WireCode;
  readonly text: string;
  /** A `REJECT` code with `refused`. */
  readonly reject: number;
  /** Clock of the venue, with `tooManyVisits`, `ipBanned`, `maintenance`: when to come again. */
  readonly until: number;
  /** Clock of the venue. */
  readonly asOf: number;
  readonly rows: readonly WireRow[];
  readonly next: string;
}

export type Topic = "order" | "execution" | "position" | "wallet" | "price" | "candle";
export const PRIVATE_TOPICS: readonly Topic[] = ["order", "execution", "position", "wallet"];

export interface WireMessage {
  readonly topic: Topic;
  readonly row: WireRow;
}
