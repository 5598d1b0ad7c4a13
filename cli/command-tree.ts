import { aged } from "#cli/aged/commands.ts";
import { auditLookahead } from "#cli/audit/commands.ts";
import { backtest } from "#cli/backtest/commands.ts";
import type { CommandSpec } from "#cli/command-spec.ts";
import { completion } from "#cli/completion/commands.ts";
import { configPath, configShow, configValidate } from "#cli/config/commands.ts";
import { dataCommands } from "#cli/data/commands.ts";
import { demo } from "#cli/demo/commands.ts";
import { doctor } from "#cli/doctor/commands.ts";
import { init } from "#cli/init/commands.ts";
import { intents } from "#cli/intents/commands.ts";
import { journalCheck, journalRepair, journalShow } from "#cli/journal/commands.ts";
import { orders, positions } from "#cli/positions/commands.ts";
import { report } from "#cli/report/commands.ts";
import { runsDiff, runsExport, runsLs, runsRm, runsShow, runsTag } from "#cli/runs/commands.ts";
import { scenarioRecord, scenarioRun } from "#cli/scenario/commands.ts";
import { simReplay, simRun, simShrink } from "#cli/sim/commands.ts";
import { sql } from "#cli/sql/commands.ts";
import { strategyLs } from "#cli/strategy/commands.ts";
import { dataGenerate } from "#cli/synthetic/commands.ts";
import { tearsheet } from "#cli/tearsheet/commands.ts";
import { verify } from "#cli/verify/commands.ts";

/** Every command, and a line for each first word that groups several. */
export interface CommandTree {
  readonly commands: readonly CommandSpec[];
  readonly groups: Readonly<Record<string, string>>;
}

/** In the order of `--help`. A new command is its `commands.ts`, a line here and a schema file for its document. */
export const COMMAND_TREE: CommandTree = {
  commands: [
    init,
    doctor,
    ...dataCommands,
    demo,
    backtest,
    strategyLs,
    dataGenerate,
    verify,
    auditLookahead,
    report,
    runsLs,
    runsShow,
    runsDiff,
    runsExport,
    runsTag,
    runsRm,
    scenarioRun,
    scenarioRecord,
    positions,
    orders,
    intents,
    aged,
    journalCheck,
    journalShow,
    journalRepair,
    simRun,
    simReplay,
    simShrink,
    tearsheet,
    sql,
    configShow,
    configPath,
    configValidate,
    completion,
  ],
  groups: {
    audit: "Whether a strategy can be believed",
    strategy: "The strategies that can be run",
    data: "Candles, mark and index prices, funding rates: import, look, check, export",
    runs: "The results that were kept",
    scenario: "Candles and orders in, fills out: the simulated exchange as data",
    journal: "What a running engine wrote down so that a crash cannot lose it",
    sim: "The fault simulator: what a bot does when the exchange, the network or the disk fails",
    config: "The settings and the file they come from",
  },
};
