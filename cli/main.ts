import { runCli } from "#cli/run-cli.ts";

/** Entry point: `node cli/main.ts …`, started by `bin/drydock.js` where a person types `drydock`. */
process.exit(await runCli(process.argv.slice(2)));
