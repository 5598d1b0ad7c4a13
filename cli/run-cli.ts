import { statSync, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";

import type { CommandContext, Warning } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { type CommandSpec, schemaOf } from "#cli/command-spec.ts";
import { COMMAND_TREE } from "#cli/command-tree.ts";
import { COMPLETE_WORD } from "#cli/completion/complete-word.ts";
import type { ExitCode } from "#cli/exit-codes.ts";
import type { GlobalArgs } from "#cli/global-options.ts";
import { listenForInterrupt } from "#cli/interrupt.ts";
import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import { bugText } from "#cli/output/crash-file.ts";
import { documentText, errorDocument } from "#cli/output/envelope.ts";
import { printableLines } from "#cli/output/printable.ts";
import { createProgress, resolveProgressMode } from "#cli/output/progress.ts";
import { createResultStream } from "#cli/output/result-stream.ts";
import { createStyle, wantsColor } from "#cli/output/style.ts";
import { tsvLines } from "#cli/output/table.ts";
import { createTalk, type Talk } from "#cli/output/talk.ts";
import { terminalWidth } from "#cli/output/terminal-width.ts";
import { packageInfo } from "#cli/package-info.ts";
import type { ParsedCommandLine } from "#cli/parse-command-line.ts";
import { exitProcess, tellLauncher } from "#cli/process-guard.ts";
import { type FailureContext, reportFailure } from "#cli/report-failure.ts";
import { DrydockError } from "#engine/errors.ts";

/** The command at hand, so that a failure anywhere can be reported in the form that was asked for. */
interface Session extends FailureContext {
  command: string;
  /** Taken from the raw words until they are parsed. */
  wantsJson: boolean;
  verbosity: number;
  talk: Talk;
  /** Who began to answer: a command has one result or one error. */
  answeredBy: "nobody" | "command" | "stray";
}

/** Runs one command line to its end and returns the exit code; everything written has left the process by then. */
export async function runCli(words: readonly string[]): Promise<ExitCode> {
  const session = openSession(words);
  catchStrayFailures(session);
  try {
    return await runParsed(await parse(words), session);
  } catch (error) {
    return answerFailure(error, session, null);
  }
}

/** What needs no command line parser does not load one: these two are called by scripts and at every Tab. */
async function parse(words: readonly string[]): Promise<ParsedCommandLine> {
  const [first = "", ...rest] = words;
  if (first === COMPLETE_WORD) {
    const { complete } = await import("#cli/completion/complete.ts");
    return { kind: "text", text: complete(rest, COMMAND_TREE) };
  }
  if (words.length === 1 && (first === "--version" || first === "-V")) {
    return { kind: "text", text: `${packageInfo().version}\n` };
  }
  const { parseCommandLine } = await import("#cli/parse-command-line.ts");
  return parseCommandLine(words, COMMAND_TREE, terminalWidth(process.stdout));
}

function openSession(words: readonly string[]): Session {
  const beforeDashes = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const startedAt = new Date();
  const startedMs = performance.now();
  const session: Session = {
    command: "drydock",
    wantsJson: beforeDashes.includes("--json") || beforeDashes.includes("--jsonl"),
    verbosity: 0,
    answeredBy: "nobody",
    out: createResultStream(process.stdout),
    talk: createTalk({
      stream: process.stderr,
      style: styleFor(process.stderr, undefined),
      isQuiet: false,
      isVerbose: false,
    }),
    meta: () => ({
      command: session.command,
      version: packageInfo().version,
      node: process.version,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - startedMs),
    }),
  };
  return session;
}

async function runParsed(parsed: ParsedCommandLine, session: Session): Promise<ExitCode> {
  if (parsed.kind === "text") {
    await session.out.write(parsed.text);
    return 0;
  }
  const { spec, args, globals } = parsed;
  session.command = spec.name;
  session.wantsJson = globals.json || globals.jsonl;
  session.verbosity = globals.verbose;
  session.talk = createTalk({
    stream: process.stderr,
    style: styleFor(process.stderr, globals),
    isQuiet: globals.quiet,
    isVerbose: globals.verbose > 0,
  });
  checkTarget(globals.target);
  enterFolder(globals.cwd);
  return runCommand(spec, args, globals, session);
}

