import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Entry point: `node cli/main.ts …`, started by `bin/drydock.js` where a person types `drydock`. Compiled code is
 * kept in the user's own cache folder (never in a shared /tmp, where somebody else could plant code), which takes
 * about a third off the start-up; without a folder that can be written it works all the same.
 */
const cacheHome = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
enableCompileCache(join(cacheHome, "drydock", "compiled"));

const { runCli } = await import("#cli/run-cli.ts");
process.exit(await runCli(process.argv.slice(2)));
