/** A path as SQL text; what would be a wildcard to DuckDB is only a character of the name. */
export function pathLiteral(path: string): string {
  return `'${path.replaceAll(/[[*?]/g, (character) => `[${character}]`).replaceAll("'", "''")}'`;
}
