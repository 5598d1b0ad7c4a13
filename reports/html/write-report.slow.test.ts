import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "#engine/assert.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { tradesCsv } from "#reports/csv.ts";
import { equityRun } from "#reports/testing/equity-run.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import type { ReportInput } from "./report-input.ts";
import {
  coloursOf,
  hasChromium,
  type OpenOptions,
  type OpenReport,
  ReportBrowser,
  valueOf,
  waitFor,
} from "./testing/chromium.ts";
import { reportInput } from "./testing/report-input.ts";
import { writeReport } from "./write-report.ts";

const PHONE = { width: 390, height: 844 };
const PAGE_WIDTH = "document.documentElement.scrollWidth";

const year = sampleRun({
  seed: 11,
  bars: 24 * 400,
  trades: 260,
  intervalMs: 3_600_000,
  symbols: ["BTCUSDT", "ETHUSDT"],
});

/** 1M bars and 20,000 trades: the size that a report is meant to bear. */
const million = sampleRun({ seed: 1, bars: 1_000_000, trades: 20_000 });

test("a million bars make a file within its size; the time is printed", async () => {
  const input = reportInput(million);
  const started = performance.now();
  const html = await writeReport(input);
  const elapsedMs = performance.now() - started;
  console.log(
    `report of 1M bars: ${(html.length / 1e6).toFixed(1)} MB in ${elapsedMs.toFixed(0)} ms`,
  );
  expect(html.length).toBeLessThan(15_000_000);
});

