import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { assert } from "#engine/assert.ts";
import { compactScript } from "./compact-script.ts";

/** In this order: each file uses what the ones before it put into `dd`. */
const FILES = [
  "format.js",
  "columns.js",
  "series.js",
  "time-axis.js",
  "viewport.js",
  "panes.js",
  "price-pane.js",
  "overview.js",
  "trade-table.js",
  "trade-view.js",
  "app.js",
];

export interface BrowserScript {
  /** The only script of a report: chart.js, then ours. */
  readonly text: string;
  /** For the content security policy: `sha256-…`. */
  readonly hash: string;
  readonly style: string;
}

let cached: BrowserScript | undefined;

/** Reads the script and the style of the reports once per process. */
export function browserScript(): BrowserScript {
  cached ??= readScript();
  return cached;
}

function readScript(): BrowserScript {
  const require = createRequire(import.meta.url);
  const chart = readFileSync(
    join(dirname(require.resolve("chart.js")), "chart.umd.min.js"),
    "utf8",
  ).replace(/\n\/\/# sourceMappingURL=.*\s*$/, "");
  const own = FILES.map((name) => compactScript(browserFile(name))).join("\n");
  const text = `${chart}\n(function () {\n"use strict";\nconst dd = {};\n${own}\n})();\n`;
  assert(!/<\/script|<!--/i.test(text), () => "Nothing in the script ends its element");
  const hash = `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
  return { text, hash, style: browserFile("report.css") };
}

function browserFile(name: string): string {
  return readFileSync(new URL(`./browser/${name}`, import.meta.url), "utf8");
}
