import type { ConfigFlags } from "#cli/config/config-flags.ts";
import type { ResolvedConfig } from "#cli/config/resolve-config.ts";
import type { GlobalArgs } from "#cli/global-options.ts";
import type { Progress } from "#cli/output/progress.ts";
import type { Talk } from "#cli/output/talk.ts";

/** A remark that belongs to the result: printed on stderr and listed in the JSON document. */
export interface Warning {
  /** Stable kebab-case code. */
  readonly code: string;
  readonly message: string;
}

/** What the frame gives a command. The working directory of the process is already that of `--cwd`. */
export interface CommandContext {
  /** `data ls`. */
  readonly command: string;
  readonly globals: GlobalArgs;
  readonly talk: Talk;
  readonly progress: Progress;
  /** Aborted by the first Ctrl-C or SIGTERM: end the unit at hand, keep or undo it, then return or throw. */
  readonly signal: AbortSignal;
  /** True when a question can be asked and answered: stdin and stderr are terminals. */
  readonly canAsk: boolean;
  readonly warn: (warning: Warning) => void;
  /** Writes one event with `--jsonl`, otherwise does nothing. */
  readonly emit: (event: object) => Promise<void>;
  /** Flags over environment over config file over defaults. @throws E_CONFIG, E_USAGE */
  readonly loadConfig: (flags?: ConfigFlags) => Promise<ResolvedConfig>;
}
