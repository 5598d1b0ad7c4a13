/** Where code asked the machine for what a run may not depend on. */
export interface AmbientRead {
  /** Such as `Date.now()`. */
  readonly name: string;
  readonly stack: string;
}

/** Enough to name the place. */
const READS_MAX = 20;

/**
 * Runs something synchronous in which the clock, chance and timers of the machine are watched: each read is noted and
 * answered with a constant, so that nothing depends on it. Puts everything back, also when it throws.
 */
export function watchAmbient<T>(run: () => T): {
  readonly result: T;
  readonly reads: readonly AmbientRead[];
} {
  const reads: AmbientRead[] = [];
  const undo: (() => void)[] = [];
  const note = <V>(name: string, value: V): V => {
    if (reads.length < READS_MAX) reads.push({ name, stack: new Error(name).stack ?? "" });
    return value;
  };
  const replace = (owner: object, name: string, value: unknown): void => {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value, writable: true, configurable: true });
    undo.push(() => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    });
  };
  const RealDate = globalThis.Date;
  const Watched = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [note("new Date()", 0)] : args, newTarget),
    apply: () => note("Date()", ""),
    get: (target, key) =>
      key === "now" ? () => note("Date.now()", 0) : (Reflect.get(target, key, target) as unknown),
  });
  try {
    replace(globalThis, "Date", Watched);
    replace(Math, "random", () => note("Math.random()", 0.5));
    replace(globalThis.performance, "now", () => note("performance.now()", 0));
    replace(globalThis.crypto, "randomUUID", () => note("crypto.randomUUID()", ""));
    for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"] as const) {
      replace(globalThis, name, () => note(`${name}()`, undefined));
    }
    return { result: run(), reads };
  } finally {
    for (const put of undo.reverse()) put();
  }
}
