import { spawn } from "node:child_process";
import { readFileSync, writeSync } from "node:fs";
import { constants } from "node:os";

/** A terminal and whatever stands between pass one press on several times within milliseconds. */
const SAME_PRESS_MS = 150;
/** So long after the second signal the child may still end by itself. */
const GRACE_MS = 1_000;
/** A strategy that has not come back from one bar for so long after a signal never will. */
const UNHEARD_MS = 4_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs drydock in a process of its own and sees to it that signals end it. The child decides what a signal means as
 * long as it hears; while a strategy keeps it busy it hears nothing and is killed: after the second signal, or after
 * the first when it was in strategy code and stays there. It tells its state in single words: `strategy` and
 * `drydock` for whose code it runs, `heard` for a signal, `answered` once the result or an error is being written.
 */
export function supervise(node, entry, words, fail) {
  const startedAt = Date.now();
  const child = spawn(node, [entry, ...words], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  let isInStrategy = false;
  let isHeard = false;
  let isAnswered = false;
  let first = null;

  child.on("message", (word) => {
    if (word === "strategy" || word === "drydock") isInStrategy = word === "strategy";
    else if (word === "heard") isHeard = true;
    else if (word === "answered") isAnswered = true;
  });
  const killFor = (signal) => {
    child.removeAllListeners("exit");
    child.on("exit", () => {
      const exit = exitOf(signal);
      process.stderr.write(`error E_INTERRUPTED  ${STUCK}\n`);
      if (!isAnswered && wantsJson(words)) writeDocument(exit, startedAt);
      process.exit(exit);
    });
    child.kill("SIGKILL");
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      child.kill(signal);
      if (first === null) {
        first = performance.now();
        setTimeout(() => {
          if (isInStrategy && !isHeard) killFor(signal);
        }, UNHEARD_MS);
      } else if (performance.now() - first > SAME_PRESS_MS) {
        setTimeout(() => killFor(signal), GRACE_MS);
      }
    });
  }
  child.on("error", (error) => fail(`Cannot start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? exitOf(signal)));
}

const STUCK = "Quit by force: the program did not come back, so nothing was kept";

function exitOf(signal) {
  return 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0);
}

function wantsJson(words) {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  return own.includes("--json") || own.includes("--jsonl");
}

/** What the child would have written, had it been able to. */
function writeDocument(exit, startedAt) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const error = { code: "E_INTERRUPTED", message: STUCK, hint: null, exit };
  const meta = {
    command: "drydock",
    version,
    node: process.version,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
  };
  try {
    writeSync(1, `${JSON.stringify({ schema: "drydock.error/1", ok: false, error, meta })}\n`);
  } catch {
    // Nobody reads any more; the exit code still tells.
  }
}
