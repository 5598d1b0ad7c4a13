import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { packageInfo } from "#cli/package-info.ts";
import { guardProcess, tellLauncher } from "#cli/process-guard.ts";
import { loadFailure } from "#cli/user-module-failure.ts";
import { DrydockError, type ErrorCode } from "#engine/errors.ts";

/**
 * Loads TypeScript or JavaScript that a user wrote, without a build: Node strips the types. The bare name
 * `drydock` means this very program wherever the file lies, so a strategy runs without an installation beside it.
 * Every local file that comes along is remembered with the hash of the text that was really executed.
 */

interface UserFile {
  /** Strategy code; false for a config file and what that brings along. */
  isStrategy: boolean;
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
  guardProcess();
  installHooks();
  remember(url.href, code === "E_STRATEGY_FILE");
  tellLauncher("strategy");
  try {
    return await endOf(import(url.href) as Promise<Readonly<Record<string, unknown>>>);
  } catch (error) {
    throw loadFailure({ url, userFiles: [...userFiles.keys()] }, error, code);
  } finally {
    tellLauncher("drydock");
  }
}

/** URLs of the strategy files loaded so far and of the local files they brought along. */
export function loadedStrategyFiles(): readonly string[] {
  return [...userFiles].filter(([, file]) => file.isStrategy).map(([href]) => href);
}

/** Rejects when the process would end because nothing is left that could settle the promise. */
async function endOf<T>(loading: Promise<T>): Promise<T> {
  const { promise: neverEnding, reject } = Promise.withResolvers<never>();
  const onNothingLeft = (): void => {
    reject(new DrydockError("E_STRATEGY_FILE", "it waits at its top level for what never comes"));
  };
  process.once("beforeExit", onNothingLeft);
  try {
    return await Promise.race([loading, neverEnding]);
  } finally {
    process.off("beforeExit", onNothingLeft);
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
        remember(href, parent.isStrategy);
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
 * TypeScript here always is, JavaScript when a line begins as one; about other files Node decides.
 */
function formatOf(url: string): string | undefined {
  const path = fileURLToPath(withoutQuery(url));
  if (/\.m?ts$/.test(path)) return "module-typescript";
  const isModule =
    path.endsWith(".js") && /^\s*(?:import|export)\b/m.test(readFileSync(path, "utf8"));
  return isModule ? "module" : undefined;
}

function remember(href: string, isStrategy: boolean): void {
  const known = userFiles.get(href);
  if (known === undefined) userFiles.set(href, { isStrategy, sha256: "", imports: new Set() });
  else known.isStrategy ||= isStrategy;
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
