import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { basename, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { sourceExcerpt } from "#cli/output/source-excerpt.ts";
import { packageInfo } from "#cli/package-info.ts";
import { DrydockError, type ErrorCode } from "#engine/errors.ts";

/**
 * Loads TypeScript or JavaScript that a user wrote, without a build: Node strips the types. The bare name
 * `drydock` means this very program wherever the file lies, so a strategy runs without an installation beside it.
 * Every local file that comes along is remembered with the hash of the text that was really executed.
 */

interface UserFile {
  sha256: string;
  /** URLs of the local files it imports. */
  readonly imports: Set<string>;
}

const userFiles = new Map<string, UserFile>();
let hasHooks = false;

/** Folders of this package that its own version stands for; `strategies` and `examples` count as user files. */
const OWN_FOLDERS = ["engine", "sim", "data", "reports", "cli", "dist", "bin"];

/** @throws DrydockError of the given code: syntax, missing imports, and what the file throws while it loads */
export async function importUserModule(
  url: URL,
  code: ErrorCode,
): Promise<Readonly<Record<string, unknown>>> {
  installHooks();
  remember(url.href);
  try {
    return (await import(url.href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof DrydockError) throw error;
    throw loadFailure(url, error, code);
  }
}

export interface SourceFile {
  readonly path: string;
  /** Lower-case hex over the bytes as they were when the file was loaded. */
  readonly sha256: string;
}

/** The file and every local file it brought along, in the order of their paths. Empty before it was loaded. */
export function loadedSources(url: URL): readonly SourceFile[] {
  const seen = new Set<string>();
  const open = [url.href];
  const sources: SourceFile[] = [];
  for (let href = open.pop(); href !== undefined; href = open.pop()) {
    const file = userFiles.get(href);
    if (file === undefined || seen.has(href)) continue;
    seen.add(href);
    sources.push({ path: fileURLToPath(href), sha256: file.sha256 });
    open.push(...file.imports);
  }
  return sources.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function installHooks(): void {
  if (hasHooks) return;
  hasHooks = true;
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const api = new URL(`../engine/strategy/api.${extension}`, import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) => {
      const parent = userFiles.get(withoutQuery(context.parentURL ?? ""));
      if (specifier === "drydock" && parent !== undefined) return { url: api, shortCircuit: true };
      const resolved = next(specifier, context);
      const href = withoutQuery(resolved.url);
      if (parent !== undefined && isLocal(href)) {
        parent.imports.add(href);
        remember(href);
      }
      return resolved;
    },
    load: (url, context, next) => {
      const file = userFiles.get(withoutQuery(url));
      if (file === undefined) return next(url, context);
      const format = context.format ?? formatOf(url);
      const loaded = next(url, { ...context, format });
      file.sha256 = sha256(loaded.source ?? readFileSync(new URL(url)));
      return loaded;
    },
  });
}

/**
 * What Node would find out by trying, with a warning, where no package.json says that modules are ES modules:
 * TypeScript here always is, JavaScript when a line begins as one.
 */
function formatOf(url: string): string | undefined {
  const path = fileURLToPath(withoutQuery(url));
  if (/\.m?ts$/.test(path)) return "module-typescript";
  if (!path.endsWith(".js")) return undefined;
  return /^\s*(?:import|export)\b/m.test(readFileSync(path, "utf8")) ? "module" : "commonjs";
}

function remember(href: string): void {
  if (!userFiles.has(href)) userFiles.set(href, { sha256: "", imports: new Set() });
}

function withoutQuery(href: string): string {
  return href.replace(/[?#].*$/, "");
}

/** Packages have versions of their own, and this program's parts are covered by its version. */
function isLocal(href: string): boolean {
  if (!href.startsWith("file:")) return false;
  const path = fileURLToPath(href);
  if (path.includes(`${sep}node_modules${sep}`)) return false;
  const { root } = packageInfo();
  return !OWN_FOLDERS.some((folder) => path.startsWith(join(root, folder) + sep));
}

function sha256(source: string | NodeJS.ArrayBufferView | ArrayBuffer): string {
  const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  return createHash("sha256").update(bytes).digest("hex");
}

interface Place {
  readonly path: string;
  readonly line: number;
}

function loadFailure(url: URL, error: unknown, code: ErrorCode): DrydockError {
  const root = fileURLToPath(url);
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
  const place = placeOf(error, root);
  const isSyntax = error instanceof SyntaxError;
  const where = place ?? { path: root, line: 0 };
  const excerpt = place === null ? "" : `\n${sourceExcerpt(place.path, place.line)}`;
  const at = place === null ? "" : `:${place.line}`;
  return new DrydockError(
    code,
    `${isSyntax ? "Cannot read" : "Cannot load"} "${basename(where.path)}"${at}: ${reason}`,
    {
      while: `loading ${where.path}${at}${excerpt}`,
      hint: syntaxHint(error),
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
function placeOf(error: unknown, root: string): Place | null {
  if (!(error instanceof Error)) return null;
  const stack = error.stack ?? "";
  const head = /^(file:\/\/\S+|\/\S.*?|[A-Za-z]:\\.*?):(\d+)\n/.exec(stack);
  if (head !== null) return { path: toPath(head[1] ?? ""), line: Number(head[2]) };
  for (const frame of stack.matchAll(/(file:\/\/[^\s)]+?):(\d+):\d+/g)) {
    if (userFiles.has(frame[1] ?? ""))
      return { path: toPath(frame[1] ?? ""), line: Number(frame[2]) };
  }
  return error instanceof SyntaxError ? placeInScript(root) : null;
}

/** For plain JavaScript Node tells no line; the type stripper reads JavaScript as well and does. */
function placeInScript(root: string): Place | null {
  const loaded = [root, ...[...userFiles.keys()].map(toPath)];
  for (const path of new Set(loaded)) {
    if (!/\.[cm]?js$/.test(path)) continue;
    try {
      withoutWarnings(() => stripTypeScriptTypes(readFileSync(path, "utf8")));
    } catch (error) {
      const line = error instanceof Error ? /^:(\d+)\n/.exec(error.stack ?? "")?.[1] : undefined;
      if (line !== undefined) return { path, line: Number(line) };
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
