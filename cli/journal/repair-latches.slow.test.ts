/** What `drydock journal repair` tells of the halts and bans that it takes out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { open } from "#data/journal/testing/journals.ts";

const START = Date.UTC(2024, 2, 5);
const MINUTE = 60_000;
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "drydock-latches-"));
});
afterAll(() => rmSync(root, { recursive: true }));

async function document(folder: string) {
  const outcome = await spawnDrydock(["journal", "repair", folder, "--json"]);
  return { exit: outcome.exit, data: parseDocument(outcome).data };
}

test("repair names the latches and bans that stood in what it takes out", async () => {
  const folder = join(root, "journal");
  const { journal } = open(nodeDisk, { folder, now: () => START, limits: { ballastBytes: 0 } });
  const control = (halt: unknown, quarantined: readonly unknown[]) => ({
    control: { risk: { latches: { halt, gate: null, haltedSymbols: [], quarantined } } },
  });
  const latch = { reason: "by hand", since: START, clearsAt: null };
  journal.append("step", "bybit:paper", { text: "before" });
  journal.append("step", "bybit:paper", { text: "damaged" });
  journal.append("operator", "bybit:paper", control(latch, []));
  const orphan = { ...latch, reason: "orphan", symbol: "BTCUSDT" };
  journal.append("snapshot", "bybit:paper", control(latch, [orphan]));
  journal.append("banned", "bybit:paper", { at: START, until: START + MINUTE });
  journal.append("operator", "hyperliquid:live", control(latch, []));
  journal.append("operator", "hyperliquid:live", control(null, []));
  journal.sync();
  journal.close();
  const bytes = readFileSync(join(folder, "000001.jsonl"));
  bytes[bytes.indexOf("damaged")] = 0;
  writeFileSync(join(folder, "000001.jsonl"), bytes);
  expect(await document(folder)).toMatchObject({
    exit: 9,
    data: {
      latches: [
        { target: "bybit:paper", latches: { halt: latch, quarantined: [orphan] } },
        { target: "hyperliquid:live", latches: { halt: null }, bannedUntil: null },
      ],
    },
  });
  const asked = await spawnDrydock(["journal", "repair", folder]);
  expect(asked.exit).toBe(9);
  const done = await spawnDrydock(["journal", "repair", folder, "--yes"]);
  for (const { stdout } of [asked, done]) {
    expect(stdout).toContain("  bybit:paper halted since 2024-03-05T00:00:00Z: by hand\n");
    expect(stdout).toContain(
      "  bybit:paper BTCUSDT in quarantine since 2024-03-05T00:00:00Z: orphan",
    );
    expect(stdout).toContain("  bybit:paper banned by the venue until 2024-03-05T00:01:00Z");
    expect(stdout).not.toContain("hyperliquid");
    expect(stdout).toContain("the next start begins halted");
  }
});
