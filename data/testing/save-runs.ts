/** Saves runs of one hash, as fast as it can: `save-runs.ts ROOT COUNT`. For tests of processes that end together. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStateStore } from "#data/store/state-store.ts";
import { workspaceAt } from "#data/store/workspace.ts";
import { SAMPLE_EQUITY, SAMPLE_TRADES, sampleRun } from "./sample-run.ts";

const [root = "", count = "1"] = process.argv.slice(2);
const store = openStateStore(workspaceAt("/", { DRYDOCK_DIR: root }));
for (let run = 0; run < Number(count); run++) {
  const id = store.nextRunId("sma", `aaaa1111${"0".repeat(56)}`);
  const folder = join(store.workspace.runsFolder, id);
  writeFileSync(join(folder, "trades.csv"), SAMPLE_TRADES);
  writeFileSync(join(folder, "equity.csv"), SAMPLE_EQUITY);
  await store.saveRun(sampleRun(id));
}
process.stdout.write("done\n");