async function runCommand(
  spec: CommandSpec,
  args: Readonly<Record<string, unknown>>,
  globals: GlobalArgs,
  session: Session,
): Promise<ExitCode> {
  const { talk, out } = session;
  const warnings: Warning[] = [];
  const interrupt = listenForInterrupt({
    source: process,
    talk,
    now: () => performance.now(),
    heard: () => tellLauncher("heard"),
    quit: (code) => quitAtOnce(code, session),
  });
  const progress = createProgress({
    talk,
    mode: resolveProgressMode(globals.progress, {
      isTerminal: process.stderr.isTTY,
      isQuiet: globals.quiet,
      term: process.env["TERM"] ?? "",
    }),
    width: () => terminalWidth(process.stderr),
    now: () => performance.now(),
  });
  const context: CommandContext = {
    command: spec.name,
    globals,
    talk,
    progress,
    signal: interrupt.signal,
    canAsk: process.stdin.isTTY && process.stderr.isTTY,
    warn: (warning) => {
      warnings.push(warning);
      talk.say(`${talk.style("warning", "warning")}  ${warning.message}`);
    },
    emit: async (event) => {
      if (globals.jsonl) await out.write(`${JSON.stringify(event)}\n`);
    },
    loadConfig: async (flags = {}) => {
      const { loadConfig } = await import("#cli/config/load-config.ts");
      return loadConfig({ flags, file: globals.config, env: process.env, folder: process.cwd() });
    },
  };
  try {
    const handler = await spec.load();
    // `defineCommand` checked the handler against the options that `args` was read with.
    const result = await handler.run(context, args as never);
    progress.done();
    const exit = interrupt.exitCode() ?? result.exit ?? 0;
    if (session.answeredBy === "stray") return await new Promise<never>(() => {});
    beginAnswer(session, "command");
    await printResult(spec, result, exit, warnings, session, globals);
    return exit;
  } catch (error) {
    progress.done();
    return await answerFailure(error, session, interrupt.exitCode());
  } finally {
    interrupt.stop();
  }
}

async function printResult(
  spec: CommandSpec,
  result: CommandResult,
  exit: ExitCode,
  warnings: readonly Warning[],
  session: Session,
  globals: GlobalArgs,
): Promise<void> {
  const { out } = session;
  if (globals.json || globals.jsonl || result.asJson === true) {
    const envelope = { schema: schemaOf(spec), exit, warnings, meta: session.meta() };
    await out.writeAll(documentText(envelope, result.data, result.dataText));
    return;
  }
  if (globals.plain && result.plain !== undefined) {
    await out.writeAll(tsvLines(result.plain()));
    return;
  }
  const text = result.text({
    width: terminalWidth(process.stdout),
    isTerminal: process.stdout.isTTY,
    style: globals.plain ? createStyle(false) : styleFor(process.stdout, globals),
  });
  if (typeof text !== "string") await out.writeAll(text);
  else if (text !== "") await out.write(text.endsWith("\n") ? text : `${text}\n`);
}

function styleFor(
  stream: { readonly isTTY?: boolean },
  globals: GlobalArgs | undefined,
): ReturnType<typeof createStyle> {
  const flag =
    globals?.color === true ? "always" : globals?.["no-color"] === true ? "never" : undefined;
  return createStyle(wantsColor({ isTerminal: stream.isTTY === true, env: process.env, flag }));
}

/** Everything a command reads or writes by a relative path, and its stores, shall agree on the folder. */
function enterFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts?.isDirectory() !== true) {
    throw new DrydockError("E_USAGE", `--cwd "${folder}" is not a folder`, {
      hint: "Name a folder that exists",
    });
  }
  process.chdir(folder);
}

function checkTarget(target: string | undefined): void {
  if (target === undefined || /^[a-z][a-z0-9-]*:[a-z]+$/i.test(target)) return;
  throw new DrydockError("E_USAGE", `--target must be exchange:env, not "${target}"`, {
    hint: "Such as bybit:paper",
  });
}

function beginAnswer(session: Session, who: "command" | "stray"): void {
  session.answeredBy = who;
  tellLauncher("answered");
}

/** Reports a failure unless a stray one is being reported, which then ends the process. */
async function answerFailure(
  error: unknown,
  session: Session,
  interrupted: ExitCode | null,
): Promise<ExitCode> {
  if (session.answeredBy === "stray") return new Promise<never>(() => {});
  beginAnswer(session, "command");
  return reportFailure(await blame(error), session, interrupted);
}

/** A failure that nobody has answered and that came out of code of a user is that code's. */
async function blame(error: unknown): Promise<unknown> {
  if (asDrydockError(error) !== null) return error;
  const { strayUserFault } = await import("#cli/user-fault.ts");
  return strayUserFault(error) ?? error;
}

/** A failure outside the awaited path is reported like any other, instead of Node's raw trace; the first one counts. */
function catchStrayFailures(session: Session): void {
  let isTold = false;
  const onStray = (error: unknown): void => {
    if (session.answeredBy === "stray") return;
    if (session.answeredBy === "command") {
      if (!isTold) session.talk.insist(`After the result: ${printableLines(bugText(error))}`);
      isTold = true;
      return;
    }
    beginAnswer(session, "stray");
    void reportStray(error, session).then(exitProcess);
  };
  process.on("uncaughtException", onStray);
  process.on("unhandledRejection", onStray);
}

async function reportStray(error: unknown, session: Session): Promise<ExitCode> {
  return reportFailure(await blame(error), session);
}

/** The second Ctrl-C: nothing is waited for, but a program that reads the result is told why there is none. */
function quitAtOnce(code: 130 | 143, session: Session): never {
  if (session.wantsJson && session.answeredBy === "nobody") {
    beginAnswer(session, "command");
    const error = new DrydockError("E_INTERRUPTED", "Quit before the work was done");
    try {
      writeSync(1, `${JSON.stringify(errorDocument(error, code, session.meta()))}\n`);
    } catch {
      // Nobody reads any more; the exit code still tells.
    }
  }
  return exitProcess(code);
}
