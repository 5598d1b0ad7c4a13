import { defineConfig, type OxlintOverride } from "oxlint";

type Rules = NonNullable<OxlintOverride["rules"]>;

/** An allow-list of imports for one folder; tests and `testing/` twins may reach further. */
const only = (folder: string, allow: string, extra: Rules = {}): OxlintOverride => ({
  files: [`${folder}/**`],
  excludeFiles: ["**/*.test.ts", "**/testing/**"],
  rules: {
    ...extra,
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: ["*", "!./**", ...allow.split(" ").map((name) => `!${name}`)],
            message: "See ARCHITECTURE.md, Dependencies",
          },
        ],
      },
    ],
  },
});

/** The engine and the simulator: no I/O, no promises, no clock, no randomness. */
const pure: Rules = {
  "oxc/no-async-await": "error",
  "no-console": "error",
  "no-restricted-globals": [
    "error",
    "Date",
    "performance",
    "process",
    "crypto",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "queueMicrotask",
    "fetch",
    "Intl",
    "Promise",
    "globalThis",
  ],
  "no-restricted-properties": ["error", { object: "Math", property: "random" }],
};

export default defineConfig({
  options: { typeAware: true },
  categories: { correctness: "error" },
  plugins: ["typescript", "import", "oxc", "unicorn", "vitest"],
  ignorePatterns: ["dist/**", "node_modules/**"],
  rules: {
    "import/no-cycle": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/only-throw-error": "error",
    "typescript/consistent-type-imports": "error",
    "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect", "fc.assert"] }],
  },
  overrides: [
    only("engine", "#engine/**", pure),
    only("sim", "#sim/** #engine/**", pure),
    only("strategies", "#strategies/** #engine/** technicalindicators", pure),
    only(
      "data",
      "#data/** #engine/** @duckdb/node-api apache-arrow apache-arrow/** canonicalize zod node:* node:*/**",
    ),
    only("live", "#live/** #engine/** #sim/** #data/** zod node:*"),
    // The fault simulator: the same in virtual time, without a clock or a file of this machine.
    only("live/faults", "#live/** #engine/** #sim/** #data/**", pure),
    // The property pack: what users run their strategies through, and the checks that the project's own tests share.
    only("props", "#props/** #engine/** #sim/** #live/** #data/** fast-check", pure),
    {
      files: ["props/invariants/other-surroundings.ts"],
      rules: { "no-restricted-globals": "off", "no-restricted-properties": "off" },
    },
    only("reports", "#reports/** #engine/** #data/** express chart.js zod node:*"),
    {
      files: ["**/*.test.ts", "**/testing/**"],
      rules: { "max-lines-per-function": "off", "typescript/no-non-null-assertion": "off" },
    },
  ],
});
