import { ask } from "#cli/ask.ts";
import type { CommandContext } from "#cli/command-context.ts";
import { printable } from "#cli/output/printable.ts";
import { type ImportOptions, planImport, type ReadyImport } from "#data/import/plan-import.ts";
import { normalizeSymbol, type SeriesKey } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";

/** A planned series of which every part of the name is known. */
export interface NamedSeries {
  readonly ready: ReadyImport;
  readonly key: SeriesKey;
}

const EXCHANGE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Completes the name of a series: a person at a terminal is asked for what neither the file nor a flag tells.
 *
 * @throws E_USAGE naming the flags, where nobody can be asked
 */
export async function nameSeries(
  context: CommandContext,
  planned: ReadyImport,
  options: ImportOptions,
): Promise<NamedSeries> {
  const unknown = unknownParts(planned);
  if (unknown.length > 0 && !canAsk(context)) throw missing(planned, unknown);
  const { series } = planned;
  const exchange = (series.exchange ?? (await askFor(context, planned, "exchange"))).toLowerCase();
  checkExchange(exchange);
  const symbol = normalizeSymbol(
    series.symbol ?? (await askFor(context, planned, "symbol")),
    exchange,
  );
  checkSymbol(symbol);
  if (series.kind === "funding") {
    return { ready: planned, key: { kind: "funding", exchange, symbol, interval: "" } };
  }
  const ready = await withInterval(context, planned, { ...options, exchange, symbol });
  const { kind, intervalMs } = ready.series;
  if (kind === "funding" || intervalMs === null) throw missing(planned, ["interval"]);
  return { ready, key: { kind, exchange, symbol, interval: formatInterval(intervalMs) } };
}

/** @throws E_USAGE unless the text, in lower case, can name an exchange */
export function checkExchange(exchange: string): void {
  if (EXCHANGE.test(exchange)) return;
  throw new DrydockError("E_USAGE", `"${exchange}" is no name of an exchange`, {
    hint: "Write it in lower case, such as bybit or binance-spot",
  });
}

/** @throws E_USAGE for a symbol that is empty or holds characters that no venue writes and a terminal obeys */
export function checkSymbol(symbol: string): void {
  if (symbol !== "" && symbol === printable(symbol)) return;
  throw new DrydockError("E_USAGE", `"${printable(symbol)}" is no symbol`, {
    hint: "Name it with --symbol, such as BTCUSDT",
  });
}

function unknownParts({ series }: ReadyImport): readonly NamePart[] {
  const parts: NamePart[] = [];
  if (series.exchange === null) parts.push("exchange");
  if (series.symbol === null) parts.push("symbol");
  if (series.kind !== "funding" && series.intervalMs === null) parts.push("interval");
  return parts;
}

/** Who asked for JSON is a program, whatever its terminal is. */
function canAsk({ canAsk: hasTerminal, globals }: CommandContext): boolean {
  return hasTerminal && !globals.json && !globals.jsonl;
}

/** The interval decides about stamps and gaps, so the file is read again once it is known. */
async function withInterval(
  context: CommandContext,
  planned: ReadyImport,
  options: ImportOptions,
): Promise<ReadyImport> {
  if (planned.series.intervalMs !== null) return planned;
  const interval = await askFor(context, planned, "interval");
  parseInterval(interval);
  const again = planImport(planned.path, { ...options, interval });
  for await (const item of again) {
    if (item.outcome === "refused") throw item.error;
    if (item.outcome === "ready" && item.series.path === planned.series.path) return item;
  }
  throw missing(planned, ["interval"]);
}

type NamePart = "exchange" | "symbol" | "interval";

const EXAMPLES: Readonly<Record<NamePart, string>> = {
  exchange: "bybit",
  symbol: "BTCUSDT",
  interval: "1h",
};

async function askFor(
  context: CommandContext,
  planned: ReadyImport,
  part: NamePart,
): Promise<string> {
  const question = `The ${part} of ${printable(planned.series.path)} (such as ${EXAMPLES[part]}): `;
  const answer = await ask(question, context.signal);
  if (answer === "") throw missing(planned, [part]);
  return answer;
}

function missing(planned: ReadyImport, parts: readonly NamePart[]): DrydockError {
  const flags = parts.map((part) => `--${part} ${EXAMPLES[part]}`).join(" ");
  return new DrydockError(
    "E_USAGE",
    `Neither content nor path tells the ${parts.join(" and the ")}`,
    {
      while: `importing ${planned.series.path}`,
      hint: `Name it, such as ${flags}`,
    },
  );
}
