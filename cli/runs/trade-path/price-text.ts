/** A price as it is, but for the noise of its last digits: 11.340000000000002 is 11.34. */
export function priceText(price: number): string {
  return String(Number(price.toPrecision(10)));
}

/** Money with its sign, two decimals or, below one cent, as many as it has. */
export function moneyText(amount: number): string {
  const sign = amount > 0 ? "+" : amount < 0 ? "-" : "";
  const size = Math.abs(amount);
  return `${sign}${size >= 0.01 || size === 0 ? size.toFixed(2) : size.toPrecision(2)}`;
}
