import { assert } from "#engine/assert.ts";
import {
  type AccountType,
  denormalizeEnv,
  type Env,
  type Exchange,
  type Target,
  type TargetKey,
  targetKey,
} from "#engine/model/target.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import { positionKey } from "./findings.ts";

/** Whose account at which target. */
export interface Account extends Target {
  readonly userId: string;
}

/** One row of the mirror. Quote and base units; null where nobody has told. */
export interface ActivePosition {
  readonly userId: string;
  readonly exchange: Exchange;
  readonly env: Env;
  /** The venue's word for `env`. */
  readonly accountType: AccountType;
  readonly symbol: string;
  readonly slot: PositionSlot;
  readonly side: "long" | "short";
  /** Base units, positive. */
  readonly size: number;
  /** Signed, exact; null for a contract that the engine does not trade. */
  readonly lots: number | null;
  readonly entryPrice: number | null;
  /** As of the last change that was written. */
  readonly markPrice: number | null;
  readonly strategy: string | null;
  readonly source: string | null;
  readonly openedBy: string | null;
  readonly takeProfit: number | null;
  readonly stopLoss: number | null;
  /** The venue has it and no strategy of ours does. */
  readonly isUntracked: boolean;
  /** Size or entry were taken over without the executions that made them. */
  readonly isEstimated: boolean;
  /** When the venue says that it was opened, epoch ms. */
  readonly openedAt: number | null;
  /** Engine time, epoch ms. */
  readonly firstSeenAt: number;
  readonly updatedAt: number;
}

/** A change of one row: the post-state, or null when it went. */
export interface RowChange {
  readonly actor: "reconcile";
  readonly account: Account;
  readonly symbol: string;
  readonly slot: PositionSlot;
  readonly row: ActivePosition | null;
  readonly reason: string;
  readonly at: number;
}

/** Writes the rows of one account. */
export interface MirrorPen {
  rows(): ReadonlyMap<string, ActivePosition>;
  put(row: ActivePosition): void;
  remove(key: string): void;
}

/**
 * `active_positions`: what the venues say that is open, of all accounts, by (user, exchange, env, symbol, slot). Everybody
 * may read it. Rows come from the constructor (the fold of a journal) and from the one pen of an account, which its
 * reconciler claims; a second claim is refused and no other code names `claimPen`.
 */
export class ActivePositions {
  readonly #accounts = new Map<string, { readonly account: Account; readonly rows: Rows }>();
  readonly #claimed = new Set<string>();

  constructor(rows: readonly ActivePosition[] = []) {
    for (const row of rows) this.#rowsOf(row).set(positionKey(row.symbol, row.slot), row);
  }

  /** Positions of every user at a target, sorted by user, symbol and slot. */
  positionsByTarget(target: Target): readonly ActivePosition[] {
    const key = targetKey(target);
    const found = this.#sortedAccounts().filter(({ account }) => targetKey(account) === key);
    return found.flatMap(({ rows }) => sorted(rows));
  }

  /** Positions by target, targets without one left out; keys and rows sorted. */
  positionsOfAllTargets(): ReadonlyMap<TargetKey, readonly ActivePosition[]> {
    const all = new Map<TargetKey, ActivePosition[]>();
    for (const { account, rows } of this.#sortedAccounts()) {
      if (rows.size === 0) continue;
      const key = targetKey(account);
      const list = all.get(key) ?? [];
      list.push(...sorted(rows));
      all.set(key, list);
    }
    return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Positions of one account. */
  positionsOf(account: Account): readonly ActivePosition[] {
    const found = this.#accounts.get(accountKey(account));
    return found === undefined ? [] : sorted(found.rows);
  }

  find(account: Account, symbol: string, slot: PositionSlot): ActivePosition | undefined {
    return this.#accounts.get(accountKey(account))?.rows.get(positionKey(symbol, slot));
  }

  /** Targets at which something is open. */
  get openTargets(): readonly TargetKey[] {
    return [...this.positionsOfAllTargets().keys()];
  }

  /** Every row as JSON, sorted: what the constructor takes. */
  state(): readonly ActivePosition[] {
    return this.#sortedAccounts().flatMap(({ rows }) => sorted(rows));
  }

  /** The pen of one account, given once: only a reconciler takes it. */
  static claimPen(mirror: ActivePositions, account: Account): MirrorPen {
    const key = accountKey(account);
    assert(!mirror.#claimed.has(key), () => `One reconciler writes the positions of ${key}`);
    mirror.#claimed.add(key);
    const rows = mirror.#rowsOf(account);
    return {
      rows: () => rows,
      put: (row) => {
        assert(accountKey(row) === key, () => `A row of ${accountKey(row)} is not for ${key}`);
        rows.set(positionKey(row.symbol, row.slot), row);
      },
      remove: (rowKey) => {
        rows.delete(rowKey);
      },
    };
  }

  #rowsOf({ userId, exchange, env }: Account): Rows {
    const account = { userId, exchange, env };
    const key = accountKey(account);
    let found = this.#accounts.get(key);
    if (found === undefined) {
      found = { account, rows: new Map() };
      this.#accounts.set(key, found);
    }
    return found.rows;
  }

  #sortedAccounts(): readonly { readonly account: Account; readonly rows: Rows }[] {
    const keys = [...this.#accounts.keys()].sort();
    return keys.flatMap((key) => this.#accounts.get(key) ?? []);
  }
}

type Rows = Map<string, ActivePosition>;

function sorted(rows: Rows): readonly ActivePosition[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

export function accountKey({ userId, exchange, env }: Account): string {
  return `${userId}|${exchange}|${env}`;
}

export function accountTypeOf({ exchange, env }: Target): AccountType {
  return denormalizeEnv(env, exchange);
}
