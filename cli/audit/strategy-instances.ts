import { registerHooks } from "node:module";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { type LoadedStrategy, strategiesOf } from "#cli/strategy-loader.ts";
import { loadedStrategyFiles } from "#cli/user-module.ts";
import { DrydockError } from "#engine/errors.ts";
import { isStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";

/** Marks a module as one of several instances of its file. */
const MARK = /\?drydock-audit=\d+$/;

/** Parts of Node through which a strategy gets at what no audit of columns can see. */
const OUTSIDE = /^node:(?:fs|http|https|http2|net|dgram|tls|child_process|worker_threads|sqlite)\b/;

export interface OutsideImport {
  /** Name of the file. */
  readonly file: string;
  /** `node:fs`. */
  readonly module: string;
}

/**
 * Instances of a strategy that know nothing of each other: its file and the local files it imports are executed anew
 * for each. A built-in strategy has only the one it is.
 */
export class StrategyInstances {
  readonly #loaded: LoadedStrategy;
  readonly #outside = new Map<string, OutsideImport>();
  #exportName: string | null = null;
  #count = 0;

  constructor(loaded: LoadedStrategy) {
    this.#loaded = loaded;
  }

  /** What its files import that reaches files, processes and the network; known after the first instance. */
  get outside(): readonly OutsideImport[] {
    return [...this.#outside.values()];
  }

  /** @throws what the file throws while it is executed, and E_STRATEGY_FILE when it is another strategy then */
  async fresh(): Promise<Strategy> {
    const { file, strategy } = this.#loaded;
    if (file === null) return strategy;
    if (this.#exportName === null) {
      for (const [name, value] of await strategiesOf(file)) {
        if (value === strategy) this.#exportName = name;
      }
      this.#listen();
    }
    this.#count += 1;
    const url = `${pathToFileURL(file).href}?drydock-audit=${this.#count}`;
    const module = (await import(url)) as Readonly<Record<string, unknown>>;
    const found = module[this.#exportName ?? ""];
    if (isStrategy(found) && found.name === strategy.name) return found;
    throw new DrydockError(
      "E_STRATEGY_FILE",
      `"${basename(file)}" exports something else each time it is loaded`,
      { hint: "Export the same strategy whatever time it is and whatever was loaded before" },
    );
  }

  /** What a marked module imports of the user's own files is marked alike. */
  #listen(): void {
    registerHooks({
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context);
        const parent = context.parentURL ?? "";
        const [mark] = MARK.exec(parent) ?? [];
        if (mark === undefined) return resolved;
        const [module] = OUTSIDE.exec(resolved.url) ?? [];
        if (module !== undefined) {
          const file = basename(fileURLToPath(parent.replace(MARK, "")));
          this.#outside.set(`${file} ${module}`, { file, module });
        }
        return loadedStrategyFiles().includes(resolved.url)
          ? { ...resolved, url: `${resolved.url}${mark}` }
          : resolved;
      },
    });
  }
}
