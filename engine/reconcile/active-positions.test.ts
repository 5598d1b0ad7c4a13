import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Account, type ActivePosition, ActivePositions } from "./active-positions.ts";

const alice: Account = { userId: "alice", exchange: "bybit", env: "paper" };
const bob: Account = { userId: "bob", exchange: "bybit", env: "paper" };
const live: Account = { userId: "alice", exchange: "hyperliquid", env: "live" };

function row(
  account: Account,
  symbol: string,
  slot: ActivePosition["slot"] = "net",
): ActivePosition {
  return {
    ...account,
    accountType: account.env === "paper" ? "demo" : "mainnet",
    symbol,
    slot,
    side: "long",
    size: 1,
    lots: 2,
    entryPrice: 100,
    markPrice: null,
    strategy: null,
    source: null,
    openedBy: null,
    takeProfit: null,
    stopLoss: null,
    isUntracked: false,
    isEstimated: false,
    openedAt: null,
    firstSeenAt: 1,
    updatedAt: 1,
  };
}

const rows = [
  row(live, "ETH"),
  row(bob, "BTCUSDT"),
  row(alice, "BTCUSDT", "short"),
  row(alice, "BTCUSDT", "long"),
  row(alice, "ADAUSDT"),
];

test("positions by target, of all targets, and of one account", () => {
  const mirror = new ActivePositions(rows);
  const keys = (found: readonly ActivePosition[]): readonly string[] =>
    found.map(({ userId, symbol, slot }) => `${userId} ${symbol} ${slot}`);
  expect(keys(mirror.positionsByTarget({ exchange: "bybit", env: "paper" }))).toEqual([
    "alice ADAUSDT net",
    "alice BTCUSDT long",
    "alice BTCUSDT short",
    "bob BTCUSDT net",
  ]);
  expect(mirror.positionsByTarget({ exchange: "bybit", env: "live" })).toEqual([]);
  const all = mirror.positionsOfAllTargets();
  expect([...all.keys()]).toEqual(["bybit:paper", "hyperliquid:live"]);
  expect(all.get("bybit:paper")).toHaveLength(4);
  expect(keys(mirror.positionsOf(bob))).toEqual(["bob BTCUSDT net"]);
  expect(mirror.find(alice, "BTCUSDT", "long")?.slot).toBe("long");
  expect(mirror.find(alice, "BTCUSDT", "net")).toBeUndefined();
  expect(mirror.openTargets).toEqual(["bybit:paper", "hyperliquid:live"]);
});

test("the state is JSON that makes the same mirror, in any order of the rows", () => {
  const state = new ActivePositions(rows).state();
  expect(new ActivePositions(rows.toReversed()).state()).toEqual(state);
  expect(new ActivePositions(JSON.parse(JSON.stringify(state))).state()).toEqual(state);
});

test("I14: an account has one pen, which writes no other account's rows", () => {
  const mirror = new ActivePositions(rows);
  const pen = ActivePositions.claimPen(mirror, alice);
  expect(() => ActivePositions.claimPen(mirror, alice)).toThrow("One reconciler writes");
  expect(() => pen.put(row(bob, "ADAUSDT"))).toThrow("is not for alice|bybit|paper");
  pen.remove("position ADAUSDT net");
  expect(mirror.find(alice, "ADAUSDT", "net")).toBeUndefined();
  expect(mirror.positionsOf(bob)).toHaveLength(1);
});

test("I14: what everybody can reach of the mirror does not write", () => {
  const reads = [
    "find",
    "openTargets",
    "positionsByTarget",
    "positionsOf",
    "positionsOfAllTargets",
    "state",
  ];
  const members = Object.getOwnPropertyNames(ActivePositions.prototype).sort();
  expect(members).toEqual(["constructor", ...reads].sort());
  const statics = Object.getOwnPropertyNames(ActivePositions);
  expect(statics.filter((name) => !["length", "name", "prototype"].includes(name))).toEqual([
    "claimPen",
  ]);
  // A list that was handed out is not the mirror's own.
  const mirror = new ActivePositions(rows);
  (mirror.positionsOf(alice) as ActivePosition[]).length = 0;
  (mirror.state() as ActivePosition[]).length = 0;
  (mirror.positionsOfAllTargets() as Map<string, unknown>).clear();
  expect(mirror.state()).toHaveLength(rows.length);
});

/** Files of the project that a word occurs in, tests left out. */
function filesWith(word: RegExp): readonly string[] {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folders = [
    "engine",
    "sim",
    "strategies",
    "data",
    "reports",
    "live",
    "cli",
    "terminal",
    "adapters",
  ];
  const present = new Set(readdirSync(root));
  return folders
    .filter((folder) => present.has(folder))
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .filter((file) => !file.includes("node_modules"))
    .filter((file) => word.test(readFileSync(`${root}/${file}`, "utf8")))
    .sort();
}

test("I14: no other code names the pen of the mirror", () => {
  expect(filesWith(/\bclaimPen\b/)).toEqual([
    "engine/reconcile/active-positions.ts",
    "engine/reconcile/reconciler.ts",
  ]);
  expect(filesWith(/\bMirrorPen\b/)).toEqual([
    "engine/reconcile/active-positions.ts",
    "engine/reconcile/mirror-keeper.ts",
  ]);
  expect(filesWith(/\bnew MirrorKeeper\b/)).toEqual(["engine/reconcile/reconciler.ts"]);
});
