import { EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import { type JsonValue, toJson } from "#live/json-value.ts";

export type EventName = keyof typeof EVENT;
const NAMES = Object.keys(EVENT) as readonly EventName[];
const PLAIN = new EngineEvent();
const FIELDS = (Object.keys(PLAIN) as readonly (keyof EngineEvent)[]).filter(
  (field) => field !== "kind" && field !== "time",
);

export function eventName(kind: EventKind): EventName {
  return NAMES[kind] as EventName;
}

/** An event as a journal keeps it: what it says beyond the defaults. */
export function eventJson(event: EngineEvent): { readonly [key: string]: JsonValue } {
  const said: Record<string, JsonValue> = { time: event.time };
  for (const field of FIELDS) {
    const value = event[field];
    if (!Object.is(value, PLAIN[field])) said[field] = toJson(value);
  }
  return said;
}

/** The event that `eventJson` told of. */
export function eventFromJson(
  name: EventName,
  said: { readonly [key: string]: JsonValue },
): EngineEvent {
  const event = Object.assign(new EngineEvent(), said);
  event.kind = EVENT[name];
  // A number that JSON could not hold.
  for (const field of ["price", "priceTicks", "triggerTicks", "referenceTicks"] as const) {
    if (said[field] === null) event[field] = Number.NaN;
  }
  return event;
}
