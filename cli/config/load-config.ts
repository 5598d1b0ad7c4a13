import type { ConfigFlags } from "#cli/config/config-flags.ts";
import { findConfig } from "#cli/config/find-config.ts";
import type { ConfigProblem } from "#cli/config/parse-config-file.ts";
import {
  type ConfigSources,
  type ResolvedConfig,
  resolveConfig,
} from "#cli/config/resolve-config.ts";
import { DrydockError } from "#engine/errors.ts";

export interface ConfigRequest {
  readonly flags: ConfigFlags;
  /** `--config`; undefined: the first config file upwards. */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** Finds, reads, checks and merges the settings. @throws E_CONFIG, E_USAGE */
export async function loadConfig(request: ConfigRequest): Promise<ResolvedConfig> {
  const { flags, env, folder } = request;
  const path = findConfig(folder, request.file);
  let file: ConfigSources["file"] = null;
  if (path !== null) {
    const { parseConfigFile } = await import("#cli/config/parse-config-file.ts");
    const { content, problems, whereIs } = await parseConfigFile(path);
    if (problems[0] !== undefined) throw configError(problems[0], problems.length - 1);
    file = { path, content, whereIs };
  }
  return resolveConfig({ flags, env, file, folder });
}

function configError(problem: ConfigProblem, othersCount: number): DrydockError {
  return new DrydockError("E_CONFIG", `${problem.where}: ${problem.message}`, {
    hint: problem.hint ?? `Correct ${problem.where}`,
    or: othersCount === 0 ? undefined : `drydock config validate lists ${othersCount} more`,
  });
}
