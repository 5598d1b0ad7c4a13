import { AGED_REASONS, AGED_STATUSES } from "#engine/aged/aged-record.ts";
import {
  ORDER_TYPE,
  PURPOSE,
  REJECT,
  TIME_IN_FORCE,
  TRIGGER_BY,
} from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";

/** The word of a number that stands in records; one that only later builds know is told as it is. */
export type Words = (code: number) => string;

export const statusWord: Words = wordsOf(Object.keys(STATUS));
export const purposeWord: Words = wordsOf(Object.keys(PURPOSE));
export const typeWord: Words = wordsOf(Object.keys(ORDER_TYPE));
export const triggerByWord: Words = wordsOf(Object.keys(TRIGGER_BY));
export const timeInForceWord: Words = wordsOf(Object.keys(TIME_IN_FORCE));
export const agedStatusWord: Words = wordsOf(AGED_STATUSES);
export const agedReasonWord: Words = wordsOf(AGED_REASONS);
const rejectWord = wordsOf(Object.keys(REJECT));

/** Null for none. */
export function reasonWord(code: number): string | null {
  return code === 0 ? null : rejectWord(code);
}

export function sideWord(side: number): string {
  return side > 0 ? "buy" : "sell";
}

function wordsOf(words: readonly string[]): Words {
  return (code) => words[code] ?? `code ${code}`;
}
