/** Ids kept: a venue tells the same news again within minutes, not after so many others. */
const KEPT = 4_096;

/** Numbers that were taken before, the latest 4,096 of them. */
export class RecentIds {
  readonly #ids = new Set<number>();

  /** Takes note of a number; false when it is known already. 0 is no number. */
  take(id: number): boolean {
    if (id === 0) return true;
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size <= KEPT) return true;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
    return true;
  }

  state(): readonly number[] {
    return [...this.#ids];
  }

  restore(ids: readonly number[]): void {
    this.#ids.clear();
    for (const id of ids) this.#ids.add(id);
  }
}
