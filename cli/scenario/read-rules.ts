import { Fields, numberProblem, shown } from "#cli/scenario/fields.ts";
import {
  AGED_MODES,
  AGED_RANGES,
  type AgedNumber,
  type AgedParams,
  resolveAgedConfig,
} from "#engine/aged/aged-config.ts";
import { DrydockError } from "#engine/errors.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";

const KEYS = ["stopLossPct", "takeProfitPct", "roi", "trailing", "maxBars", "aged"];

/** The exit rules of a scenario. */
export function readRules(fields: Fields): ExitRules {
  const own = fields.child("rules", KEYS);
  if (own === null) return {};
  const trailing = own.child("trailing", ["pct", "offsetPct", "onlyAfterOffset"]);
  const pct = trailing?.number("pct", { above: 0, max: 100 });
  if (trailing !== null && !trailing.has("pct")) trailing.add("pct", "is missing");
  return {
    stopLossPct: own.number("stopLossPct", { above: 0 }),
    takeProfitPct: own.number("takeProfitPct", { above: 0 }),
    roi: readRoi(own),
    trailing:
      trailing === null || pct === undefined
        ? undefined
        : {
            pct,
            offsetPct: trailing.number("offsetPct", { min: 0 }),
            onlyAfterOffset: trailing.flag("onlyAfterOffset"),
          },
    maxBars: own.number("maxBars", { min: 1, integer: true }),
  };
}

/** Minutes held → profit percent that suffices. */
function readRoi(own: Fields): Readonly<Record<string, number>> | undefined {
  const table = own.child("roi", null);
  if (table === null) return undefined;
  for (const key of table.keys) {
    if (!/^\d+(\.\d+)?$/.test(key)) {
      own.problems.add(table.at(key), "must be minutes held, such as 120");
      continue;
    }
    const wanted = numberProblem(table.raw(key), { min: -100 });
    if (wanted !== null) {
      table.add(
        key,
        `must be ${wanted}, the profit percent that suffices, not ${shown(table.raw(key))}`,
      );
    }
  }
  return Object.fromEntries(table.keys.map((key) => [key, table.raw(key) as number]));
}

const AGED_NUMBERS = Object.keys(AGED_RANGES) as readonly AgedNumber[];

/** The aged rules of a scenario: any parameter, none of them for the defaults; null where they are off. */
export function readAged(fields: Fields, venueTakerPct: number): AgedParams | null {
  const rules = fields.raw("rules");
  if (typeof rules !== "object" || rules === null) return null;
  const own = Fields.of(fields.problems, fields.at("rules"), rules, null)?.child("aged", [
    "mode",
    ...AGED_NUMBERS,
  ]);
  if (own === null || own === undefined) return null;
  const params: Record<string, unknown> = { mode: own.choice("mode", AGED_MODES) };
  let isWhole = true;
  for (const name of AGED_NUMBERS) {
    const { min, max, isAbove, integer } = AGED_RANGES[name];
    const limits = { ...(isAbove === true ? { above: min } : { min }), max };
    params[name] = own.number(name, integer === true ? { ...limits, integer } : limits);
    isWhole &&= !own.has(name) || params[name] !== undefined;
  }
  if (isWhole) checkTogether(fields, params as AgedParams, venueTakerPct);
  return params as AgedParams;
}

/** What each value alone does not tell. */
function checkTogether(fields: Fields, params: AgedParams, venueTakerPct: number): void {
  try {
    resolveAgedConfig(params, venueTakerPct);
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    const path = [...fields.at("rules"), "aged"];
    fields.problems.add(path, `makes no sense: ${error.message}`, error.hint);
  }
}
