import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

import { isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";

import { configSchema } from "#cli/config/config-schema.ts";
import { CONFIG_KEY_NAMES } from "#cli/config/keys.ts";
import { didYouMean } from "#cli/suggest.ts";
import { DrydockError } from "#engine/errors.ts";

/** One thing that is wrong in a config file. */
export interface ConfigProblem {
  /** `drydock.yaml:7`; without a line where the file is a program. */
  readonly where: string;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface ParsedConfigFile {
  /** Nested as written, validated, nulls left out. Only meaningful without problems. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly problems: readonly ConfigProblem[];
  /** Where a setting stands: `drydock.yaml:7`. */
  readonly whereIs: (path: readonly string[]) => string;
}

/** @throws E_CONFIG when the file can not be read or is no YAML, JSON or module at all */
export async function parseConfigFile(file: string): Promise<ParsedConfigFile> {
  const name = basename(file);
  if (/\.[cm]?[jt]s$/.test(file)) return validate(await importConfig(file, name), () => name);
  const source = readSource(file);
  if (file.endsWith(".json")) assertStrictJson(source, name);

  const lines = new LineCounter();
  // The check for duplicate keys is yaml's own; a second document in the file is an error of its own as well.
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    const reason = (broken.message.split("\n")[0] ?? "").replace(/[.:]$/, "");
    throw new DrydockError("E_CONFIG", `Cannot read ${name}:${line}: ${reason}`, {
      hint: `Correct line ${line} of ${file}`,
    });
  }
  const whereIs = (path: readonly string[]): string => {
    const offset = offsetOf(document.contents, path);
    return offset === null ? name : `${name}:${lines.linePos(offset).line}`;
  };
  return validate(document.toJS() ?? {}, whereIs);
}

function readSource(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DrydockError("E_CONFIG", `Cannot read the config file "${file}"`, {
      hint: "Check the path and the permissions",
      cause: error,
    });
  }
}

function validate(given: unknown, whereIs: (path: readonly string[]) => string): ParsedConfigFile {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const problem = {
      where: whereIs([]),
      message: "The config must be a list of names and values",
      hint: undefined,
    };
    return { content: {}, problems: [problem], whereIs };
  }
  const { content, problems } = withAliases(
    withoutNulls(given as Record<string, unknown>),
    whereIs,
  );
  const result = configSchema().safeParse(content);
  if (result.success) return { content: result.data, problems, whereIs };
  const more = result.error.issues.flatMap((issue) => problemsOf(issue, whereIs));
  return { content: {}, problems: [...problems, ...more], whereIs };
}

/** `symbol` and the scenario form of `slippageBps` are other spellings of listed keys. */
function withAliases(
  given: Record<string, unknown>,
  whereIs: (path: readonly string[]) => string,
): { content: Record<string, unknown>; problems: ConfigProblem[] } {
  const content = { ...given };
  const problems: ConfigProblem[] = [];
  const rename = (from: string, to: string): void => {
    if (!(from in content)) return;
    if (to in content) {
      const message = `"${from}" and "${to}" are the same setting`;
      problems.push({ where: whereIs([from]), message, hint: `Leave "${from}" out` });
    } else {
      content[to] = content[from];
    }
    delete content[from];
  };
  rename("symbol", "symbols");
  const slippage = content["slippageBps"];
  if (typeof slippage === "object" && slippage !== null) rename("slippageBps", "slippage");
  return { content, problems };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  whereIs: (path: readonly string[]) => string,
): ConfigProblem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const full = [...path, key];
      const siblings = CONFIG_KEY_NAMES.map((name) => name.split("."))
        .filter((parts) => path.every((part, index) => parts[index] === part))
        .map((parts) => parts[path.length] ?? "");
      return {
        where: whereIs(full),
        message: `Unknown key "${full.join(".")}"`,
        hint: didYouMean(key, [...new Set(siblings)], elsewhere(key)),
      };
    });
  }
  const reason =
    issue.message.startsWith("must") || issue.message.startsWith("is ")
      ? issue.message
      : "must be names with values";
  return [{ where: whereIs(path), message: `"${path.join(".")}" ${reason}`, hint: undefined }];
}

/** The key may be right but stand at the wrong level. */
function elsewhere(key: string): string {
  const home = CONFIG_KEY_NAMES.find((name) => name.split(".").at(-1) === key);
  return home === undefined ? "drydock config show lists the keys" : `The key is "${home}"`;
}

/** An empty value in YAML is null and means "not set". */
function withoutNulls(given: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(given).flatMap(([name, value]): [string, unknown][] => {
    if (value === null || value === undefined) return [];
    if (typeof value !== "object" || Array.isArray(value)) return [[name, value]];
    return [[name, withoutNulls(value as Record<string, unknown>)]];
  });
  return Object.fromEntries(entries);
}

/** Offset of a key in the source; of its nearest written parent when the key itself is not there. */
function offsetOf(contents: Node | null, path: readonly string[]): number | null {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? null;
  for (const part of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part);
    if (pair === undefined) break;
    if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

/** YAML reads more than JSON; a file that calls itself JSON shall be readable by every other program too. */
function assertStrictJson(source: string, name: string): void {
  try {
    JSON.parse(source);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/ in JSON at position.*$/, "") : "";
    const position = error instanceof Error ? /line (\d+)/.exec(error.message)?.[1] : undefined;
    const where = position === undefined ? name : `${name}:${position}`;
    throw new DrydockError("E_CONFIG", `Cannot read ${where}: ${reason}`, {
      hint: "Correct the JSON; comments and trailing commas are not part of it",
    });
  }
}

async function importConfig(file: string, name: string): Promise<unknown> {
  const { importUserModule } = await import("#cli/user-module.ts");
  const module = await importUserModule(pathToFileURL(file), "E_CONFIG");
  const config = module["config"] ?? module["default"];
  if (config !== undefined) return config;
  throw new DrydockError("E_CONFIG", `${name} exports no config`, {
    hint: "Write export const config = { … } in it",
  });
}
