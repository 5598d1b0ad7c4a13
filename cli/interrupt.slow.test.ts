import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { PINNED_NODE, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const LAUNCHER = fileURLToPath(new URL("../bin/drydock.js", import.meta.url));
const MARKET = ["--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "1h"];
/** From the last signal; what the launcher waits for is less. */
const END_MS_MAX = 8_000;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-signal-"));
  const period = ["--from", "2024-01-01", "--to", "2024-04-01"];
  const words = ["data", "generate", "--symbol", "BTCUSDT", ...period];
  const { exit, stderr } = await spawnDrydock(words, { cwd: folder });
  if (exit !== 0) throw new Error(stderr);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a backtest through the launcher and sends the signals, half a second apart, once the strategy says it is there. */
async function interrupted(name: string, body: string, signals: readonly NodeJS.Signals[]) {
  const text = `import { defineStrategy } from "drydock";
export const s = defineStrategy({ name: "${name}", onBar(ctx) {
  if (ctx.bar.count === 50) console.log("here");
  ${body}
} });\n`;
  writeFileSync(join(folder, `${name}.ts`), text);
  const words = [LAUNCHER, "backtest", `./${name}.ts`, ...MARKET, "--json"];
  const child = spawn(PINNED_NODE, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  let signalledAt = 0;
  const send = ([signal, ...more]: readonly NodeJS.Signals[]): void => {
    if (signal === undefined) return;
    signalledAt = performance.now();
    child.kill(signal);
    setTimeout(send, 500, more);
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    const isFirst = !stderr.includes("here");
    stderr += chunk;
    if (isFirst && stderr.includes("here")) send(signals);
  });
  const exit = await new Promise<number>((resolve) => {
    child.once("close", (code) => resolve(code ?? -1));
  });
  return { tookMs: performance.now() - signalledAt, outcome: { stdout, stderr, exit } };
}

const LOOP = "if (ctx.bar.count > 50) for (;;);";

test.each([
  { signals: ["SIGINT"], exit: 130 },
  { signals: ["SIGTERM"], exit: 143 },
  { signals: ["SIGINT", "SIGINT"], exit: 130 },
] as const)("an endless loop in onBar is ended by $signals", async ({ signals, exit }) => {
  const { outcome, tookMs } = await interrupted("endless", LOOP, signals);
  expect(outcome.exit).toBe(exit);
  expect(tookMs).toBeLessThan(END_MS_MAX);
  expect(parseDocument(outcome)).toMatchObject({
    ok: false,
    error: { code: "E_INTERRUPTED", exit },
  });
});

test.each([
  { signal: "SIGINT", exit: 130 },
  { signal: "SIGTERM", exit: 143 },
] as const)(
  "a strategy that is slow keeps what it did at the first $signal",
  async ({ signal, exit }) => {
    const busy = "for (const until = performance.now() + 30; performance.now() < until; );";
    const { outcome } = await interrupted(`slow-${exit}`, busy, [signal]);
    expect(outcome.exit).toBe(exit);
    expect(parseDocument(outcome)).toMatchObject({ schema: "drydock.backtest/1", ok: false });
    const runs = join(folder, ".drydock", "runs");
    const id = readdirSync(runs).find((name) => name.startsWith(`slow-${exit}`)) ?? "";
    const record = JSON.parse(readFileSync(join(runs, id, "run.json"), "utf8")) as {
      status: string;
      end: { bars: number };
    };
    expect(record.status).toBe("partial");
    expect(record.end.bars).toBeGreaterThanOrEqual(50);
  },
);
