/** Opens any DuckDB file for writing and keeps it: `hold-database.ts PATH`. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { openDatabase } from "#data/store/database.ts";

const [path = ""] = process.argv.slice(2);
mkdirSync(dirname(path), { recursive: true });
await openDatabase(path, "write");
process.stdout.write("open\n");
setInterval(() => undefined, 1_000);
