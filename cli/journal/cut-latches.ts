import { z } from "zod";

import { printable } from "#cli/output/printable.ts";
import type { ToldBehind } from "#data/journal/read-behind.ts";
import { type LatchesRecord, latchesSchema } from "#data/projection/record-schema.ts";
import { isoTime } from "#data/store/csv-text.ts";

/** What last stood of one account in records that a repair takes out. */
export interface CutLatches {
  readonly target: string;
  /** Null: no record told of latches. */
  readonly latches: LatchesRecord | null;
  /** When the last ban of the venue ends or ended, epoch ms; null: no record told of one. */
  readonly bannedUntil: number | null;
}

const control = z.object({ risk: z.object({ latches: latchesSchema }) });
const started = z.object({ state: z.object({ control }), bannedUntil: z.number().optional() });
const step = z.object({ control });
const banned = z.object({ until: z.number() });
const snapshot = z.object({ targets: z.record(z.string(), z.unknown()) });

/** Halts, quarantines and bans as they last stood, by account; records that tell otherwise are passed over. */
export function latchesIn(told: Iterable<ToldBehind>): readonly CutLatches[] {
  const accounts = new Map<string, Account>();
  const accountOf = (target: string): Account => {
    const known = accounts.get(target) ?? new Account(target);
    accounts.set(target, known);
    return known;
  };
  for (const { seq, kind, target, data } of told) {
    if (kind === null) {
      const { data: kept } = snapshot.safeParse(data);
      for (const [key, one] of Object.entries(kept?.targets ?? {})) accountOf(key).take(seq, one);
    } else if (target !== null) accountOf(target).take(seq, data);
  }
  return [...accounts.values()]
    .map((account) => account.result())
    .filter(({ latches, bannedUntil }) => latches !== null || bannedUntil !== null)
    .sort((a, b) => (a.target < b.target ? -1 : 1));
}

/** The latest of each thing: snapshots and damaged files do not tell them in order. */
class Account {
  readonly #target: string;
  #latches: LatchesRecord | null = null;
  #latchesSeq = 0;
  #bannedUntil: number | null = null;

  constructor(target: string) {
    this.#target = target;
  }

  take(seq: number, data: unknown): void {
    const whole = started.safeParse(data).data;
    const risk = (whole?.state ?? step.safeParse(data).data)?.control.risk;
    if (risk !== undefined && seq >= this.#latchesSeq) {
      this.#latches = risk.latches;
      this.#latchesSeq = seq;
    }
    const until = whole?.bannedUntil ?? banned.safeParse(data).data?.until;
    // A ban only ever grows.
    if (until !== undefined) this.#bannedUntil = Math.max(until, this.#bannedUntil ?? until);
  }

  result(): CutLatches {
    return { target: this.#target, latches: this.#latches, bannedUntil: this.#bannedUntil };
  }
}

/** One line for each thing that stood. */
export function latchLines(accounts: readonly CutLatches[]): readonly string[] {
  return accounts.flatMap(({ target, latches, bannedUntil }) => {
    const line = (
      what: string,
      latch: { readonly reason: string; readonly since: number },
    ): string => `${target} ${what} since ${isoTime(latch.since)}: ${latch.reason}`;
    const lines: string[] = [];
    if (latches !== null) {
      const { halt, gate, haltedSymbols, quarantined } = latches;
      if (halt !== null) lines.push(line("halted", halt));
      if (gate !== null) lines.push(line("gate closed", gate));
      for (const latch of haltedSymbols) lines.push(line(`${latch.symbol} halted`, latch));
      for (const latch of quarantined) lines.push(line(`${latch.symbol} in quarantine`, latch));
    }
    if (bannedUntil !== null) {
      lines.push(`${target} banned by the venue until ${isoTime(Math.floor(bannedUntil))}`);
    }
    return lines.map(printable);
  });
}
