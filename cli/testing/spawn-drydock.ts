import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type JsonSchema, schemaProblems } from "#cli/testing/validate-schema.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
/** The pinned Node: the one that runs the tests may be another. */
export const PINNED_NODE = fileURLToPath(
  new URL("../../node_modules/node/bin/node", import.meta.url),
);

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Runs drydock as a script would: no terminal, both outputs piped, a bare environment. */
export function spawnDrydock(
  words: readonly string[],
  options: SpawnOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(PINNED_NODE, [MAIN, ...words], {
      cwd: options.cwd ?? process.cwd(),
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        TZ: "Pacific/Apia",
        ...options.env,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ stdout, stderr, exit: code ?? (signal === null ? -1 : 128) });
    });
    child.stdin.end(options.stdin ?? "");
  });
}

export interface ResultDocument {
  readonly schema: string;
  readonly ok: boolean;
  readonly data: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly exit: number };
}

/** The one JSON document on stdout, checked against its schema file. Throws with what is wrong. */
export function parseDocument(outcome: Outcome): ResultDocument {
  const lines = outcome.stdout.split("\n");
  if (lines.length !== 2 || lines[1] !== "") {
    throw new Error(
      `stdout holds ${lines.length - 1} lines instead of one: ${outcome.stdout.slice(0, 500)}${outcome.stderr}`,
    );
  }
  const document = JSON.parse(lines[0] ?? "") as ResultDocument;
  const name = document.schema.replace("drydock.", "").replace("/", ".");
  const path = new URL(`../schemas/${name}.json`, import.meta.url);
  const problems = schemaProblems(JSON.parse(readFileSync(path, "utf8")) as JsonSchema, document);
  if (problems.length > 0) throw new Error(`${document.schema}: ${problems.join("; ")}`);
  return document;
}
