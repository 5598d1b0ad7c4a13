import { readFileSync } from "node:fs";

import type { TradeDocument } from "#cli/backtest/run-document.ts";
import { DrydockError } from "#engine/errors.ts";

const NUMBERS = new Set([
  "id",
  "entryPrice",
  "exitPrice",
  "qty",
  "grossPnl",
  "fees",
  "funding",
  "netPnl",
  "returnPct",
  "bars",
  "mae",
  "mfe",
]);

/** Reads a run's `trades.csv` back: the same fields, numbers as numbers, empty cells as null. */
export function readTrades(path: string): readonly TradeDocument[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new DrydockError("E_FILE_MISSING", `The trades "${path}" can not be read`, {
      hint: "drydock verify does the run again",
      cause,
    });
  }
  const [header = [], ...rows] = csvRows(text);
  return rows.map((cells) => {
    const trade: Record<string, unknown> = {};
    header.forEach((name, at) => {
      const cell = cells[at] ?? "";
      trade[name] = cell === "" ? null : NUMBERS.has(name) ? Number(cell) : cell;
    });
    return trade as unknown as TradeDocument;
  });
}

/** Cells of a CSV text (RFC 4180): quotes double inside quotes, a line break inside quotes is part of the cell. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (character === '"') {
      isQuoted = true;
    } else if (character === "," || character === "\n") {
      row.push(cell);
      cell = "";
      if (character === "\n") {
        rows.push(row);
        row = [];
      }
    } else if (character !== "\r") {
      cell += character;
    }
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows;
}
