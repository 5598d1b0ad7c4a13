import { expect, test } from "vitest";
import {
  denormalizeEnv,
  ENVS,
  EXCHANGES,
  normalizeEnv,
  normalizeExchange,
  parseTarget,
  parseTargets,
  targetKey,
} from "#engine/model/target.ts";

test.each([
  ["paper", "paper"],
  ["demo", "paper"],
  ["testnet", "paper"],
  ["LIVE", "live"],
  ["Real", "live"],
  [" mainnet ", "live"],
])("%j is the environment %s", (word, env) => {
  expect(normalizeEnv(word)).toBe(env);
});

test("there and back for every exchange and environment", () => {
  const words = EXCHANGES.flatMap((exchange) => ENVS.map((env) => denormalizeEnv(env, exchange)));
  expect(words).toEqual(["demo", "real", "testnet", "mainnet"]);
  expect(words.map(normalizeEnv)).toEqual(["paper", "live", "paper", "live"]);
});

test.each(["", "prod", "both", "constructor", "__proto__"])("%j is no environment", (word) => {
  expect(() => normalizeEnv(word)).toThrow(`Unknown environment "${word}"`);
});

test("an unknown word is told with the words that are known", () => {
  expect(() => normalizeEnv("prod")).toThrow(
    expect.objectContaining({
      code: "E_USAGE",
      hint: "One of paper, demo, testnet, live, real, mainnet",
    }),
  );
  expect(() => normalizeExchange("kraken")).toThrow('Unknown exchange "kraken"');
});

test("a target by every name that it has had", () => {
  expect(parseTarget("bybit:demo")).toEqual({ exchange: "bybit", env: "paper" });
  expect(targetKey(parseTarget("Hyperliquid:mainnet"))).toBe("hyperliquid:live");
  expect(parseTargets("bybit:both").map(targetKey)).toEqual(["bybit:paper", "bybit:live"]);
});

test.each(["bybit", "bybit:", ":paper", "bybit:paper:x", ""])("%j is no target", (name) => {
  expect(() => parseTarget(name)).toThrow(/Unknown|no target/);
});

test("one target is asked for and two are named", () => {
  expect(() => parseTarget("bybit:both")).toThrow('"bybit:both" names more than one target');
});
