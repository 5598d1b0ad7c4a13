import "#cli/engine-flags.ts";

import { enableCompileCache } from "node:module";

import { compileCacheFolder } from "#cli/compile-cache-folder.ts";

/**
 * Entry point: `node cli/main.ts …`, started by `bin/drydock.js` where a person types `drydock`. Keeping compiled
 * code takes about a quarter off the start-up, so it is switched on before anything else is loaded.
 */
const folder = compileCacheFolder(process.env);
if (folder !== null) enableCompileCache(folder);

const { exitProcess } = await import("#cli/process-guard.ts");
const { runCli } = await import("#cli/run-cli.ts");
exitProcess(await runCli(process.argv.slice(2)));
