import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SAMPLE_EQUITY, SAMPLE_TRADES, sampleRun } from "#data/testing/sample-run.ts";
import { spawnProcess } from "#data/testing/spawn-process.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { querySql } from "./query-sql.ts";
import { openStateStore } from "./state-store.ts";
import { workspaceAt } from "./workspace.ts";

const HASH = `aaaa1111${"0".repeat(56)}`;

test("processes that end together save all their runs under different ids", async () => {
  const workspace = workspaceAt(temporaryFolder());
  const processes = [1, 2, 3, 4].map(() => spawnProcess("save-runs.ts", workspace.root, "5"));
  await Promise.all(processes.map(({ said }) => said("done")));
  const store = openStateStore(workspace);
  const ids = Array.from({ length: 20 }, (_, index) => `sma-aaaa1111-${index + 1}`).sort();
  expect(
    store
      .listRuns()
      .runs.map(({ id }) => id)
      .sort(),
  ).toEqual(ids);
  const { rows } = await querySql(workspace, "SELECT id FROM runs ORDER BY id");
  expect(rows.flat()).toEqual(ids);
});

test("a run is saved while another process holds the tables, and entered by the next command", async () => {
  const workspace = workspaceAt(temporaryFolder());
  const store = openStateStore(workspace);
  const holder = spawnProcess("hold-database.ts", workspace.statePath);
  store.nextRunId("other", HASH);
  await holder.said("open");
  const id = store.nextRunId("sma", HASH);
  writeFileSync(join(workspace.runsFolder, id, "trades.csv"), SAMPLE_TRADES);
  writeFileSync(join(workspace.runsFolder, id, "equity.csv"), SAMPLE_EQUITY);
  const saved = await store.saveRun(sampleRun(id));
  expect(saved).toEqual({
    entered: 0,
    removed: 0,
    notices: [
      `"state.duckdb" is in use by process ${holder.child.pid}: the next command enters the new runs into the tables`,
    ],
  });
  expect(store.findRun("@last").id).toBe(id);
  holder.child.kill("SIGKILL");
  await holder.ended;
  // The holder made a file without tables.
  expect(await store.sync()).toMatchObject({ entered: 1, removed: 0 });
});
