/** Another hour, weekday, month and year. */
const CLOCK_MS = 428 * 86_400_000 + 11 * 3_600_000 + 37 * 60_000 + 23_456;
/** Between two looks at the clock. */
const TICK_MS = 61_007;
const DRAW = 0.618_033_988_749_895;

/**
 * Calls a function while the machine's clock tells another time that hurries, and its random numbers are others. What
 * depends on neither does not notice.
 */
export function inOtherSurroundings<T>(call: () => T): T {
  const { Date: Real, Math: math, performance } = globalThis;
  let now = Real.now() - CLOCK_MS;
  let draw = DRAW;
  const look = (): number => (now += TICK_MS);
  const random = (): number => (draw = (draw + DRAW) % 1);
  const Other = new Proxy(Real, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [look()] : args, newTarget),
    apply: () => new Real(look()).toString(),
    get: (target, key): unknown => (key === "now" ? look : Reflect.get(target, key, target)),
  });
  const restore = [
    replace(globalThis, "Date", Other),
    replace(math, "random", random),
    replace(performance, "now", look),
  ];
  try {
    return call();
  } finally {
    for (const putBack of restore.reverse()) putBack();
  }
}

function replace(owner: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}
