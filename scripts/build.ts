import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run build`: plain JavaScript with declarations in `dist/`, which is what an installed package runs, because
 * Node strips no types inside `node_modules`. Another folder can be named for tests: `node scripts/build.ts <folder>`.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ["engine", "sim", "strategies", "data", "reports", "live", "props", "cli"];
/** Browser code is inlined into reports as it is, so it is copied and not compiled. */
const COPIED_WHOLE = join("reports", "html", "browser");
/** Entries of the package that list the names of a file. */
const ENTRIES = {
  "api.js": "engine/strategy/api",
  "props.js": "props/api",
} as const;

/**
 * "will not be rewritten because it is not a relative path": true of every `#engine/x.ts`, and wanted. The
 * `imports` of `dist/package.json` lead those to the built files.
 */
const EXPECTED_DIAGNOSTIC = "TS2877";

function main(out: string): void {
  rmSync(out, { recursive: true, force: true });
  compile(out);
  writeFileSync(join(out, "package.json"), `${JSON.stringify(distPackage(), null, 2)}\n`);
  const assets = copyAssets(out);
  if (out === join(ROOT, "dist")) {
    for (const [entry, api] of Object.entries(ENTRIES)) writeEntry(out, entry, api);
  }
  console.log(`Built ${relative(ROOT, out) || out} with ${assets} assets`);
}

function compile(out: string): void {
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(
    process.execPath,
    [tsc, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", out, "--pretty", "false"],
    { cwd: ROOT, encoding: "utf8" },
  );
  const faults = `${result.stdout}${result.stderr}`
    .split("\n")
    .filter((line) => line !== "" && !line.includes(`error ${EXPECTED_DIAGNOSTIC}:`));
  if (faults.length === 0 && result.status !== null) return;
  // What was written all the same is not to be taken for a build.
  rmSync(out, { recursive: true, force: true });
  console.error(faults.join("\n"));
  console.error("The sources do not compile, nothing was built");
  process.exit(1);
}

/** `#engine/x.ts` in built code means `engine/x.js` beside it. */
function distPackage(): object {
  const imports = FOLDERS.map((folder) => [`#${folder}/*.ts`, `./${folder}/*.js`]);
  return { type: "module", imports: Object.fromEntries(imports) as Record<string, string> };
}

/** Schemas, templates, styles: everything that is neither code nor a test. */
function copyAssets(out: string): number {
  let count = 0;
  for (const folder of FOLDERS) {
    if (!existsSync(join(ROOT, folder))) continue;
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const path = join(relative(ROOT, entry.parentPath), entry.name);
      if (!entry.isFile() || !isAsset(path)) continue;
      mkdirSync(dirname(join(out, path)), { recursive: true });
      cpSync(join(ROOT, path), join(out, path));
      count += 1;
    }
  }
  return count;
}

function isAsset(path: string): boolean {
  if (/(^|[\\/])(testing|regressions)[\\/]/.test(path)) return false;
  if (/\.golden\.|\.(test|bench)\.ts$/.test(path)) return false;
  return path.startsWith(COPIED_WHOLE) || !/\.(ts|md)$/.test(path);
}

/** `export *` can not choose between two files, so the package's entries list the names; here they are kept right. */
function writeEntry(out: string, entry: string, api: string): void {
  const program = `console.log(JSON.stringify(Object.keys(await import(process.argv[1]))))`;
  const text = execFileSync(
    process.execPath,
    ["--input-type=module", "--eval", program, join(out, `${api}.js`)],
    { encoding: "utf8" },
  );
  const path = join(ROOT, "bin", entry);
  const source = readFileSync(path, "utf8");
  const names = (JSON.parse(text) as string[]).toSorted();
  const wanted = source.replace(
    /export const \{[^}]*\}/,
    `export const {\n  ${names.join(",\n  ")},\n}`,
  );
  if (wanted === source) return;
  writeFileSync(path, wanted);
  console.log(`bin/${entry} lists the names of ${api}.ts again`);
}

main(resolve(process.argv[2] ?? join(ROOT, "dist")));
