import { DrydockError } from "#engine/errors.ts";

/**
 * An end of a period as it was written: a moment, or a distance from the end of the data. A distance is never
 * measured from the clock, so the same command on the same data means the same period tomorrow.
 */
export type TimeBound =
  | { readonly kind: "at"; readonly ms: number }
  | { readonly kind: "back"; readonly ms: number };

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Date, optional time, optional zone; without a zone it is UTC. */
const ISO =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

/**
 * Reads `2024`, `2024-03`, `2024-03-05`, `2024-03-05T10:30`, the same with `Z` or an offset, or a distance such as
 * `90d`, `12h`, `4w`.
 *
 * @param name what is read, for the message: `--from`
 * @throws E_USAGE for anything else, and for days that do not exist
 */
export function parseTimeBound(text: string, name: string): TimeBound {
  const trimmed = text.trim();
  const distance = /^([1-9]\d{0,5})([mhdw])$/.exec(trimmed);
  if (distance !== null) {
    return { kind: "back", ms: Number(distance[1]) * (UNIT_MS[distance[2] ?? ""] as number) };
  }
  const ms = parseIso(trimmed);
  if (ms !== null) return { kind: "at", ms };
  throw new DrydockError("E_USAGE", `${name} is no time: "${text}"`, {
    hint: "Write a date such as 2024-03-05 or 2024-03-05T10:30Z (UTC), or a distance such as 90d",
  });
}

/** Half-open period in epoch ms UTC; null where an end was not given. */
export interface Period {
  readonly from: number | null;
  /** Exclusive. */
  readonly to: number | null;
}

/**
 * Turns the written ends into moments. A distance in `to` counts back from the end of the data, one in `from`
 * counts back from `to`.
 *
 * @param dataEnd close time of the last bar
 * @throws E_DATA_PERIOD when the period would be empty
 */
export function resolvePeriod(
  bounds: { readonly from: TimeBound | null; readonly to: TimeBound | null },
  dataEnd: number,
): Period {
  const { from, to } = bounds;
  const end = to === null ? null : to.kind === "at" ? to.ms : dataEnd - to.ms;
  const start = from === null ? null : from.kind === "at" ? from.ms : (end ?? dataEnd) - from.ms;
  if (start !== null && end !== null && start >= end) {
    throw new DrydockError(
      "E_DATA_PERIOD",
      `The period is empty: it begins ${new Date(start).toISOString()} and ends ${new Date(end).toISOString()}`,
      { hint: "Let --from be before --to" },
    );
  }
  return { from: start, to: end };
}

function parseIso(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const part = (index: number, otherwise: number): number =>
    match[index] === undefined ? otherwise : Number(match[index]);
  const year = part(1, 0);
  const month = part(2, 1);
  const day = part(3, 1);
  const [hour, minute, second] = [part(4, 0), part(5, 0), part(6, 0)];
  const millisecond = Number((match[7] ?? "0").padEnd(3, "0"));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const back = new Date(ms);
  // Date.UTC rolls over: 30 February would silently become 1 March.
  const isReal =
    back.getUTCFullYear() === year &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return isReal ? ms - offsetMs(match[8]) : null;
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const sign = zone.startsWith("-") ? -1 : 1;
  const digits = zone.slice(1).replace(":", "");
  return sign * (Number(digits.slice(0, 2)) * 3_600_000 + Number(digits.slice(2)) * 60_000);
}
