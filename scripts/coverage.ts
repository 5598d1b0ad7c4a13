import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run coverage`: runs the tests of the parts that must not be wrong and prints which share of their lines they
 * reach, folder by folder. Exit code 1 when a test fails or a part stays below the bar.
 *
 * Lines are counted by V8 in the process of the tests (`@vitest/coverage-v8`): what only a child process runs counts as
 * not reached. Test files and the helpers under `testing/` are not counted.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, "coverage");
const PARTS = ["engine", "sim", "data/journal", "live"];
const MIN_PCT = 90;

/** The library of scenarios is what the simulator is specified by; a strategy's bad days are run by its property pack. */
const OTHERS = ["cli/scenario/library.test.ts", "props/survives-faults.test.ts"];
/** Long repetitions of what the other tests reach as well, and those that watch a child process. */
const LEFT_OUT = [
  "live/faults/crash/systematic-crash.slow.test.ts",
  "data/journal/journal-kill.slow.test.ts",
  "data/journal/journal-offsets.slow.test.ts",
  "engine/purity.slow.test.ts",
];

export interface LineCount {
  readonly covered: number;
  readonly total: number;
}

/** What the reporter `json-summary` writes, as far as it is read: by path, and once under "total". */
export type CoverageSummary = Readonly<Record<string, { readonly lines: LineCount }>>;

/** Lines of each folder, subfolders included, in the order of their names; paths are relative to `root`. */
export function linesByFolder(
  summary: CoverageSummary,
  root: string,
): ReadonlyMap<string, LineCount> {
  const folders = new Map<string, { covered: number; total: number }>();
  for (const [path, { lines }] of Object.entries(summary)) {
    if (path === "total") continue;
    const names = relative(root, path).split("/").slice(0, -1);
    names.forEach((_, at) => {
      const folder = names.slice(0, at + 1).join("/");
      const sum = folders.get(folder) ?? { covered: 0, total: 0 };
      folders.set(folder, { covered: sum.covered + lines.covered, total: sum.total + lines.total });
    });
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function percentOf({ covered, total }: LineCount): number {
  return total === 0 ? 100 : (100 * covered) / total;
}

function runTests(): number {
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const patterns = [...PARTS.map((part) => `${part}/**/*.test.ts`), ...OTHERS];
  const tests = globSync(patterns, { cwd: ROOT }).filter((test) => !LEFT_OUT.includes(test));
  // Counting makes everything slower.
  const options = ["--coverage.enabled", "--testTimeout=180000", "--silent"];
  const words = [vitest, "run", ...tests.sort(), ...options];
  return spawnSync(process.execPath, words, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
}

/** Returns the parts that are below the bar. */
function report(summary: CoverageSummary): readonly string[] {
  const folders = linesByFolder(summary, ROOT);
  console.log(`\n${"lines".padStart(12)}  ${"reached".padStart(8)}  folder`);
  for (const [folder, count] of folders) {
    const isPart = PARTS.includes(folder);
    if (!isPart && !PARTS.some((part) => folder.startsWith(`${part}/`))) continue;
    const share = `${percentOf(count).toFixed(1)} %`;
    const text = `${count.covered}/${count.total}`.padStart(12);
    console.log(`${text}  ${share.padStart(8)}  ${isPart ? folder : `  ${folder}`}`);
  }
  return PARTS.filter((part) => percentOf(folders.get(part) ?? { covered: 0, total: 1 }) < MIN_PCT);
}

function main(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  const status = runTests();
  const text = readFileSync(join(FOLDER, "coverage-summary.json"), "utf8");
  const low = report(JSON.parse(text) as CoverageSummary);
  if (low.length > 0) console.log(`\nBelow ${MIN_PCT} %: ${low.join(", ")}`);
  process.exitCode = status !== 0 || low.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