describe.runIf(hasChromium())("in Chromium", () => {
  let browser: ReportBrowser | undefined;

  beforeAll(async () => {
    browser = await ReportBrowser.launch();
  });

  afterAll(async () => {
    await browser?.close();
  });

  async function open(
    run: RunResult,
    options: OpenOptions = {},
    change: Partial<ReportInput> = {},
  ): Promise<OpenReport> {
    const html = await writeReport(reportInput(run, change));
    return await must(browser, "Chromium runs").open(html, options);
  }

  test("all charts are painted, without an error or a request", async () => {
    const { page, faults } = await open(year);
    for (const id of ["dd-equity", "dd-drawdown", "dd-price", "dd-overview"]) {
      expect(await coloursOf(page, id)).toBeGreaterThan(3);
    }
    expect(await page.locator("[id^=dd-col-p1]").count()).toBe(6);
    await page.selectOption("#dd-symbol", "1");
    await waitFor(page, "document.querySelectorAll('[id^=dd-col-]').length === 0");
    expect(faults).toEqual([]);
    await page.close();
  });

  test("the policy stops injected script and handlers", async () => {
    const { page } = await open(year);
    const ran = await valueOf<boolean>(
      page,
      `(async () => {
      const script = document.createElement("script");
      script.textContent = "window.injected = true";
      document.body.append(script);
      const box = document.createElement("div");
      document.body.append(box);
      box.innerHTML = '<img src="data:," onerror="window.injected = true">';
      await new Promise((done) => setTimeout(done, 200));
      return "injected" in window;
    })()`,
    );
    expect(ran).toBe(false);
    await page.close();
  });

  test("hostile names stay text in every part that the script writes", async () => {
    const hostile = '"><img src=x onerror=document.title=1>';
    const run = {
      ...year,
      trades: year.trades.map((trade) => ({ ...trade, exitDetail: hostile, entryTag: hostile })),
    };
    const { page, faults } = await open(run, {}, { title: hostile });
    await page.locator("#dd-trades-table tr[data-row]").first().click();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("#dd-trade-detail").textContent()).toContain(hostile);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("the download is trades.csv", async () => {
    const { page, faults } = await open(year);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#dd-csv").click(),
    ]);
    expect(download.suggestedFilename()).toBe("trades.csv");
    const all = [...year.trades, ...year.openTrades].sort((a, b) => a.id - b.id);
    const text = await readFile(await download.path(), "utf8");
    expect(text).toBe([...tradesCsv(all)].join(""));
    expect(faults).toEqual([]);
    await page.close();
  });

  test("a trade in the list, keys and the link move all panes", async () => {
    const { page, faults } = await open(year);
    await page.locator("#dd-trades-table tr[data-row='4']").click();
    const trade = must(
      [...year.trades, ...year.openTrades].find(({ id }) => id === 5),
      "trade 5",
    );
    const span = Math.max(must(trade.closedAt, "closed") - trade.openedAt, 36_000_000);
    await waitFor(page, `location.hash.endsWith('&t=5')`);
    const [from = 0, to = 0] =
      (await valueOf<string>(page, "location.hash")).match(/\d{6,}/g)?.map(Number) ?? [];
    expect(to - from).toBe((trade.closedAt ?? 0) - trade.openedAt + 2 * span);
    expect(await page.locator("#dd-trade-detail").textContent()).toContain(trade.exitReason ?? "");

    await page.locator("#dd-price-pane").focus();
    await page.keyboard.press("n");
    await waitFor(page, `location.hash.endsWith('&t=6')`);
    await page.keyboard.press("0");
    await waitFor(page, `location.hash.startsWith('#v=${year.from}-${year.to}')`);
    await page.keyboard.press("+");
    await waitFor(page, `!location.hash.startsWith('#v=${year.from}')`);
    expect(faults).toEqual([]);
    await page.close();

    const linked = await open(year, { hash: `#v=${from}-${to}&t=5` });
    expect(await linked.page.locator("tr[aria-selected='true'] td").first().textContent()).toBe(
      "5",
    );
    expect(linked.faults).toEqual([]);
    await linked.page.close();
  });

  test("the wheel scrolls the page until a pane has the focus", async () => {
    const { page } = await open(year);
    const readout = page.locator("#dd-equity-readout");
    await page.locator("#dd-equity").scrollIntoViewIfNeeded();
    const box = must(await page.locator("#dd-equity").boundingBox(), "the canvas is visible");
    await page.mouse.move(box.x + 200, box.y + 60);
    const top = await valueOf<number>(page, "scrollY");
    await page.mouse.wheel(0, 120);
    await waitFor(page, `scrollY > ${top}`);
    expect(await valueOf(page, "location.hash")).toBe("");
    await page.locator("#dd-equity-pane").focus();
    const at = must(await page.locator("#dd-equity").boundingBox(), "the canvas is visible");
    await page.mouse.move(at.x + 200, at.y + 60);
    await page.mouse.wheel(0, -400);
    await waitFor(page, `location.hash.startsWith('#v=')`);
    expect(await readout.textContent()).toContain("since the left edge");
    await page.close();
  });

  test("the list is virtual, sorts and filters", async () => {
    const { page, faults } = await open(year);
    const rows = page.locator("#dd-trades-table tr[data-row]");
    expect(await rows.count()).toBeLessThan(100);
    await page.locator("#dd-trades-table th[data-key='net'] button").click();
    await page.locator("#dd-trades-table th[data-key='net'] button").click();
    const best = Math.max(...[...year.trades, ...year.openTrades].map(({ netPnl }) => netPnl));
    expect(await rows.first().locator("td").nth(8).textContent()).toBe(`+${best.toFixed(2)}`);
    await page.selectOption("#dd-filter-side", "-1");
    const shorts = [...year.trades, ...year.openTrades].filter(
      ({ side }) => side === "short",
    ).length;
    expect(await page.locator("#dd-trade-count").textContent()).toBe(`${shorts} of 260 trades`);
    expect(await rows.first().locator("td").nth(2).textContent()).toBe("short");
    expect(faults).toEqual([]);
    await page.close();
  });

  test("dark and light follow the system and the button", async () => {
    const { page, faults } = await open(year, { colorScheme: "dark" });
    const background = async (): Promise<string> =>
      await valueOf(page, "getComputedStyle(document.body).backgroundColor");
    expect(await background()).toBe("rgb(15, 18, 22)");
    await page.locator("#dd-theme").click();
    expect(await background()).toBe("rgb(246, 247, 249)");
    expect(await coloursOf(page, "dd-equity")).toBeGreaterThan(3);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("a phone shows everything without scrolling sideways", async () => {
    const { page, faults } = await open(year, { viewport: PHONE });
    expect(await valueOf(page, PAGE_WIDTH)).toBe(390);
    const lefts = await valueOf<number[]>(
      page,
      `[...document.querySelectorAll(".tile")].map((tile) => Math.round(tile.getBoundingClientRect().left))`,
    );
    expect(new Set(lefts).size).toBe(2);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("paper has few pages and the largest trades", async () => {
    const { page } = await open(year, { colorScheme: "dark" });
    const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeLessThan(15);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".print-only tbody tr:visible").count()).toBe(50);
    expect(await page.locator("#dd-trades").isVisible()).toBe(false);
    await page.close();
  });

  test("every table has its numbers without script", async () => {
    const { page } = await open(year, { javaScript: "off" });
    expect(await page.locator(".tile .value").first().textContent()).toContain("%");
    expect(await page.locator("#dd-trades-table tbody tr").count()).toBe(200);
    expect(await page.locator("noscript").first().isVisible()).toBe(true);
    await page.close();
  });

  test("'Show data' lists what a chart draws", async () => {
    const { page, faults } = await open(year);
    for (const id of ["equity", "drawdown", "price"]) {
      await page.locator(`[data-table='${id}']`).click();
      const rows = await page.locator(`#dd-${id}-data tbody tr`).count();
      expect(rows).toBeGreaterThan(10);
      expect(rows).toBeLessThanOrEqual(500);
    }
    expect(faults).toEqual([]);
    await page.close();
  });

  test.for<[string, RunResult, number]>([
    ["no trades", sampleRun({ seed: 1, bars: 3000, trades: 0 }), 3],
    ["one bar", sampleRun({ seed: 1, bars: 1, trades: 0 }), 4],
    ["one day", sampleRun({ seed: 1, bars: 1440, trades: 8 }), 0],
    ["no bars", equityRun([1000]), 5],
    ["a ruined account", equityRun([1000, 400, 0, -50]), 4],
  ])("a run with %s renders", async ([, run, sentences]) => {
    const { page, faults } = await open(run, { viewport: PHONE });
    expect(faults).toEqual([]);
    expect(await page.locator("section > .empty").count()).toBe(sentences);
    expect(await valueOf(page, PAGE_WIDTH)).toBe(390);
    expect(await page.locator("main").textContent()).not.toMatch(/NaN|Infinity|undefined/);
    await page.close();
  });

  test("a million bars stay within the budget of the browser", async () => {
    const { page, faults } = await open(million);
    const mark = async (name: string): Promise<number> =>
      await valueOf(page, `performance.getEntriesByName("${name}")[0].startTime`);
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const heap: Readonly<Record<string, number>> = {
      ...(await session.send("Runtime.getHeapUsage")),
    };
    const used = (heap["usedSize"] ?? 0) + (heap["backingStorageSize"] ?? 0);
    const steps = await valueOf<number[]>(
      page,
      `(async () => {
      const pane = document.getElementById("dd-price-pane");
      pane.focus();
      const times = [];
      for (let step = 0; step < 40; step++) {
        const start = performance.now();
        pane.dispatchEvent(new KeyboardEvent("keydown", { key: step % 10 < 6 ? "+" : "-" }));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b);
    })()`,
    );
    const [equityMs, readyMs] = [await mark("drydock-equity"), await mark("drydock-ready")];
    console.log(
      `report of 1M bars: equity at ${equityMs.toFixed(0)} ms, all at ${readyMs.toFixed(0)} ms, heap ${(used / 1e6).toFixed(0)} MB, zoom p95 ${steps[37]?.toFixed(0)} ms`,
    );
    expect(faults).toEqual([]);
    expect(used).toBeGreaterThan(8_000_000);
    expect(used).toBeLessThan(120_000_000);
    expect(await coloursOf(page, "dd-price")).toBeGreaterThan(3);
    await page.close();
  });
});
