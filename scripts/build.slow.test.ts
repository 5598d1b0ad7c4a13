import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PINNED_NODE = join(ROOT, "node_modules", "node", "bin", "node");
/** The Node of the machine, which is usually older than the pinned one; the launcher has to run on it. */
const SYSTEM_NODE = ["/usr/bin/node", "/usr/local/bin/node"].find(existsSync) ?? PINNED_NODE;

let folder = "";
let launcher = "";

/** Lays the package out as an installation does: built files, no sources. */
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "drydock-build-")));
  const root = join(folder, "drydock");
  execFileSync(PINNED_NODE, [join(ROOT, "scripts", "build.ts"), join(root, "dist")], {
    stdio: "pipe",
  });
  for (const name of ["bin", "package.json"])
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  launcher = join(root, "bin", "drydock.js");
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(node: string, ...words: string[]) {
  const { stdout, stderr, status } = spawnSync(node, [launcher, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { stdout, stderr, status };
}

test.each([
  { name: "the machine's Node", node: SYSTEM_NODE },
  { name: "the pinned Node", node: PINNED_NODE },
])("started by $name, the built program runs and passes exit codes on", ({ node }) => {
  expect(run(node, "--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run(node, "--help").stdout).toContain("drydock <command>");
  expect(run(node, "completion", "bash").stdout).toContain("complete -F _drydock drydock");
  expect(run(node, "nonsense")).toMatchObject({ status: 2, stdout: "" });
  expect(run(node, "config", "show", "--plain").stdout).toContain("seed\t1\tdefault\n");
});

test("assets are there: a project is made, its strategy loads, data is imported", () => {
  expect(run(SYSTEM_NODE, "init", "desk", "--yes").status).toBe(0);
  writeFileSync(
    join(folder, "a.csv"),
    "timestamp,open,high,low,close,volume\n1704067200000,1,2,0.5,1.5,10\n1704070800000,1.5,2,1,1.2,10\n",
  );
  const words = [
    "data",
    "import",
    "a.csv",
    "--exchange",
    "bybit",
    "--symbol",
    "BTCUSDT",
    "--quiet",
  ];
  expect(run(SYSTEM_NODE, ...words)).toMatchObject({ status: 0, stderr: "" });
  expect(
    run(SYSTEM_NODE, "data", "show", "--with", "sma(2)", "--format", "csv", "BTCUSDT").stdout,
  ).toContain("2024-01-01T01:00:00Z,1.5,2,1,1.2,10,1.35\n");
});

/** Everything that an installation without development packages has, by the lock file. */
function installedPackages(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  return Object.entries(lock.packages).flatMap(([path, { dev }]) => {
    const name = path.replace("node_modules/", "");
    return dev === true || path === "" || name.includes("node_modules/") ? [] : [name];
  });
}

test("the tests of a made project run with the package as it is installed, and pass", () => {
  const project = join(folder, "made");
  expect(run(SYSTEM_NODE, "init", "made", "--yes").status).toBe(0);
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(PINNED_NODE, join(modules, ".bin", "node"));
  for (const name of installedPackages()) {
    if (!existsSync(join(ROOT, "node_modules", name))) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const name of ["bin", "dist", "package.json"]) {
    cpSync(join(folder, "drydock", name), join(modules, "drydock", name), { recursive: true });
  }
  const outcome = spawnSync("npm", ["test", "--silent"], { cwd: project, encoding: "utf8" });
  expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining("pass 4") as string });
});

test("the package's entry gives the strategy API without a build step, on both Nodes", () => {
  const entry = join(folder, "drydock", "bin", "api.js");
  const program = `const api = await import(${JSON.stringify(entry)});
    console.log(api.defineStrategy({ name: "x", description: "", onBar() {} }).kind);`;
  for (const node of [SYSTEM_NODE, PINNED_NODE]) {
    const outcome = spawnSync(node, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    expect(outcome.stdout).toBe("strategy\n");
  }
});

test.each([
  { signal: "SIGINT" as const, exit: 130 },
  { signal: "SIGTERM" as const, exit: 143 },
])(
  "$signal reaches the program behind the launcher, which answers with $exit",
  async ({ signal, exit }) => {
    const config = join(folder, "slow.config.js");
    const started = join(folder, `started-${signal}`);
    writeFileSync(
      config,
      `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(started)}, "");
await new Promise((done) => setTimeout(done, 500));
export const config = {};`,
    );
    const child = spawn(SYSTEM_NODE, [launcher, "config", "show", "--config", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let talk = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (talk += text));
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    expect(await ended).toBe(exit);
    expect(talk).toBe("Stopping after the step at hand; once more to quit at once\n");
  },
);
