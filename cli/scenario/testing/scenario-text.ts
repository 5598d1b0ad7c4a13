/** Two candles, what comes before them and what comes after: the candles are in line 2. */
export function scenario(more: string): string {
  return `name: x\ncandles: [[100, 101, 99, 100], [100, 101, 99, 100]]\n${more}`;
}
