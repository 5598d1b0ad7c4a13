import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { PINNED_NODE } from "#cli/testing/spawn-drydock.ts";

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test.each(["./main.ts", "../bench/main.ts"])(
  "%s sets the flags before it loads anything",
  (path) => {
    const [first] = /^import .*$/m.exec(textOf(path)) ?? [];
    expect(first).toBe('import "#cli/engine-flags.ts";');
  },
);

test("the pinned Node knows the flag, and has a smaller default", () => {
  const [, name = "", value = ""] = /"--([\w-]+)=(\d+)"/.exec(textOf("./engine-flags.ts")) ?? [];
  const { stdout } = spawnSync(PINNED_NODE, ["--v8-options"], { encoding: "utf8" });
  const given = new RegExp(`default: --${name}=(\\d+)`).exec(stdout)?.[1];
  expect(Number(given)).toBeGreaterThan(0);
  expect(Number(given)).toBeLessThan(Number(value));
});

const COUNT_THREADS = `
  import { pbkdf2 } from "node:crypto";
  import { readdirSync } from "node:fs";
  await import(process.argv[1]);
  const before = readdirSync("/proc/self/task").length;
  for (let at = 0; at < 32; at++) pbkdf2("a", "b", 200_000, 32, "sha256", () => {});
  setTimeout(() => console.log(readdirSync("/proc/self/task").length - before), 20);
`;

test.runIf(process.platform === "linux")(
  "the pool for files and queries has sixteen threads, or as many as one says",
  () => {
    const threads = (env: Readonly<Record<string, string>>): number => {
      const flags = fileURLToPath(new URL("./engine-flags.ts", import.meta.url));
      const words = ["--input-type=module", "--eval", COUNT_THREADS, flags];
      return Number(spawnSync(PINNED_NODE, words, { encoding: "utf8", env }).stdout);
    };
    expect(threads({})).toBe(16);
    expect(threads({ UV_THREADPOOL_SIZE: "7" })).toBe(7);
  },
);
