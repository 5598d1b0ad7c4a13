import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { COMMAND_TREE } from "#cli/command-tree.ts";
import { PINNED_NODE, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drydock-main-"));
  writeFileSync(join(folder, "equity.csv"), "equity\n100\n101\n100.5\n103\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(COMMAND_TREE.commands.map((spec) => spec.name))(
  "%s --help: on stdout, exit 0, no escapes, nothing on stderr",
  async (name) => {
    const { stdout, stderr, exit } = await spawnDrydock([...name.split(" "), "--help"], {
      env: { FORCE_COLOR: "1" },
    });
    expect(exit).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain("Examples:");
    expect(stdout).not.toContain("\u001b");
  },
);

test.each([
  { words: ["config", "show"], exit: 0 },
  { words: ["config", "path"], exit: 0 },
  { words: ["config", "validate"], exit: 3 },
  { words: ["completion", "bash"], exit: 0 },
  { words: ["doctor"], exit: 0 },
  { words: ["tearsheet", "equity.csv"], exit: 0 },
  { words: ["tearsheet", "none.csv"], exit: 4 },
  { words: ["init", "project"], exit: 9 },
  { words: ["data", "ls"], exit: 0 },
  { words: ["data", "check"], exit: 4 },
  { words: ["data", "show"], exit: 4 },
  { words: ["data", "import", "none.csv"], exit: 4 },
  { words: ["sql", "select 1"], exit: 4 },
  { words: ["nonsense"], exit: 2 },
  { words: ["config", "show", "--sed", "1"], exit: 2 },
  { words: ["config", "show", "--config", "none.yaml"], exit: 3 },
])(
  "$words: as text, TSV and JSON there is no escape, and the exit code is $exit",
  async ({ words, exit }) => {
    for (const form of [[], ["--plain"], ["--quiet"]]) {
      const outcome = await spawnDrydock([...words, ...form], { cwd: folder });
      expect(outcome.exit).toBe(exit);
      expect(outcome.stdout + outcome.stderr).not.toContain("\u001b");
    }
    for (const form of ["--json", "--jsonl"]) {
      const outcome = await spawnDrydock([...words, form], {
        cwd: folder,
        env: { FORCE_COLOR: "1" },
      });
      expect(outcome.exit).toBe(exit);
      const document = parseDocument(outcome);
      expect(document.ok).toBe(exit === 0);
      expect(document.error?.exit ?? exit).toBe(exit);
    }
  },
);

test("an error is told in words on stderr and, with --json, as a document on stdout", async () => {
  const plain = await spawnDrydock(["config", "show", "--sed", "1"]);
  expect(plain.stdout).toBe("");
  expect(plain.stderr).toBe(
    'error E_USAGE  Unknown option "--sed" of "drydock config show"\n  fix    Did you mean "--seed"?\n',
  );
  const { error } = parseDocument(await spawnDrydock(["config", "show", "--sed", "1", "--json"]));
  expect(error).toMatchObject({ code: "E_USAGE", exit: 2 });
});

test("only the command line parser is loaded at the start, no heavy package", () => {
  const spy = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { process.stderr.write(url + "\\n"); return next(url, context); } });`;
  const { stderr } = spawnSync(
    PINNED_NODE,
    ["--import", `data:text/javascript,${encodeURIComponent(spy)}`, MAIN, "--help"],
    { encoding: "utf8" },
  );
  const packages = stderr.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
  const names = new Set([...packages].map((match) => match[1] ?? ""));
  expect(names).toContain("yargs");
  const heavy = ["zod", "yaml", "apache-arrow", "@duckdb", "technicalindicators", "chart.js"];
  expect([...names].filter((name) => heavy.some((part) => name.startsWith(part)))).toEqual([]);
  const root = new URL("..", import.meta.url).href;
  const own = stderr.split("\n").filter((url) => url.startsWith(root));
  const folders = own.map((url) => url.slice(root.length).split("/")[0] ?? "");
  expect(new Set(folders)).toEqual(new Set(["cli", "engine", "live", "node_modules"]));
});

test("a reader that stops early is a clean end", async () => {
  const shell = spawn("bash", [
    "-c",
    `"$0" "$1" config show --json | head -c 10; echo " \${PIPESTATUS[0]}"`,
    PINNED_NODE,
    MAIN,
  ]);
  let text = "";
  let talk = "";
  shell.stdout.on("data", (chunk) => (text += String(chunk)));
  shell.stderr.on("data", (chunk) => (talk += String(chunk)));
  await new Promise((resolve) => shell.on("close", resolve));
  expect(text).toBe('{"schema": 0\n');
  expect(talk).toBe("");
});

test("a full disk behind stdout is told and exits 4", async () => {
  if (!existsSync("/dev/full")) {
    console.log("left out: this system has no /dev/full");
    return;
  }
  const child = spawn(PINNED_NODE, [MAIN, "config", "show"], {
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
  });
  let talk = "";
  child.stderr?.on("data", (chunk) => (talk += String(chunk)));
  const exit = await new Promise((resolve) => child.on("close", resolve));
  expect(talk).toContain(
    "error E_DISK_FULL  Cannot write the result to stdout: no space left on the device",
  );
  expect(exit).toBe(4);
});

test("a bug exits 1, leaves a crash file without secrets, and says where", async () => {
  const config = join(folder, "bug.config.js");
  writeFileSync(
    config,
    `export const config = { get seed() { throw new TypeError("seen " + process.env.MY_API_KEY); } };`,
  );
  const outcome = await spawnDrydock(["config", "show", "--json", "--config", config], {
    cwd: folder,
    env: { MY_API_KEY: "s3cr3t-value" },
  });
  expect(outcome.exit).toBe(1);
  expect(parseDocument(outcome).error).toMatchObject({ code: "E_BUG", exit: 1 });
  const crash = join(folder, ".drydock", "crash");
  const [file = ""] = readdirSync(crash);
  const written = readFileSync(join(crash, file), "utf8");
  expect(outcome.stderr).toContain(file);
  for (const text of [written, outcome.stderr, outcome.stdout]) {
    expect(text).toContain("seen [redacted]");
    expect(text).not.toContain("s3cr3t-value");
  }
  expect(written).toContain("command config show\n");
});

test("a config that is a program is loaded, and its mistakes are those of a config file", async () => {
  const good = join(folder, "good.config.ts");
  writeFileSync(
    good,
    "const seed: number = 7;\nexport const config = { seed, rules: { maxBars: 3 } };\n",
  );
  const shown = await spawnDrydock(["config", "show", "--plain", "--config", good], {
    cwd: folder,
  });
  expect(shown.stdout).toContain("seed\t7\tgood.config.ts\n");
  expect(shown.stdout).toContain("rules.maxBars\t3\tgood.config.ts\n");
  const bad = join(folder, "bad.config.ts");
  writeFileSync(bad, "export const config = {\n  seed: 7,,\n};\n");
  const failed = await spawnDrydock(["config", "show", "--config", bad], { cwd: folder });
  expect(failed.exit).toBe(3);
  expect(failed.stderr).toContain('error E_CONFIG  Cannot read "bad.config.ts":2: ');
  expect(failed.stderr).toContain("> 2 |   seed: 7,,");
});

test("what a command line puts on stdout is the result alone: talk, warnings and progress go to stderr", async () => {
  const outcome = await spawnDrydock(["data", "ls", "--verbose", "--progress", "json"], {
    cwd: folder,
  });
  expect(outcome.stdout).toBe("");
  expect(outcome.stderr).toBe("No data stored yet; drydock data import <files>\n");
  const quiet = await spawnDrydock(["data", "ls", "--quiet"], { cwd: folder });
  expect(quiet.stderr).toBe("");
});
