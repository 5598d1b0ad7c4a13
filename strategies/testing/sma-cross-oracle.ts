/**
 * The SMA cross once more, from the rules alone and as slowly as they read: nothing of the engine or the simulator
 * is used, and nothing is ever rounded. Prices are whole ticks, sizes whole lots, money whole ticks × lots; averages
 * are compared as fast / n > slow / m is: fast × m > slow × n.
 *
 * 1. At the close of a bar the fast average is compared with the slow one, now and one bar ago.
 * 2. A cross from at-or-below to above buys, one from at-or-above to below sells, at the next open, without costs.
 *    One that goes the way of what is held (the averages only touched in between) changes nothing.
 * 3. The size is a share of equity at that close, rounded down to the lot.
 * 4. An entry worth more than the balance at that open is not made: there is no credit.
 * 5. What is open at the end stays open; a decision at the last close finds no open to trade at.
 */
export interface OracleBar {
  readonly openTicks: number;
  readonly closeTicks: number;
}

export interface OracleTerms {
  readonly fast: number;
  readonly slow: number;
  readonly direction: "both" | "long" | "short";
  /** Position value in thousandths of equity. */
  readonly sizePermille: number;
  /** Ticks × lots. */
  readonly balance: bigint;
}

export interface OracleTrade {
  readonly side: "long" | "short";
  readonly openBar: number;
  readonly closeBar: number | null;
  readonly entryTicks: number;
  readonly exitTicks: number | null;
  readonly lots: number;
  /** Ticks × lots. */
  readonly net: bigint;
}

interface Held {
  readonly side: 1 | -1;
  readonly lots: bigint;
  readonly bar: number;
  readonly ticks: number;
}

/** All trades in order of opening, the one that is still open at the end included. */
export function smaCrossOracle(
  bars: readonly OracleBar[],
  terms: OracleTerms,
): readonly OracleTrade[] {
  const trades: OracleTrade[] = [];
  let balance = terms.balance;
  let held = null as Held | null;

  const profit = (ticks: number): bigint =>
    held === null ? 0n : BigInt(held.side * (ticks - held.ticks)) * held.lots;
  const close = (bar: number | null, ticks: number): void => {
    if (held === null) return;
    const { side, lots } = held;
    trades.push({
      side: side > 0 ? "long" : "short",
      openBar: held.bar,
      closeBar: bar,
      entryTicks: held.ticks,
      exitTicks: bar === null ? null : ticks,
      lots: Number(lots),
      net: profit(ticks),
    });
    balance += profit(ticks);
    held = null;
  };

  for (let bar = 1; bar + 1 < bars.length; bar++) {
    const now = compareAverages(bars, bar, terms);
    const before = compareAverages(bars, bar - 1, terms);
    if (now === null || before === null) continue;
    const cross = before <= 0 && now > 0 ? 1 : before >= 0 && now < 0 ? -1 : 0;
    if (cross === 0 || held?.side === cross) continue;
    const last = (bars[bar] as OracleBar).closeTicks;
    const equity = balance + profit(last);
    const ticks = (bars[bar + 1] as OracleBar).openTicks;
    close(bar + 1, ticks);
    // Division of bigints drops the fraction: that is the rounding down to the lot.
    const lots = (equity * BigInt(terms.sizePermille)) / (1000n * BigInt(last));
    const isWanted = terms.direction === "both" || (terms.direction === "long") === cross > 0;
    const isPaid = lots * BigInt(ticks) <= balance;
    if (isWanted && isPaid && lots > 0n) held = { side: cross, lots, bar: bar + 1, ticks };
  }
  close(null, (bars.at(-1) as OracleBar).closeTicks);
  return trades;
}

/** The sign of fast average minus slow average at a bar; null while one of them has too few bars. */
function compareAverages(
  bars: readonly OracleBar[],
  bar: number,
  { fast, slow }: OracleTerms,
): number | null {
  if (bar + 1 < Math.max(fast, slow)) return null;
  return Math.sign(sumOf(bars, bar, fast) * slow - sumOf(bars, bar, slow) * fast);
}

function sumOf(bars: readonly OracleBar[], bar: number, count: number): number {
  let sum = 0;
  for (let at = bar - count + 1; at <= bar; at++) sum += (bars[at] as OracleBar).closeTicks;
  return sum;
}
