import type { StrategyAbout } from "#cli/sim/strategy-offer.ts";

/** What the advice looks at; a part of the document. */
export interface AdviceFacts {
  readonly about: StrategyAbout;
  readonly rows: readonly AdviceRow[];
  readonly exceptions: readonly {
    readonly place: string | null;
    readonly alsoWithoutFaults: boolean;
  }[];
}

interface AdviceRow {
  readonly invariant: string | null;
  readonly from: string;
  readonly to: string;
  readonly orders: number;
  readonly restarts: number;
  readonly differencePct: number | null;
  readonly unprotectedMinutes: number | null;
  readonly exposedMinutes: number;
  readonly calm: {
    readonly invariant: string | null;
    readonly unprotectedMinutes: number | null;
    readonly orders: number;
    /** Quote units. */
    readonly pnl: number;
  };
}

const LOSS_PCT = 1;
const BARE_MINUTES = 5;
/** Orders an hour, counted without any fault: more than one a minute and a half all day long. */
const BUSY_PER_HOUR = 40;
const HOUR = 3_600_000;

/** What to change, the most pressing first; never empty. */
export function strategyAdvice({ about, rows, exceptions }: AdviceFacts): readonly string[] {
  const advice: string[] = [];
  for (const { place, alsoWithoutFaults } of exceptions) {
    const where = place ?? "the strategy";
    const when = alsoWithoutFaults ? "also without any fault" : "only when something went wrong";
    advice.push(
      `Mend ${where}: it throws ${when}, and nothing is decided after that until a restart`,
    );
  }
  if (rows.some(({ invariant }) => invariant === "I38")) {
    advice.push(
      "The same day run twice gave two results: use no clock, no Math.random and no variables outside of ctx.state",
    );
  }
  const found = new Set(rows.flatMap(({ invariant, calm }) => [invariant, calm.invariant]));
  const broken = [...found].filter((one) => one !== null && one !== "I38");
  if (broken.length > 0) {
    advice.push(
      `${broken.join(", ")} broke, which is a fault of drydock: report the replay command`,
    );
  }
  const isBare = rows.every(({ unprotectedMinutes }) => unprotectedMinutes === null);
  const holds = rows.some(({ exposedMinutes, orders }) => exposedMinutes > 0 && orders > 0);
  if (isBare && holds) {
    advice.push(
      "No stop ever rests at the exchange: while the bot is down nothing protects a position; give entries a stopLoss",
    );
  }
  const longest = Math.max(
    0,
    ...rows.map(
      ({ unprotectedMinutes, calm }) => (unprotectedMinutes ?? 0) - (calm.unprotectedMinutes ?? 0),
    ),
  );
  if (longest > BARE_MINUTES) {
    advice.push(
      `Up to ${Math.round(longest)} min longer without a stop than on a calm day: choose sizes that survive so long a time`,
    );
  }
  if (about.hasState && rows.some(({ restarts }) => restarts > 0)) {
    advice.push(
      "ctx.state begins anew after a restart: compute what matters from the candles instead",
    );
  }
  const worst = Math.min(0, ...rows.map(({ differencePct }) => differencePct ?? 0));
  if (worst < -LOSS_PCT) {
    advice.push(
      `The worst day cost ${(-worst).toFixed(2)} % of the balance more than without faults: smaller positions or closer stops`,
    );
  }
  const busiest = Math.max(0, ...rows.map(ordersPerHour));
  if (busiest > BUSY_PER_HOUR) {
    advice.push(
      `Up to ${Math.round(busiest)} orders an hour without any fault: each of them pays fees and meets the limits of the exchange; decide less often`,
    );
  }
  if (rows.length > 1 && rows.every(({ calm }) => calm.pnl < 0)) {
    advice.push(
      "It lost on every day also without any fault: surviving bad days does not make it earn",
    );
  }
  if (rows.every(({ orders, calm }) => orders + calm.orders === 0)) {
    advice.push(
      "The strategy never traded: try other candles, a longer --minutes or other parameters",
    );
  }
  if (advice.length === 0) advice.push("Nothing that these days showed");
  return advice;
}

function ordersPerHour({ from, to, calm }: AdviceRow): number {
  const hours = (Date.parse(to) - Date.parse(from)) / HOUR;
  return hours > 0 ? calm.orders / hours : 0;
}
