import type { Answer, Ask, Page, PageAsk, RefusalCause } from "#live/ports/venue-port.ts";
import type { WireCode, WireReply } from "./wire.ts";
import {
  type EngineNames,
  numberIn,
  parseExecution,
  parseFoundOrder,
  parseOrder,
  parsePosition,
  parseSettings,
  textIn,
  Unreadable,
} from "./wire-rows.ts";

/** How long a client waits before it tries a key again that was refused, ms. */
const KEY_RETRY_MS = 60_000;

type Meaning = (reply: WireReply, ask: Ask, names: EngineNames) => Answer;

/** A refusal that proves that the request changed nothing; the venue names the end of the wait by its own clock. */
const forNow =
  (cause: RefusalCause): Meaning =>
  ({ until, asOf, text }) => ({
    kind: "refusedForNow",
    cause,
    waitMs: until === until ? Math.max(0, until - asOf) : KEY_RETRY_MS,
    text,
  });

const notProven: Meaning = ({ code, text }) => ({ kind: "unknown", why: `${code}: ${text}` });

/**
 * What the venue's words prove. Whatever is not in this table proves nothing: among others a duplicate client id (the
 * request did arrive, once) and a fence that has passed (another copy of the request may have been faster).
 */
const MEANINGS: Readonly<Partial<Record<WireCode, Meaning>>> = {
  ok: readRows,
  refused: ({ reject, text }) => ({ kind: "rejected", code: reject, text }),
  notFound: (reply, ask, names) =>
    ask.kind === "lookup" ? { kind: "notFound" } : notProven(reply, ask, names),
  tooManyVisits: forNow("rateLimit"),
  ipBanned: forNow("ban"),
  maintenance: forNow("maintenance"),
  badKey: forNow("credentials"),
};

/** The answer to an ask. */
export function answerOf(reply: WireReply, ask: Ask, names: EngineNames): Answer {
  try {
    return (MEANINGS[reply.code] ?? notProven)(reply, ask, names);
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "unknown", why: error.message };
    throw error;
  }
}

function readRows(reply: WireReply, ask: Ask, names: EngineNames): Answer {
  const { rows, asOf } = reply;
  switch (ask.kind) {
    case "place":
    case "amend":
    case "cancel":
    case "configure":
      return { kind: "accepted", venueOrderId: textIn(rows[0] ?? {}, "orderId") };
    case "lookup":
      if (ask.where !== "executions") {
        return { kind: "foundOrder", order: parseFoundOrder(rows[0] ?? {}, names) };
      }
      return { kind: "foundExecutions", executions: readExecutions(reply, names) };
    case "page":
      return { kind: "page", page: readPage(ask.of, reply, names), next: reply.next, asOf };
    case "price":
      return {
        kind: "price",
        price: numberIn(rows[0] ?? {}, "price"),
        asOf: numberIn(rows[0] ?? {}, "time"),
      };
    case "time":
      return { kind: "time", asOf };
  }
}

function readExecutions({ rows }: WireReply, names: EngineNames) {
  return rows.flatMap((row) => parseExecution(row, names) ?? []);
}

function readPage(of: PageAsk["of"], reply: WireReply, names: EngineNames): Page {
  const { rows } = reply;
  switch (of) {
    case "positions":
      return { of, rows: rows.flatMap((row) => parsePosition(row, names) ?? []) };
    case "orders":
      return { of, rows: rows.map((row) => parseOrder(row, names)) };
    case "executions":
      return { of, rows: readExecutions(reply, names) };
    case "wallet":
      return { of, wallet: numberIn(rows[0] ?? {}, "wallet") };
    case "settings":
      return { of, rows: rows.map((row) => parseSettings(row, names)) };
  }
}
