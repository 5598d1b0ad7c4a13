/** Text as SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A condition that a column has one of these values, whatever their case; true for none. */
export function oneOf(column: string, values: readonly string[]): string {
  if (values.length === 0) return "true";
  return `lower(${column}) IN (${values.map((value) => sqlText(value.toLowerCase())).join(", ")})`;
}
