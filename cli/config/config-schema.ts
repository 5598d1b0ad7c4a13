import { z } from "zod";
import type { ConfigKey } from "#cli/config/key-kinds.ts";

import { CONFIG_KEYS } from "#cli/config/keys.ts";
import { numberProblem } from "#cli/number-limits.ts";
import { parseTimeBound } from "#cli/time-bound.ts";
import { DrydockError } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";

/** The shape of a config file, made from the list of keys: strict at every level, everything optional. */
export function configSchema(): z.ZodType<Readonly<Record<string, unknown>>> {
  const root: Tree = {};
  for (const [name, key] of Object.entries(CONFIG_KEYS) as [string, ConfigKey][]) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    let level = root;
    for (const part of path) {
      const next = level[part];
      if (next === undefined || next instanceof z.ZodType) level = level[part] = {};
      else level = next;
    }
    level[last] = schemaOf(key).optional();
  }
  return toObject(root);
}

interface Tree {
  [name: string]: z.ZodType | Tree;
}

function toObject(tree: Tree): z.ZodType<Readonly<Record<string, unknown>>> {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, value] of Object.entries(tree)) {
    shape[name] = value instanceof z.ZodType ? value : toObject(value).optional();
  }
  return z.strictObject(shape);
}

function schemaOf(key: ConfigKey): z.ZodType {
  switch (key.kind) {
    case "number":
      return z.unknown().superRefine((value, context) => {
        const number = typeof value === "number" ? value : Number.NaN;
        const problem = numberProblem(number, key);
        if (problem !== null) context.addIssue(`must be ${problem}, not ${show(value)}`);
      });
    case "choice":
      return z.unknown().superRefine((value, context) => {
        if (typeof value === "string" && key.choices.includes(value)) return;
        context.addIssue(`must be one of ${key.choices.join(", ")}, not ${show(value)}`);
      });
    case "switch":
      return z.boolean({ error: (issue) => `must be true or false, not ${show(issue.input)}` });
    case "list": {
      const item = text("a text");
      return z.union([item, z.array(item)], { error: "must be a text or a list of texts" });
    }
    case "steps":
      return z.record(
        z.string().regex(/^\d+$/, { error: "must have whole minutes as its keys" }),
        z.number({
          error: (issue) => `must have percents as its values, not ${show(issue.input)}`,
        }),
        { error: "must be minutes with percents, such as { 0: 4, 120: 2 }" },
      );
    case "params":
      return z.record(
        z.string(),
        z.union([z.number(), z.string(), z.boolean()], {
          error: "must be a number, a text or true/false",
        }),
        { error: "must be names with values, such as { fast: 10 }" },
      );
    case "interval":
      return text("an interval such as 5m").superRefine(asIssue(parseInterval));
    case "time":
      // A bare year is a number to YAML.
      return z
        .union([z.string(), z.number().int().transform(String)], {
          error: "must be a date or a distance such as 90d",
        })
        .superRefine(asIssue((value) => parseTimeBound(value, "it")));
    case "text":
    case "path":
      return text("a text");
  }
}

function text(what: string): z.ZodType<string> {
  return z
    .string({ error: (issue) => `must be ${what}, not ${show(issue.input)}` })
    .min(1, { error: "must not be empty" });
}

/** Turns a parser of the command line into a check. */
function asIssue(parse: (text: string) => unknown) {
  return (value: string, context: z.RefinementCtx): void => {
    try {
      parse(value);
    } catch (error) {
      if (!(error instanceof DrydockError)) throw error;
      context.addIssue(
        `is wrong: ${error.message}${error.hint === undefined ? "" : `. ${error.hint}`}`,
      );
    }
  };
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
