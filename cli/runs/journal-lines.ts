import { crc32 } from "node:zlib";

import type { RunFacts } from "#cli/backtest/run-document.ts";
import { AGED_REASONS, AGED_STATUSES } from "#engine/aged/aged-record.ts";
import { purposeName, rejectName, TIME_IN_FORCE, TRIGGER_BY } from "#engine/model/order-terms.ts";
import { unpackKey } from "#engine/orders/intent-key.ts";
import { statusName } from "#engine/orders/order-status.ts";
import { RECORD, RECORD_WIDTH } from "#engine/records/record-log.ts";

/** Names of the record kinds in the journal. */
const KIND_NAMES: Readonly<Record<number, string>> = {
  [RECORD.intent]: "intent",
  [RECORD.transition]: "transition",
  [RECORD.fill]: "fill",
  [RECORD.funding]: "funding",
  [RECORD.liquidation]: "liquidation",
  [RECORD.ledger]: "ledger",
  [RECORD.conditions]: "conditions",
  [RECORD.aged]: "aged",
};

/**
 * The records of a run as NDJSON, one line per record, chained by CRC-32: each line names the checksum of the line
 * before and ends with its own, taken over everything before it. The first line says what the run was.
 */
export function* journalLines(facts: RunFacts, chunks: readonly Float64Array[]): Generator<string> {
  const symbols = slotSymbols(facts.config);
  let previous = "00000000";
  let sequence = 0;
  const line = (ts: number, kind: string, data: object): string => {
    const head = `{"seq":${sequence},"ts":${ts},"kind":"${kind}","target":"backtest","prev":"${previous}","data":${JSON.stringify(data)}`;
    sequence += 1;
    previous = crc32(head).toString(16).padStart(8, "0");
    return `${head},"crc":"${previous}"}\n`;
  };
  const { id, runHash, build, dataFingerprint, config } = facts;
  yield line(Date.parse(config.from), "run", {
    format: 1,
    id,
    runHash,
    build,
    dataFingerprint,
    seed: config.seed,
  });
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += RECORD_WIDTH) {
      const row = chunk.subarray(at, at + RECORD_WIDTH);
      yield line(row[1] as number, recordKindName(row[0] as number), recordData(row, symbols));
    }
  }
}

/** The symbol of each index of the records: in hedge mode both sides of a symbol have one, the long side first. */
export function slotSymbols({
  symbols,
  positionMode,
}: Pick<RunFacts["config"], "symbols" | "positionMode">): readonly string[] {
  const sorted = [...symbols].sort();
  return positionMode === "hedge" ? sorted.flatMap((symbol) => [symbol, symbol]) : sorted;
}

export function recordKindName(kind: number): string {
  return KIND_NAMES[kind] ?? "unknown";
}

/** The fields of one row by name; −1 stands for what is absent and is left out. */
export function recordData(row: Float64Array, symbols: readonly string[]): object {
  const [kind, , symbol, keyTime, keyRest, a, b, c, d, e] = row as unknown as number[];
  const base = { symbol: symbols[symbol as number] ?? null };
  const key = { decidedAt: keyTime, ...unpackKey(keyRest as number) };
  switch (kind ?? 0) {
    case RECORD.intent:
      return {
        ...base,
        key,
        lots: a,
        ...(b === -1 ? {} : { priceTicks: b }),
        ...(c === -1 ? {} : { triggerTicks: c }),
        type: d,
        purpose: purposeName(Math.floor((e as number) / 2)),
        reduceOnly: (e as number) % 2 === 1,
      };
    case RECORD.conditions:
      return {
        ...base,
        key,
        ...conditionsOf(a as number),
        ...presentOf({ expiresAt: b, callback: c, activationTicks: d, group: e === 0 ? -1 : e }),
      };
    case RECORD.transition:
      return {
        ...base,
        key,
        status: statusName(a as number),
        filledLots: b,
        reason: rejectName(c as number),
        attempt: d,
      };
    case RECORD.fill:
      return {
        ...base,
        key,
        lots: a,
        priceTicks: b,
        liquidity: c === 0 ? "maker" : "taker",
        fee: d,
      };
    case RECORD.funding:
      return { ...base, amount: a, wallet: b };
    case RECORD.liquidation:
      return { ...base, lots: a, priceTicks: b, fee: c };
    case RECORD.aged:
      return {
        ...base,
        openedAt: keyTime,
        seq: keyRest,
        status: AGED_STATUSES[a as number] ?? "unknown",
        ...presentOf({ price: b, target: c }),
        tolerancePct: d,
        reason: AGED_REASONS[e as number] ?? "unknown",
      };
    default:
      return { ...base, key, realised: a, fee: b, wallet: c, positionLots: d };
  }
}

/** Time in force, trigger price and post-only of their packed row value. */
function conditionsOf(packed: number): object {
  const flags = Math.floor(packed / 2);
  return {
    timeInForce: nameIn(TIME_IN_FORCE, Math.floor(flags / 4)),
    triggerBy: nameIn(TRIGGER_BY, flags % 4),
    postOnly: packed % 2 === 1,
  };
}

function nameIn(words: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(words).find((word) => words[word] === value) ?? "unknown";
}

function presentOf(values: Readonly<Record<string, number | undefined>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== -1));
}
