import { createInterface } from "node:readline/promises";

/** Asks on stderr, so that a redirected stdout holds the result only. Callers check `canAsk` first. */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question, { signal })).trim();
  } finally {
    terminal.close();
  }
}

/** Asks for a yes; an empty answer is one. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await ask(`${question} [Y/n] `, signal);
  return /^(?:y(?:es)?)?$/i.test(answer);
}
