import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

import { dependencySpec } from "#cli/init/dependency-spec.ts";
import { PINNED_NODE, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "drydock-init-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a new folder gets every file, and its config and strategy are read without an installation", async () => {
  const outcome = await spawnDrydock(["init", "My Desk", "--yes", "--json"], { cwd: folder });
  expect(outcome.exit).toBe(0);
  const { data } = parseDocument(outcome);
  const { files, next } = data as { files: { file: string; status: string }[]; next: string[] };
  expect(files.map(({ file, status }) => `${file} ${status}`)).toEqual([
    "package.json created",
    "drydock.yaml created",
    "strategies/my-strategy.ts created",
    "strategies/my-strategy.test.ts created",
    "README.md created",
    ".gitignore created",
  ]);
  expect(next[0]).toBe("cd My Desk");
  const project = join(folder, "My Desk");
  for (const { file } of files) {
    expect(readFileSync(join(project, file), "utf8")).not.toContain("{{");
  }

  const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
  const content = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as object;
  expect(content).toMatchObject({
    name: "my-desk",
    type: "module",
    dependencies: { drydock: `file:${root}` },
  });

  expect((await spawnDrydock(["config", "validate"], { cwd: project })).exit).toBe(0);
  const shown = await spawnDrydock(["config", "show", "--plain"], { cwd: project });
  expect(shown.stdout).toContain(
    `strategy\t${join(project, "strategies/my-strategy.ts")}\tdrydock.yaml:2\n`,
  );

  const program = fileURLToPath(new URL("../testing/load-strategy.ts", import.meta.url));
  const loaded = execFileSync(PINNED_NODE, [program, "strategies/my-strategy.ts"], {
    cwd: project,
    encoding: "utf8",
  });
  expect(JSON.parse(loaded)).toMatchObject([{ name: "my-strategy", params: ["fast", "slow"] }]);
});

test("what exists is kept, whatever it holds", async () => {
  writeFileSync(join(folder, "drydock.yaml"), "seed: 5\n");
  const outcome = await spawnDrydock(["init", "--yes", "--plain"], { cwd: folder });
  expect(outcome.exit).toBe(0);
  expect(outcome.stdout).toContain("drydock.yaml\tkept\n");
  expect(readFileSync(join(folder, "drydock.yaml"), "utf8")).toBe("seed: 5\n");
});

test("without a terminal and without --yes nothing is written and the exit code is 9", async () => {
  const outcome = await spawnDrydock(["init", "new"], { cwd: folder });
  expect(outcome.exit).toBe(9);
  expect(outcome.stderr).toContain("fix    drydock init --yes");
  expect(existsSync(join(folder, "new"))).toBe(false);
});

test("a file in place of the folder is a usage error", async () => {
  writeFileSync(join(folder, "file"), "");
  const outcome = await spawnDrydock(["init", "file", "--yes"], { cwd: folder });
  expect([outcome.exit, outcome.stderr]).toEqual([
    2,
    'error E_USAGE  "file" is a file, not a folder\n  fix    Name a folder, or a path where one can be made\n',
  ]);
});

test.each([
  {
    name: "a packed file",
    resolved: "file:../packs/drydock-0.1.0.tgz",
    expected: "file:PARENT/packs/drydock-0.1.0.tgz",
  },
  {
    name: "a git repository",
    resolved: "git+ssh://host/x.git#abc",
    expected: "git+ssh://host/x.git#abc",
  },
  { name: "a registry", resolved: "https://registry/drydock-0.1.0.tgz", expected: "^0.1.0" },
  { name: "an unknown place", resolved: undefined, expected: "file:PROJECT/node_modules/drydock" },
])("installed from $name, a project depends on the same", ({ resolved, expected }) => {
  const project = join(folder, "project");
  const root = join(project, "node_modules", "drydock");
  execFileSync("mkdir", ["-p", root]);
  const entry = resolved === undefined ? {} : { resolved };
  writeFileSync(
    join(project, "node_modules", ".package-lock.json"),
    JSON.stringify({ packages: { "node_modules/drydock": entry } }),
  );
  const spec = dependencySpec({ root, version: "0.1.0", isClone: false });
  expect(spec).toBe(expected.replace("PARENT", folder).replace("PROJECT", project));
});
