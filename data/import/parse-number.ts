/** What programs write where a number is missing. */
const MISSING = /^(?:nan|nat|null|none|nil|na|n\/a|#n\/a|-|undefined)?$/i;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** The character code of "9"; hexadecimal and other odd forms have a letter in second place. */
const NINE = 57;

/**
 * The double nearest to the decimal text of a cell: NaN where the cell is empty or says so (`NaN`, `null`, `NULL`),
 * undefined where it holds something else. Hexadecimal, thousands separators and decimal commas are not numbers here.
 */
export function parseNumber(cell: string): number | undefined {
  const value = Number(cell);
  if (value === 0 || Number.isNaN(value) || cell.charCodeAt(1) > NINE) return parseOddNumber(cell);
  return value;
}

function parseOddNumber(cell: string): number | undefined {
  const text = cell.trim();
  if (MISSING.test(text)) return Number.NaN;
  if (DECIMAL.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  return undefined;
}

/** A funding rate: a fraction, or percent where the cell says so. */
export function parseRate(cell: string): number | undefined {
  const percent = /^\s*([+-]?[\d.]+)\s*%\s*$/.exec(cell)?.[1];
  // The exponent shifts the decimal text, so 0.01 % is exactly the double of 0.0001.
  return percent === undefined ? parseNumber(cell) : parseNumber(`${percent}e-2`);
}
