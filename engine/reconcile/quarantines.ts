import type { ReconcileDesk } from "./reconcile-desk.ts";

/** Which findings bar new risk from an index: the desk hears of the first and of the last. */
export class Quarantines {
  readonly #desk: ReconcileDesk;
  readonly #keys = new Map<number, Set<string>>();

  constructor(desk: ReconcileDesk, kept: readonly (readonly [number, readonly string[]])[] = []) {
    this.#desk = desk;
    for (const [index, keys] of kept) this.#keys.set(index, new Set(keys));
  }

  isHeld(index: number): boolean {
    return this.#keys.has(index);
  }

  /** Keys of the findings that bar new risk from an index. */
  reasons(index: number): readonly string[] {
    return [...(this.#keys.get(index) ?? [])];
  }

  begin(index: number, key: string, reason: string): void {
    if (index < 0) return;
    const keys = this.#keys.get(index);
    if (keys !== undefined) {
      keys.add(key);
      return;
    }
    this.#keys.set(index, new Set([key]));
    this.#desk.quarantine(index, reason);
  }

  end(index: number, key: string): void {
    const keys = this.#keys.get(index);
    if (keys === undefined || !keys.delete(key) || keys.size > 0) return;
    this.#keys.delete(index);
    this.#desk.release(index);
  }

  state(): readonly (readonly [number, readonly string[]])[] {
    return [...this.#keys].map(([index, keys]) => [index, [...keys]]);
  }
}
