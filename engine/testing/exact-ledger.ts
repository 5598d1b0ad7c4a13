import { assert } from "#engine/assert.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  add,
  type Fraction,
  makeFraction,
  multiply,
  subtract,
  toFraction,
  ZERO,
} from "#engine/testing/fraction.ts";

export interface ExactFill {
  /** Index of the instrument. */
  readonly symbol: number;
  /** Above zero bought, below zero sold. */
  readonly signedLots: number;
  readonly priceTicks: number;
  /** Quote units, as the venue charged it; positive = paid. */
  readonly fee: number;
}

interface ExactPosition {
  /** Signed. */
  lots: bigint;
  /** |size| × average entry price, quote units. */
  entryValue: Fraction;
}

/**
 * The account as the exact fold of its executions and funding: the slow oracle of `Ledger`. Prices and quantities are
 * integers, fees and funding the doubles that were booked, everything between them is rational, nothing is rounded.
 */
export class ExactLedger {
  wallet: Fraction;
  realised: Fraction = ZERO;
  fees: Fraction = ZERO;
  funding: Fraction = ZERO;
  /** Sum of the absolute amounts booked: the scale on which a difference is relative. */
  turnover: Fraction = ZERO;
  readonly #instruments: readonly Instrument[];
  readonly #positions: ExactPosition[];

  constructor(instruments: readonly Instrument[], startBalance: number) {
    this.#instruments = instruments;
    this.#positions = instruments.map(() => ({ lots: 0n, entryValue: ZERO }));
    this.wallet = toFraction(startBalance);
  }

  lots(symbol: number): number {
    return Number(this.#position(symbol).lots);
  }

  entryValue(symbol: number): Fraction {
    return this.#position(symbol).entryValue;
  }

  /** Closes first what the fill closes, then opens the rest. */
  fill({ symbol, signedLots, priceTicks, fee }: ExactFill): void {
    assert(Number.isSafeInteger(signedLots) && signedLots !== 0, () => "A fill has whole lots");
    assert(Number.isSafeInteger(priceTicks), () => "A fill has a price in whole ticks");
    const position = this.#position(symbol);
    const fillLots = BigInt(signedLots);
    const isOpposite = position.lots !== 0n && position.lots > 0n !== fillLots > 0n;
    const closing = isOpposite ? least(magnitude(fillLots), magnitude(position.lots)) : 0n;
    if (closing > 0n) this.#close(symbol, closing, priceTicks);
    const opening = magnitude(fillLots) - closing;
    if (opening > 0n) {
      position.lots += fillLots > 0n ? opening : -opening;
      position.entryValue = add(position.entryValue, this.value(symbol, opening, priceTicks));
    }
    const paid = toFraction(fee);
    this.fees = add(this.fees, paid);
    this.wallet = subtract(this.wallet, paid);
    this.turnover = add(this.turnover, this.value(symbol, magnitude(fillLots), priceTicks));
  }

  fund(amount: number): void {
    const received = toFraction(amount);
    this.funding = add(this.funding, received);
    this.wallet = add(this.wallet, received);
  }

  /** What a position cost is taken over from the venue: quote units. */
  adoptEntry(symbol: number, entryValue: number): void {
    const position = this.#position(symbol);
    if (position.lots !== 0n) position.entryValue = toFraction(entryValue);
  }

  /** Wallet and unrealised profit at a price in quote units per symbol. */
  equity(marks: readonly number[]): Fraction {
    let equity = this.wallet;
    this.#positions.forEach((position, symbol) => {
      if (position.lots === 0n) return;
      const { lot } = this.#instruments[symbol] as Instrument;
      const qty = makeFraction(
        magnitude(position.lots) * BigInt(lot.numerator),
        BigInt(lot.denominator),
      );
      const value = multiply(qty, toFraction(marks[symbol] as number));
      const profit = subtract(value, position.entryValue);
      equity = position.lots > 0n ? add(equity, profit) : subtract(equity, profit);
    });
    return equity;
  }

  /** Lots × price in quote units. */
  value(symbol: number, lots: bigint, priceTicks: number): Fraction {
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    return makeFraction(
      lots * BigInt(lot.numerator) * BigInt(priceTicks) * BigInt(tick.numerator),
      BigInt(lot.denominator) * BigInt(tick.denominator),
    );
  }

  #close(symbol: number, lots: bigint, priceTicks: number): void {
    const position = this.#position(symbol);
    const open = magnitude(position.lots);
    const cost = multiply(position.entryValue, makeFraction(lots, open));
    const value = this.value(symbol, lots, priceTicks);
    const isLong = position.lots > 0n;
    const profit = isLong ? subtract(value, cost) : subtract(cost, value);
    position.lots += isLong ? -lots : lots;
    position.entryValue = subtract(position.entryValue, cost);
    this.realised = add(this.realised, profit);
    this.wallet = add(this.wallet, profit);
  }

  #position(symbol: number): ExactPosition {
    return this.#positions[symbol] as ExactPosition;
  }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
