import { basename } from "node:path";
import {
  type ParsedBars,
  type ParsedFunding,
  type ParsedSeries,
  type ReadHints,
} from "#data/import/parsed-series.ts";
import { readMarketFile } from "#data/import/read-file.ts";
import { checkBars } from "#data/quality/check-bars.ts";
import { isRefused } from "#data/quality/finding.ts";
import { dropDuplicates } from "#data/quality/repair.ts";
import { repairFunding } from "#data/quality/repair-funding.ts";
import { DrydockError } from "#engine/errors.ts";
import {
  type BarColumns,
  type FundingColumns,
  lowerBound,
  sliceBars,
} from "#engine/market/bars.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import { type BarsInput, buildMarket, type FundingInput } from "./build-market.ts";
import { firstFunding } from "./funding-stamps.ts";
import type { LoadedMarket } from "./loaded-market.ts";
import type { FileRequest, MarketRequest } from "./market-request.ts";
import { type DataPeriod, runWindow } from "./run-window.ts";

/** What the command line says of the files and the request without what only the candles tell. */
export interface FileMarketRequest extends Omit<MarketRequest, "symbols" | "exchange"> {
  readonly exchange: string | null;
  readonly symbol: string | null;
  readonly signal: AbortSignal;
}

/**
 * Loads the market of a run straight from files: candles, and funding and mark prices where they are given.
 * @throws E_FILE_MISSING, E_DATA_FORMAT, E_DATA_UNTRUSTED, E_DATA_PERIOD, E_DATA_INTERVAL, E_FUNDING_MISSING
 */
export async function loadFileMarket(
  files: FileRequest,
  request: FileMarketRequest,
): Promise<LoadedMarket> {
  const candles = await readBarsFile(files.candles, "candles", request);
  const exchange = request.exchange ?? candles.parsed.exchange ?? "bybit";
  const symbol = request.symbol ?? candles.parsed.symbol ?? nameOf(files.candles);
  const sourceMs = candles.bars.intervalMs;
  const interval = request.interval ?? formatInterval(sourceMs);
  const period = runWindow(endsOf(candles.bars, interval), request, interval);
  const cut = (bars: BarColumns, from: number): BarColumns =>
    sliceBars(
      bars,
      lowerBound(bars.time, bars.length, from),
      lowerBound(bars.time, bars.length, period.to),
    );
  const input = (kind: "candles" | "mark", bars: BarColumns, path: string): BarsInput => ({
    key: { kind, exchange, symbol, interval: formatInterval(bars.intervalMs) },
    bars,
    source: basename(path),
  });
  const mark = files.mark === null ? null : await readBarsFile(files.mark, "mark", request);
  const marks = mark === null ? null : cut(mark.bars, period.readFrom - mark.bars.intervalMs + 1);
  const funding =
    files.funding === null ? null : await readFundingFile(files.funding, request, exchange, symbol);
  return buildMarket(
    {
      exchange,
      interval,
      from: period.from,
      isSynthetic: false,
      symbols: [
        {
          symbol,
          base: input("candles", cut(candles.bars, period.readFrom), files.candles),
          detail: null,
          higher: new Map(),
          mark: marks === null ? null : input("mark", marks, files.mark ?? ""),
          index: null,
          funding: funding === null ? null : cutFunding(funding, request, period),
          instrument: null,
          instrumentSeries: [],
        },
      ],
    },
    { ...request, exchange, symbols: [symbol] },
  );
}

async function readBarsFile(
  path: string,
  kind: "candles" | "mark",
  request: FileMarketRequest,
): Promise<{ readonly parsed: ParsedBars; readonly bars: BarColumns }> {
  const parsed = only(
    await readMarketFile(path, hintsOf(request, kind === "mark" ? "mark" : undefined)),
    path,
  );
  if (parsed.kind === "funding") {
    throw new DrydockError("E_DATA_FORMAT", `"${path}" holds funding rates, not ${kind}`, {
      hint: "--file takes candles; --funding takes funding rates",
    });
  }
  if (parsed.bars.length === 0) {
    throw new DrydockError("E_DATA_FORMAT", `"${path}" holds no rows`, {
      hint: "Choose a file with candles",
    });
  }
  if (parsed.intervalMs === null) {
    throw new DrydockError("E_DATA_INTERVAL", `"${path}" does not tell the length of its bars`, {
      hint: "--interval 1h",
    });
  }
  const { bars } = dropDuplicates(parsed);
  const findings = checkBars(bars, { kind, where: parsed.where });
  if (isRefused(findings)) {
    const [worst] = findings;
    throw new DrydockError(
      "E_DATA_UNTRUSTED",
      `"${path}" can not be trusted: ${worst?.message ?? ""}`,
      {
        while: "checking the candles of --file",
        hint: `drydock data import "${path}" --repair says what can be mended, and mends it`,
      },
    );
  }
  return { parsed, bars };
}

async function readFundingFile(
  path: string,
  request: FileMarketRequest,
  exchange: string,
  symbol: string,
): Promise<FundingInput> {
  const parsed = only(await readMarketFile(path, hintsOf(request, "funding")), path);
  if (parsed.kind !== "funding") {
    throw new DrydockError("E_DATA_FORMAT", `"${path}" holds ${parsed.kind}, not funding rates`, {
      hint: "--funding takes a file of funding rates, or none",
    });
  }
  const { funding } = repairFunding(parsed as ParsedFunding, "same");
  const key = { kind: "funding", exchange, symbol, interval: "" } as const;
  return { key, funding, whole: funding, source: basename(path) };
}

function cutFunding(
  input: FundingInput,
  request: FileMarketRequest,
  period: { readonly readFrom: number; readonly to: number },
): FundingInput {
  const { time, rate, length } = input.funding;
  const start = lowerBound(time, length, firstFunding(input.whole, request, period.readFrom));
  const end = lowerBound(time, length, period.to);
  const funding: FundingColumns = {
    length: end - start,
    time: time.subarray(start, end),
    rate: rate.subarray(start, end),
  };
  return { ...input, funding };
}

function endsOf(bars: BarColumns, interval: string): DataPeriod {
  const first = bars.time[0] as number;
  const last = bars.time[bars.length - 1] as number;
  const isOwn = parseInterval(interval) === bars.intervalMs;
  return { first, end: last + bars.intervalMs, origin: isOwn ? first : undefined };
}

function only(found: readonly ParsedSeries[], path: string): ParsedSeries {
  const [first, second] = found;
  if (first === undefined) {
    throw new DrydockError("E_DATA_FORMAT", `"${path}" holds no series`, {
      hint: "Choose another file",
    });
  }
  if (second === undefined) return first;
  throw new DrydockError("E_DATA_FORMAT", `"${path}" holds ${found.length} series`, {
    hint: `drydock data import "${path}", then run from the store`,
  });
}

function hintsOf(request: FileMarketRequest, kind: ReadHints["kind"]): ReadHints {
  return {
    signal: request.signal,
    ...(kind === undefined ? {} : { kind }),
    ...(request.exchange === null ? {} : { exchange: request.exchange }),
    ...(request.symbol === null ? {} : { symbol: request.symbol }),
  };
}

function nameOf(path: string): string {
  return basename(path).split(".")[0]?.toUpperCase() ?? "SYMBOL";
}
