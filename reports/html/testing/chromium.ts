import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = process.env["DRYDOCK_CHROMIUM"] ?? "/usr/bin/chromium";
const LAUNCH_FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const WAIT_MS = 30_000;
const POLL_MS = 30;

/** Whether there is a browser to test with; says so once when there is none. */
export function hasChromium(): boolean {
  const isThere = existsSync(executablePath);
  if (!isThere) {
    console.log(
      `Browser tests of the report are left out: there is no Chromium at ${executablePath}`,
    );
  }
  return isThere;
}

export interface OpenReport {
  readonly page: Page;
  /** Console errors, uncaught exceptions and requests beyond the file itself; empty in a sound report. */
  readonly faults: readonly string[];
}

export interface OpenOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  /** Such as `#v=…`. */
  readonly hash?: string;
  readonly javaScript?: "on" | "off";
}

/** A headless Chromium that opens reports from a folder of its own; `close` ends it and removes the folder. */
export class ReportBrowser {
  readonly #browser: Browser;
  readonly #folder: string;
  #opened = 0;

  constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async launch(): Promise<ReportBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "drydock-report-"));
    const browser = await chromium.launch({ executablePath, args: LAUNCH_FLAGS.split(" ") });
    return new ReportBrowser(browser, folder);
  }

  /** Opens a report from the file system and waits until all of it is painted. */
  async open(html: Uint8Array, options: OpenOptions = {}): Promise<OpenReport> {
    const { viewport = { width: 1280, height: 900 }, colorScheme = "light", hash = "" } = options;
    this.#opened += 1;
    const file = join(this.#folder, `report-${this.#opened}.html`);
    await writeFile(file, html);
    const context = await this.#browser.newContext({
      viewport,
      colorScheme,
      acceptDownloads: true,
      javaScriptEnabled: options.javaScript !== "off",
    });
    const page = await context.newPage();
    const url = pathToFileURL(file).href;
    const faults = watchFaults(page, url);
    await page.goto(url + hash);
    if (options.javaScript !== "off") {
      await waitFor(page, "document.documentElement.dataset.ready === 'true'");
    }
    return { page, faults };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function watchFaults(page: Page, url: string): readonly string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const asked = request.url();
    if (asked.split("#")[0] !== url && !asked.startsWith("blob:")) {
      faults.push(`request ${asked.slice(0, 80)}`);
    }
  });
  return faults;
}

/** The value of an expression in the page; a text, because this project has no types of the DOM. */
export async function valueOf<T>(page: Page, expression: string): Promise<T> {
  return await page.evaluate<T>(expression);
}

/** Waits until an expression holds. Playwright's own waiting evaluates text in the page, which the policy forbids. */
export async function waitFor(page: Page, expression: string): Promise<void> {
  const until = performance.now() + WAIT_MS;
  while (performance.now() < until) {
    if (await page.evaluate<boolean>(`Boolean(${expression})`)) return;
    await page.waitForTimeout(POLL_MS);
  }
  throw new Error(`The page did not come to hold: ${expression}`);
}

/** How many different colours a canvas shows: a blank one has one. */
export async function coloursOf(page: Page, id: string): Promise<number> {
  return await page.evaluate<number>(`{
    const canvas = document.getElementById("${id}");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    new Set(new Uint32Array(data.buffer)).size;
  }`);
}
