import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { must } from "#engine/assert.ts";

/** The pinned Node; the one that runs the tests may be another. */
const NODE = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));

export interface SpawnedProcess {
  readonly child: ChildProcess;
  /** Resolves when the process has printed the word. */
  readonly said: (word: string) => Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
}

/** Starts a program of `data/testing`; it is killed when the test ends. */
export function spawnProcess(program: string, ...args: readonly string[]): SpawnedProcess {
  const script = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(NODE, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let printed = "";
  const out = must(child.stdout, "stdout is a pipe");
  out.on("data", (data: Buffer) => {
    printed += data.toString();
  });
  const said = async (word: string): Promise<void> => {
    while (!printed.includes(word)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The process ended without "${word}"`);
      }
      await Promise.race([once(out, "data"), ended]);
    }
  };
  return { child, said, ended };
}
