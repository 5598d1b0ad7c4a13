import { DrydockError } from "#engine/errors.ts";

/** Where an engine trades: an account of one exchange in one environment. */
export const EXCHANGES = ["bybit", "hyperliquid"] as const;
export type Exchange = (typeof EXCHANGES)[number];
export const ENVS = ["paper", "live"] as const;
export type Env = (typeof ENVS)[number];

export interface Target {
  readonly exchange: Exchange;
  readonly env: Env;
}

/** `exchange:env`, such as `bybit:paper`. */
export type TargetKey = `${Exchange}:${Env}`;

/** The venue's own words for its environments. */
const ACCOUNT_TYPES = {
  bybit: { paper: "demo", live: "real" },
  hyperliquid: { paper: "testnet", live: "mainnet" },
} as const satisfies Record<Exchange, Record<Env, string>>;
export type AccountType = (typeof ACCOUNT_TYPES)[Exchange][Env];

const ENV_WORDS: Readonly<Record<string, Env>> = {
  paper: "paper",
  demo: "paper",
  testnet: "paper",
  live: "live",
  real: "live",
  mainnet: "live",
};

/** @throws E_USAGE for an exchange that drydock does not trade on. */
export function normalizeExchange(word: string): Exchange {
  const exchange = EXCHANGES.find((name) => name === word.trim().toLowerCase());
  if (exchange !== undefined) return exchange;
  throw new DrydockError("E_USAGE", `Unknown exchange "${word}"`, {
    hint: `One of ${EXCHANGES.join(", ")}`,
  });
}

/**
 * The environment that any of the six words names, in any case: `paper`, `demo`, `testnet`, `live`, `real`, `mainnet`.
 * @throws E_USAGE for another word.
 */
export function normalizeEnv(word: string): Env {
  const key = word.trim().toLowerCase();
  const env = Object.hasOwn(ENV_WORDS, key) ? ENV_WORDS[key] : undefined;
  if (env !== undefined) return env;
  throw new DrydockError("E_USAGE", `Unknown environment "${word}"`, {
    hint: `One of ${Object.keys(ENV_WORDS).join(", ")}`,
  });
}

/** The venue's own word for an environment: what its tables and older files call the account type. */
export function denormalizeEnv(env: Env, exchange: Exchange): AccountType {
  return ACCOUNT_TYPES[exchange][env];
}

export function targetKey({ exchange, env }: Target): TargetKey {
  return `${exchange}:${env}`;
}

/**
 * The targets that a name stands for: `bybit:paper`, `hyperliquid:mainnet`; with `both` as its environment those of
 * both, live last.
 * @throws E_USAGE when the name is no target.
 */
export function parseTargets(name: string): readonly Target[] {
  const [exchangeWord, envWord, ...rest] = name.split(":");
  if (exchangeWord === undefined || envWord === undefined || rest.length > 0) {
    throw new DrydockError("E_USAGE", `"${name}" is no target`, {
      hint: "A target is exchange:env, such as bybit:paper",
    });
  }
  const exchange = normalizeExchange(exchangeWord);
  if (envWord.trim().toLowerCase() === "both") return ENVS.map((env) => ({ exchange, env }));
  return [{ exchange, env: normalizeEnv(envWord) }];
}

/** @throws E_USAGE when the name is not exactly one target. */
export function parseTarget(name: string): Target {
  const targets = parseTargets(name);
  const [target] = targets;
  if (targets.length === 1 && target !== undefined) return target;
  throw new DrydockError("E_USAGE", `"${name}" names more than one target`, {
    hint: "A target is exchange:env, such as bybit:paper",
  });
}
