import { defineConfig } from "vitest/config";

/** Fast tests run before every commit; slow ones start processes, use real data or a browser. */
const slow = ["**/*.slow.test.ts"];
const ignored = ["**/node_modules/**", "dist/**"];
const setupFiles = ["./fast-check.config.ts"];

export default defineConfig({
  test: {
    // For `npm run coverage`, which prints it by folder: see scripts/coverage.ts.
    coverage: {
      provider: "v8",
      include: ["engine/**/*.ts", "sim/**/*.ts", "data/journal/**/*.ts", "live/**/*.ts"],
      exclude: ["**/*.test.ts", "**/testing/**"],
      reporter: ["json-summary"],
      reportOnFailure: true,
    },
    projects: [
      {
        test: {
          name: "fast",
          include: ["**/*.test.ts"],
          exclude: [...ignored, ...slow],
          setupFiles,
          // A property test of two seconds may take several times as long on a machine that does other work.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "slow",
          include: slow,
          exclude: ignored,
          setupFiles,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
