import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { sourceExcerpt } from "#cli/output/source-excerpt.ts";
import { DrydockError, type ErrorCode } from "#engine/errors.ts";

export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** What was being loaded. */
export interface Loading {
  readonly url: URL;
  /** URLs of the files that the user wrote, the first one included. */
  readonly userFiles: readonly string[];
}

/** Turns what Node reports about a module into an error that shows the place in the user's own files. */
export function loadFailure(loading: Loading, error: unknown, code: ErrorCode): DrydockError {
  const root = fileURLToPath(loading.url);
  const missing = missingImport(error);
  if (missing !== null) {
    return new DrydockError(
      code,
      `"${basename(missing.from)}" imports "${missing.what}", which does not exist`,
      {
        while: `loading ${missing.from}`,
        hint: "Write relative imports with their full file name, such as ./levels.ts",
        cause: error,
      },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  const place = placeOf(error, loading);
  const isSyntax = error instanceof SyntaxError;
  const where = place ?? { path: root, line: 0, column: 0 };
  const excerpt = place === null ? "" : `\n${sourceExcerpt(place.path, place.line)}`;
  const at = place === null ? "" : `:${place.line}`;
  return new DrydockError(
    code,
    `${isSyntax ? "Cannot read" : "Cannot load"} "${basename(where.path)}"${at}: ${reason}`,
    {
      while: `loading ${where.path}${at}${excerpt}`,
      hint: error instanceof DrydockError ? error.hint : syntaxHint(error),
      cause: error,
    },
  );
}

function syntaxHint(error: unknown): string {
  if (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
  ) {
    return "Types are only removed, nothing is compiled: use plain objects and unions instead of enum or namespace";
  }
  return error instanceof SyntaxError
    ? "Correct the file and run the command again"
    : "Correct what the file does while it is loaded";
}

function missingImport(error: unknown): { readonly what: string; readonly from: string } | null {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND")
    return null;
  const match = /^Cannot find (?:module|package) '(.+?)' imported from (.+)$/s.exec(error.message);
  return match === null ? null : { what: match[1] ?? "", from: match[2] ?? "" };
}

/** Where in the user's files it went wrong: Node writes it above the stack of a syntax error, or into a frame. */
function placeOf(error: unknown, { url, userFiles }: Loading): Place | null {
  if (!(error instanceof Error)) return null;
  const stack = error.stack ?? "";
  const head = /^(file:\/\/\S+|\/\S.*?|[A-Za-z]:\\.*?):(\d+)\n/.exec(stack);
  if (head !== null) return { path: toPath(head[1] ?? ""), line: Number(head[2]), column: 1 };
  const place = placeInStack(stack, userFiles);
  if (place !== null) return place;
  return error instanceof SyntaxError ? placeInScript([url.href, ...userFiles]) : null;
}

/** The first frame of a stack that lies in one of the files; null where none does. */
export function placeInStack(stack: string, userFiles: readonly string[]): Place | null {
  for (const frame of stack.matchAll(/(file:\/\/[^\s)]+?)(?:\?[^\s):]*)?:(\d+):(\d+)/g)) {
    if (!userFiles.includes(frame[1] ?? "")) continue;
    return { path: toPath(frame[1] ?? ""), line: Number(frame[2]), column: Number(frame[3]) };
  }
  return null;
}

/** For plain JavaScript Node tells no line; the type stripper reads JavaScript as well and does. */
function placeInScript(urls: readonly string[]): Place | null {
  for (const path of new Set(urls.map(toPath))) {
    if (!/\.[cm]?js$/.test(path)) continue;
    try {
      withoutWarnings(() => stripTypeScriptTypes(readFileSync(path, "utf8")));
    } catch (error) {
      const line = error instanceof Error ? /^:(\d+)\n/.exec(error.stack ?? "")?.[1] : undefined;
      if (line !== undefined) return { path, line: Number(line), column: 1 };
    }
  }
  return null;
}

/** The stripper announces that it is experimental, which is no news for who made a mistake in a script. */
function withoutWarnings(action: () => void): void {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    action();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function toPath(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}
