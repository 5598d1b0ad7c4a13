import { join } from "node:path";

import type { ExitCode } from "#cli/exit-codes.ts";
import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import { bugText, writeCrashFile } from "#cli/output/crash-file.ts";
import { bugDocument, errorDocument, exitCodeOf, type Meta } from "#cli/output/envelope.ts";
import { errorText } from "#cli/output/error-text.ts";
import { printableLines } from "#cli/output/printable.ts";
import { redact } from "#cli/output/redact.ts";
import type { ResultStream } from "#cli/output/result-stream.ts";
import type { Talk } from "#cli/output/talk.ts";

/** What is known of the command that failed. */
export interface FailureContext {
  readonly command: string;
  readonly wantsJson: boolean;
  readonly verbosity: number;
  readonly out: ResultStream;
  readonly talk: Talk;
  readonly meta: () => Meta;
}

/**
 * Tells people on stderr and, where JSON was asked for, programs on stdout what went wrong. Returns the exit code.
 * A bug also leaves a redacted crash file.
 *
 * @param interrupted The code of a command that a signal ended; a bug is one even then.
 */
export async function reportFailure(
  error: unknown,
  context: FailureContext,
  interrupted: ExitCode | null = null,
): Promise<ExitCode> {
  const { talk } = context;
  talk.setLiveLine("");
  const known = asDrydockError(error);
  if (known === null) return reportBug(error, context);
  const exit = interrupted ?? exitCodeOf(known);
  talk.insist(errorText(known, talk.style));
  if (context.verbosity > 0) talk.insist(printableLines(bugText(known)));
  if (context.wantsJson) await writeDocument(errorDocument(known, exit, context.meta()), context);
  return exit;
}

async function reportBug(error: unknown, context: FailureContext): Promise<ExitCode> {
  const { talk } = context;
  const text = redact(bugText(error), process.env);
  const folder = join(process.cwd(), ".drydock");
  const meta = context.meta();
  const path = writeCrashFile(folder, {
    error,
    command: context.command,
    version: meta.version,
    at: new Date(),
    env: process.env,
  });
  talk.insist(
    `${talk.style("error", "error")} ${talk.style("strong", "E_BUG")}  drydock itself failed`,
  );
  talk.insist(printableLines(text));
  const place = path === null ? "The crash file could not be written" : `The trace is in ${path}`;
  talk.insist(`  fix    Report this with the trace. ${place}`);
  if (context.wantsJson) {
    const message = redact(error instanceof Error ? error.message : String(error), process.env);
    await writeDocument(bugDocument(message, meta), context);
  }
  return 1;
}

/** The error is already told on stderr, so a stdout that can not be written adds nothing. */
async function writeDocument(document: object, context: FailureContext): Promise<void> {
  try {
    await context.out.write(`${JSON.stringify(document)}\n`);
  } catch (error) {
    context.talk.detail(`The error document could not be written: ${String(error)}`);
  }
}
