import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

import { confirm } from "#cli/ask.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { dependencySpec } from "#cli/init/dependency-spec.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { packageInfo } from "#cli/package-info.ts";
import { DrydockError } from "#engine/errors.ts";

/** Where each template goes. */
const FILES = {
  "package.json": "package.json.txt",
  "drydock.yaml": "drydock.yaml.txt",
  "strategies/my-strategy.ts": "my-strategy.ts.txt",
  "strategies/my-strategy.test.ts": "my-strategy.test.ts.txt",
  "README.md": "README.md.txt",
  ".gitignore": "gitignore.txt",
} as const;

interface Written {
  readonly file: string;
  readonly status: "created" | "kept";
}

export async function run(
  context: CommandContext,
  args: { readonly dir: string; readonly yes: boolean },
): Promise<CommandResult> {
  const folder = resolve(args.dir);
  assertFolder(folder, args.dir);
  if (!args.yes) await askFirst(context, folder);
  const values = {
    name: projectName(folder),
    drydock: dependencySpec(),
    node: pinnedNode(),
  };
  // All are made up before the first is written, so that a project is never half there.
  const texts = Object.entries(FILES).map(
    ([file, template]) => [file, fillIn(template, values)] as const,
  );
  const files = texts.map(([file, text]) => writeNew(folder, file, text));
  const next = nextSteps(folder, files, values.drydock);
  const table = (): Table => ({
    columns: [{ name: "file" }, { name: "status" }],
    rows: files.map(({ file, status }) => [file, status]),
  });
  return {
    data: { folder, files, next },
    text: ({ style }) =>
      [
        renderTable(table(), { width: Infinity, header: (line) => style("strong", line) }),
        "",
        "Next:",
        ...next.map((line) => `  ${line}`),
      ].join("\n"),
    plain: table,
  };
}

function assertFolder(folder: string, written: string): void {
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts === undefined || facts.isDirectory()) return;
  throw new DrydockError("E_USAGE", `"${written}" is a file, not a folder`, {
    hint: "Name a folder, or a path where one can be made",
  });
}

async function askFirst(context: CommandContext, folder: string): Promise<void> {
  if (!context.canAsk) {
    throw new DrydockError("E_REFUSED", `Nothing was written to "${folder}": nobody can be asked`, {
      hint: "drydock init --yes",
    });
  }
  if (await confirm(`Write a new project to ${folder}?`, context.signal)) return;
  throw new DrydockError("E_REFUSED", "Nothing was written");
}

/** Creates the file, or leaves the one that is there: the system decides, so nothing can come in between. */
function writeNew(folder: string, file: string, text: string): Written {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, text, { flag: "wx" });
    return { file, status: "created" };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return { file, status: "kept" };
    }
    throw error;
  }
}

function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(new URL(`./templates/${template}`, import.meta.url), "utf8");
  return text.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => values[name] ?? "");
}

/** A name that npm accepts: lower case, no blanks, no leading dots. */
function projectName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+/, "");
  return name === "" || name === "drydock" || name === "node_modules" ? "my-strategies" : name;
}

function pinnedNode(): string {
  const path = join(packageInfo().root, "package.json");
  const content = JSON.parse(readFileSync(path, "utf8")) as { dependencies: { node: string } };
  return content.dependencies.node;
}

function nextSteps(folder: string, files: readonly Written[], spec: string): readonly string[] {
  const path = relative(process.cwd(), folder);
  const here = path.startsWith("..") ? folder : path;
  const isKept = files.some(({ file, status }) => file === "package.json" && status === "kept");
  return [
    ...(here === "" ? [] : [`cd ${here}`]),
    isKept ? `npm install ${spec}` : "npm install",
    "npx drydock data import <files>",
    "npx drydock backtest",
  ];
}
