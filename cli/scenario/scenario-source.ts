import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";

import { DrydockError } from "#engine/errors.ts";

/** Keys and list places from the top of a scenario: `["steps", 1, "qty"]`. */
export type Path = readonly (string | number)[];

/** One scenario as it is written, before anything is checked. */
export interface ScenarioText {
  readonly value: unknown;
  /** `gap.yaml:12`: where a key stands, or what comes nearest to it. */
  readonly whereIs: (path: Path) => string;
}

/** Aliases of one document; more is a file that wants to fill the memory. */
const ALIASES_MAX = 100;

/**
 * Splits a file into its scenarios: YAML documents, a list, or JSON.
 * @param file as the user named it, for messages
 * @throws E_SCENARIO when it is no YAML or JSON at all, with the line
 */
export function readScenarioTexts(text: string, file: string): readonly ScenarioText[] {
  if (file.endsWith(".json")) assertStrictJson(text, file);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [broken] = document.errors;
    if (broken !== undefined) {
      throw unreadable(file, lines.linePos(broken.pos[0]).line, broken.message);
    }
    const { contents } = document;
    if (contents === null) return [];
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: ALIASES_MAX });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw unreadable(file, lineOf(lines, contents, []), reason);
    }
    const whereIs = (path: Path): string => `${file}:${lineOf(lines, contents, path)}`;
    if (!Array.isArray(value)) return value === null ? [] : [{ value, whereIs }];
    return value.map((one: unknown, at) => ({
      value: one,
      whereIs: (path: Path) => whereIs([at, ...path]),
    }));
  });
}

function unreadable(file: string, line: number, reason: string): DrydockError {
  const first = (reason.split("\n")[0] ?? "").replace(/[.:]$/, "");
  return new DrydockError("E_SCENARIO", `${file}:${line}: ${first}`, {
    hint: `Correct line ${line} of ${file}`,
  });
}

/** Line of a key; of its nearest written parent when the key itself is not there. */
function lineOf(lines: LineCounter, contents: Node, path: Path): number {
  let node: unknown = contents;
  let offset = contents.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(part),
      );
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === "number") {
      const item = node.items[part] as Node | undefined;
      if (item === undefined) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else {
      break;
    }
  }
  return lines.linePos(offset).line;
}

/** YAML reads more than JSON; a file that calls itself JSON shall be readable by every other program too. */
function assertStrictJson(text: string, file: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/line (\d+)/.exec(message)?.[1] ?? lineOfPosition(text, message));
    throw unreadable(file, line, message.replace(/ in JSON at position.*$/s, ""));
  }
}

function lineOfPosition(text: string, message: string): number {
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  return text.slice(0, position).split("\n").length;
}
