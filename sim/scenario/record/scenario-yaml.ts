/** Words that YAML does not read as text. */
const RESERVED: ReadonlySet<string> = new Set(["true", "false", "null", "yes", "no", "gap"]);

/** A scenario as YAML: one line per key, one line per row of a list of rows. Undefined members are left out. */
export function scenarioYaml(scenario: Readonly<Record<string, unknown>>): string {
  return block(scenario, "");
}

function block(values: Readonly<Record<string, unknown>>, indent: string): string {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (isRows(value)) {
      lines.push(`${indent}${key}:`, ...value.map((row) => `${indent}  - ${flow(row)}`));
    } else if (isNested(value)) {
      lines.push(`${indent}${key}:`, block(value, `${indent}  `).trimEnd());
    } else {
      lines.push(`${indent}${key}: ${flow(value)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A list whose members are rows themselves. */
function isRows(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some((row) => typeof row === "object" && row !== null);
}

/** A mapping that holds lists of rows, however deep. */
function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).some((one) => isRows(one) || isNested(one));
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => `${text(key)}: ${flow(one)}`);
    return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
  }
  if (value === "gap") return "gap";
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

function text(word: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9_.-]*$/.test(word) && !RESERVED.has(word.toLowerCase());
  return isPlain || /^\d+$/.test(word) ? word : JSON.stringify(word);
}
