/**
 * Stop loss and take profit as an entry brings them along, in quote units. NaN under a named price says that there
 * shall be none; a price that is not named leaves what the position has.
 */
export class EntryProtection {
  namesStop = false;
  namesTarget = false;
  stopLoss = Number.NaN;
  takeProfit = Number.NaN;
  /** Whether a fill of the entry has brought the prices into force. */
  isInForce = false;

  clear(): void {
    this.namesStop = false;
    this.namesTarget = false;
    this.stopLoss = Number.NaN;
    this.takeProfit = Number.NaN;
    this.isInForce = false;
  }

  /** Takes over the prices that are named: undefined leaves a price, null takes it away. */
  name(stop: number | null | undefined, target: number | null | undefined): void {
    if (stop !== undefined) {
      this.namesStop = true;
      this.stopLoss = stop ?? Number.NaN;
    }
    if (target !== undefined) {
      this.namesTarget = true;
      this.takeProfit = target ?? Number.NaN;
    }
  }

  /** Takes over what another entry names. */
  nameAs(other: EntryProtection): void {
    this.name(
      other.namesStop ? other.stopLoss : undefined,
      other.namesTarget ? other.takeProfit : undefined,
    );
  }
}
