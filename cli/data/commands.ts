import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";
import { CHOICE_OPTIONS, KINDS } from "#cli/data/choice-options.ts";

const dataImport = defineCommand({
  name: "data import",
  summary: "Store candles, mark and index prices and funding rates from files",
  options: {
    paths: {
      kind: "list",
      positional: "required",
      describe: "Files or folders: CSV, JSON, Parquet, Feather, also zipped or gzipped",
    },
    exchange: { kind: "text", describe: "Exchange of the files, where they do not tell" },
    symbol: { kind: "text", describe: "Symbol of the files, where they do not tell" },
    interval: {
      kind: "text",
      alias: ["tf"],
      describe: "Length of a bar, where it can not be seen",
    },
    kind: { kind: "choice", choices: KINDS, describe: "What the files hold" },
    stamp: {
      kind: "choice",
      choices: ["open", "close"],
      describe: "Whether a time is when a bar opens or closes",
    },
    repair: {
      kind: "flag",
      describe: "Drop or correct rows that can not be trusted, listing each",
    },
    replace: { kind: "flag", describe: "Overwrite stored rows that have other values" },
    "dry-run": { kind: "flag", alias: ["n"], describe: "Read and check, store nothing" },
    ...configOptions("dataDir"),
  },
  examples: [
    {
      command: "drydock data import BTCUSDT-1h-2024-*.zip --exchange binance",
      shows: "Monthly files; the symbol and the interval are read from them",
    },
    {
      command: "drydock data import ~/candles --dry-run",
      shows: "What a whole folder holds and whether it can be trusted",
    },
    {
      command: "drydock data import eth.csv --symbol ETHUSDT --exchange bybit --repair",
      shows: "A file with defects: every change is listed",
    },
  ],
  load: () => import("#cli/data/import-command.ts"),
});

const dataLs = defineCommand({
  name: "data ls",
  summary: "What is stored: series, rows, period, missing bars",
  options: { ...CHOICE_OPTIONS, ...configOptions("dataDir") },
  examples: [
    { command: "drydock data ls", shows: "Every series" },
    { command: "drydock data ls BTCUSDT --json", shows: "One symbol, as JSON" },
  ],
  load: () => import("#cli/data/ls-command.ts"),
});

const dataCheck = defineCommand({
  name: "data check",
  summary: "Look for gaps, doubtful prices and damage in stored series",
  options: {
    ...CHOICE_OPTIONS,
    "fail-on": {
      kind: "choice",
      choices: ["warning", "error"],
      describe: "Exit 7 when something as bad as this is found",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock data check", shows: "Every series; the exit code is 0 whatever is found" },
    {
      command: "drydock data check BTCUSDT --interval 1m --fail-on warning",
      shows: "As a gate in a script",
    },
  ],
  load: () => import("#cli/data/check-command.ts"),
});

const dataShow = defineCommand({
  name: "data show",
  summary: "Rows of a stored series or a file, with indicators beside them",
  options: {
    ...CHOICE_OPTIONS,
    file: { kind: "text", alias: ["f"], describe: "Rows of this file instead of the store" },
    with: {
      kind: "text",
      describe: 'Indicators, such as "rsi(14),macd(12,26,9)"; list names them all',
    },
    format: {
      kind: "choice",
      choices: ["table", "csv", "json"],
      default: "table",
      describe: "Form of the output; json is --json",
    },
    ...configOptions("from", "to"),
    limit: {
      kind: "number",
      integer: true,
      min: 1,
      shownDefault: "20 in a table, else all",
      describe: "Only the last so many rows",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock data show BTCUSDT --interval 1h", shows: "The last 20 bars" },
    {
      command:
        'drydock data show BTCUSDT --interval 4h --with "rsi(14),macd(12,26,9)" --format csv',
      shows: "All bars with indicators; 4h is built from shorter bars where needed",
    },
    {
      command: 'drydock data show --file btc.csv --with "ema(20,volume)" --from 90d --json',
      shows: "A file that is not stored",
    },
    {
      command: "drydock data show --with list",
      shows: "Every indicator, its arguments and outputs",
    },
  ],
  load: () => import("#cli/data/show-command.ts"),
});

const dataExport = defineCommand({
  name: "data export",
  summary: "Write a stored series to a file",
  options: {
    ...CHOICE_OPTIONS,
    out: { kind: "text", alias: ["o"], describe: "The file; its ending tells the format" },
    format: {
      kind: "choice",
      choices: ["csv", "parquet", "arrow"],
      describe: "Format of the file",
    },
    times: {
      kind: "choice",
      choices: ["iso", "ms"],
      default: "iso",
      describe: "Times as ISO-8601 (timestamps in parquet and arrow), or epoch ms",
    },
    replace: { kind: "flag", alias: ["force"], describe: "Overwrite the file" },
    ...configOptions("from", "to", "dataDir"),
  },
  examples: [
    {
      command: "drydock data export BTCUSDT --interval 1h --out btc.csv",
      shows: "A whole series as CSV",
    },
    {
      command: "drydock data export BTCUSDT --interval 1m --from 90d --out btc.parquet",
      shows: "The last 90 days as Parquet",
    },
  ],
  load: () => import("#cli/data/export-command.ts"),
});

const dataRm = defineCommand({
  name: "data rm",
  summary: "Remove stored series",
  options: {
    ...CHOICE_OPTIONS,
    all: { kind: "flag", describe: "Every series that matches, also several" },
    yes: { kind: "flag", alias: ["y"], describe: "Do not ask (needed without a terminal)" },
    ...configOptions("dataDir"),
  },
  examples: [
    {
      command: "drydock data rm BTCUSDT --interval 5m --yes",
      shows: "One series, without a question",
    },
    {
      command: "drydock data rm --exchange binance-spot --all",
      shows: "Everything of an exchange, after a question",
    },
  ],
  load: () => import("#cli/data/rm-command.ts"),
});

export const dataCommands = [dataImport, dataLs, dataCheck, dataShow, dataExport, dataRm] as const;
