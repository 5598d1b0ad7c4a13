import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ResolvedConfig } from "#cli/config/resolve-config.ts";
import { type Check, type CheckStatus, check } from "#cli/doctor/check.ts";
import {
  checkDisk,
  checkEnvironment,
  checkNode,
  checkTerminal,
  checkTimeZone,
  checkWorkspace,
} from "#cli/doctor/machine-checks.ts";
import { checkStores } from "#cli/doctor/store-checks.ts";
import { checkStrategies } from "#cli/doctor/strategy-checks.ts";
import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import type { Emphasis } from "#cli/output/style.ts";
import type { Table } from "#cli/output/table.ts";

const EMPHASIS: Readonly<Record<CheckStatus, Emphasis>> = {
  pass: "good",
  warn: "warning",
  fail: "error",
  skip: "faint",
};

export async function run(
  context: CommandContext,
  args: Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const checks: Check[] = [checkNode(process.version), checkEnvironment(process.env)];
  const { config, outcome } = await checkConfig(context, args);
  checks.push(outcome);
  if (config === null) {
    checks.push(check("workspace", "skip", "Not known without a config that can be read"));
  } else {
    const { dataDir } = config.values;
    checks.push(checkWorkspace(dataDir), checkDisk(dataDir));
    checks.push(...(await checkStores(dataDir, context.signal)));
    checks.push(...(await checkStrategies(config)));
  }
  checks.push(checkTimeZone(), checkTerminal(process.stdout, process.env));

  const count = (status: CheckStatus): number =>
    checks.filter((entry) => entry.status === status).length;
  const summary = {
    pass: count("pass"),
    warn: count("warn"),
    fail: count("fail"),
    skip: count("skip"),
  };
  return {
    data: { checks, summary },
    exit: summary.fail > 0 ? 3 : 0,
    text: (view) => textOf(checks, view),
    plain: (): Table => ({
      columns: [{ name: "check" }, { name: "status" }, { name: "message" }, { name: "fix" }],
      rows: checks.map((entry) => [entry.name, entry.status, entry.message, entry.fix]),
    }),
  };
}

async function checkConfig(
  context: CommandContext,
  args: Readonly<Record<string, unknown>>,
): Promise<{ readonly config: ResolvedConfig | null; readonly outcome: Check }> {
  try {
    const config = await context.loadConfig(configFlags(args));
    const outcome =
      config.file === null
        ? check("config", "skip", "No config file here or above: defaults apply", "drydock init")
        : check("config", "pass", config.file);
    return { config, outcome };
  } catch (error) {
    const known = asDrydockError(error);
    if (known === null) throw error;
    return {
      config: null,
      outcome: check("config", "fail", known.message, known.hint ?? "drydock config validate"),
    };
  }
}

function textOf(checks: readonly Check[], view: TextView): string {
  const widest = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, message, fix }) => {
    const line = `${view.style(EMPHASIS[status], status)}  ${name.padEnd(widest)}  ${message}`;
    return fix === null ? [line] : [line, `${" ".repeat(widest + 8)}fix: ${fix}`];
  });
  return lines.join("\n");
}
