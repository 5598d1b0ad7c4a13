import type { NumberLimits } from "#cli/number-limits.ts";

interface KeyBase {
  readonly flag: string;
  readonly alias?: readonly string[] | undefined;
  readonly describe: string;
}

export interface TextKey extends KeyBase {
  readonly kind: "text";
  readonly default?: string | undefined;
}
/** A file or folder: relative to the config file where it stands in one, else to the working directory. */
export interface PathKey extends KeyBase {
  readonly kind: "path";
  readonly default?: string | undefined;
}
/** One text or several; a flag may be repeated or hold several separated by commas. */
export interface ListKey extends KeyBase {
  readonly kind: "list";
}
export interface NumberKey extends KeyBase, NumberLimits {
  readonly kind: "number";
  readonly default?: number | undefined;
}
export interface ChoiceKey extends KeyBase {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default?: string | undefined;
}
export interface SwitchKey extends KeyBase {
  readonly kind: "switch";
  readonly default?: boolean | undefined;
}
/** A bar's length, such as `5m`. */
export interface IntervalKey extends KeyBase {
  readonly kind: "interval";
}
/** A date or a distance from the end of the data; the text is kept, `time-bound.ts` reads it. */
export interface TimeKey extends KeyBase {
  readonly kind: "time";
}
/** Minutes held → percent of profit that suffices; as text `0:4,120:2`. */
export interface StepsKey extends KeyBase {
  readonly kind: "steps";
}
/** Names with values of any simple kind; as text `fast=10`. Sources are merged name by name. */
export interface ParamsKey extends KeyBase {
  readonly kind: "params";
}

export type ConfigKey =
  | TextKey
  | PathKey
  | ListKey
  | NumberKey
  | ChoiceKey
  | SwitchKey
  | IntervalKey
  | TimeKey
  | StepsKey
  | ParamsKey;

export const percent = { kind: "number", above: 0, max: 1_000 } as const;
export const money = { kind: "number", above: 0, max: Number.MAX_VALUE } as const;
export const count = { kind: "number", min: 1, max: 1_000_000, integer: true } as const;
export const fee = { kind: "number", min: -1, max: 100 } as const;
