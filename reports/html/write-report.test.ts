import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { must } from "#engine/assert.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { closedTrade, equityRun } from "#reports/testing/equity-run.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import type { ReportInput } from "./report-input.ts";
import { reportInput } from "./testing/report-input.ts";
import { writeReport } from "./write-report.ts";

const JS_BYTES_MAX = 250_000;

async function htmlOf(run: RunResult, change: Partial<ReportInput> = {}): Promise<string> {
  return new TextDecoder().decode(await writeReport(reportInput(run, change)));
}

/** The text of the page without style, scripts and tags. */
function textOf(html: string): string {
  return html
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

/** Attributes and content of every script element. */
function scriptsOf(html: string): { readonly attributes: string; readonly content: string }[] {
  return [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(
    ([, attributes = "", content = ""]) => ({ attributes, content }),
  );
}

const small = sampleRun({ seed: 3, bars: 3000, trades: 260, symbols: ["BTCUSDT", "ETHUSDT"] });

test("the policy allows one script, by its hash, and nothing from outside", async () => {
  const html = await htmlOf(small);
  const code = scriptsOf(html).filter(({ attributes }) => !attributes.includes("type="));
  expect(code).toHaveLength(1);
  const { content } = must(code[0], "one script");
  const hash = createHash("sha256").update(content).digest("base64");
  expect(html).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:"`,
  );
  expect(html.lastIndexOf("<script>")).toBeGreaterThan(html.lastIndexOf('type="application/'));
  expect(Buffer.byteLength(content)).toBeLessThan(JS_BYTES_MAX);
  expect(content).not.toContain("sourceMappingURL");
});

test("the page has no inline handlers, no links out and no companion files", async () => {
  const page = (await htmlOf(small)).replace(/<(style|script)\b[\s\S]*?<\/\1>/g, "");
  expect(page).not.toMatch(/<[^>]*\son\w+\s*=/i);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/i);
  expect(page).not.toMatch(/url\(|@import/);
});

test("headline, warnings and tables stand in the file before the data and the script", async () => {
  const html = await htmlOf(small);
  const order = [
    "<style>",
    "<header",
    'id="summary"',
    'id="warnings"',
    'id="metrics"',
    'id="dd-meta"',
    'id="dd-col-eq"',
    "<script>",
  ];
  const places = order.map((mark) => html.indexOf(mark));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  const text = textOf(html);
  expect(text).toContain("Net return");
  expect(text).toContain("drydock backtest sma-cross --from 2024-01-01 --param fast=10");
  expect(html.match(/<tr><td class="num">\d+<\/td>/g)).toHaveLength(200 + 50);
});

test("hostile text is shown, never run", async () => {
  const hostile = `</script><img src=x onerror=alert(1)>"'&\u2028`;
  const trades = small.trades.map((trade, row) =>
    row < 5 ? { ...trade, exitDetail: hostile, entryTag: hostile, symbol: hostile } : trade,
  );
  const html = await htmlOf(
    { ...small, trades, symbols: small.symbols.map((series) => ({ ...series, symbol: hostile })) },
    {
      title: hostile,
      strategy: hostile,
      version: hostile,
      command: hostile,
      engineVersion: hostile,
      config: { [hostile]: hostile },
      notes: [hostile],
      dataQuality: [{ series: hostile, findings: [hostile] }],
      assumptions: [{ label: hostile, value: hostile, optimistic: true }],
      hashes: { runHash: hostile, traceHash: hostile, dataFingerprint: hostile },
    },
  );
  expect(html).not.toContain("<img");
  expect(html.match(/<\/script>/g)?.length).toBe(html.match(/<script/g)?.length);
  const meta = scriptsOf(html).find(({ attributes }) => attributes.includes("dd-meta"));
  expect(JSON.parse(meta?.content ?? "").symbols[0].name).toBe(hostile);
  expect(textOf(html)).toContain(
    "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;",
  );
});

test("the columns are listed with their rows", async () => {
  const html = await htmlOf(small);
  const scripts = scriptsOf(html);
  const metaText = scripts.find(({ attributes }) => attributes.includes("dd-meta"))?.content ?? "";
  const meta = JSON.parse(metaText);
  const ids = meta.columns.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(
      scripts.filter(({ attributes }) => attributes.includes(`id="dd-col-${id}"`)),
    ).toHaveLength(1);
  }
  const rows = Object.fromEntries(
    meta.columns.map(({ id, rows: count }: { id: string; rows: number }) => [id, count]),
  );
  expect(rows).toMatchObject({ eq: 3001, "eq-sr": 1, "p0-o": 3000, "p1-c": 3000, "t-net": 260 });
});

test("the same run gives the same bytes", async () => {
  const again = sampleRun({ seed: 3, bars: 3000, trades: 260, symbols: ["BTCUSDT", "ETHUSDT"] });
  const [one, other] = await Promise.all([htmlOf(small), htmlOf(again)]);
  expect(other).toBe(one);
});

test("shown metrics are those of the summary", async () => {
  const html = await htmlOf(small);
  const metrics = scriptsOf(html).find(({ attributes }) => attributes.includes("dd-metrics"));
  const { summary } = reportInput(small);
  expect(JSON.parse(metrics?.content ?? "")).toEqual(JSON.parse(JSON.stringify(summary)));
});

test("optimistic switches, synthetic data and interruption are stamped at the top", async () => {
  const html = await htmlOf(small, {
    synthetic: true,
    partial: true,
    assumptions: [{ label: "Fill at", value: "close", optimistic: true }],
  });
  const stamps = /<ul class="stamps">(.*?)<\/ul>/.exec(html)?.[1] ?? "";
  expect(textOf(stamps).trim()).toBe("Synthetic data Partial run Optimistic: Fill at close");
  expect(await htmlOf(small)).not.toContain('class="stamps"');
});

test.each<[string, RunResult, readonly string[]]>([
  [
    "a run without trades",
    sampleRun({ seed: 1, bars: 3000, trades: 0 }),
    ["No trade was made", "Nothing was traded, so nothing was paid", "the chart has no markers"],
  ],
  [
    "a run of one bar",
    sampleRun({ seed: 1, bars: 1, trades: 0 }),
    ["covers no full UTC day", "1 × 1m"],
  ],
  [
    "a run of one day",
    sampleRun({ seed: 1, bars: 1440, trades: 8 }),
    ["Fewer than 30 full days", "Only 1 full day"],
  ],
  ["a run without bars", equityRun([1000]), ["The run has no bars", "no price bars in its period"]],
  [
    "a ruined account",
    equityRun([1000, 400, 0, -50], { trades: [closedTrade(1, -1050)] }),
    ["Equity fell to zero or below", "-105.00 %"],
  ],
])("%s has sentences instead of empty charts", async (_, run, sentences) => {
  const text = textOf(await htmlOf(run));
  for (const sentence of sentences) expect(text).toContain(sentence);
  expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
});

test("numbers without value are explained where they stand", async () => {
  const html = await htmlOf(sampleRun({ seed: 1, bars: 1440, trades: 8 }));
  expect(html).toContain('<span title="Fewer than 30 full days">few-days</span>');
});
