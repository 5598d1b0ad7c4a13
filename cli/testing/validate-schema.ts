/** The part of JSON Schema that the files in `cli/schemas` use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
}

const KNOWN = new Set([
  "$schema",
  "$id",
  "title",
  "description",
  "type",
  "const",
  "enum",
  "required",
  "properties",
  "additionalProperties",
  "items",
]);

/** Lists what in a value breaks the schema, as `path: reason`. A keyword it does not know is a finding as well. */
export function schemaProblems(schema: JsonSchema, value: unknown, path = "$"): string[] {
  const problems = Object.keys(schema)
    .filter((keyword) => !KNOWN.has(keyword))
    .map((keyword) => `${path}: the schema uses "${keyword}", which is not checked`);
  if ("const" in schema && value !== schema.const)
    problems.push(`${path}: not ${String(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    problems.push(`${path}: ${JSON.stringify(value)} is none of ${schema.enum.join(", ")}`);
  }
  if (schema.type !== undefined) {
    const allowed = [schema.type].flat();
    const actual = typeOf(value);
    const fits = allowed.includes(actual) || (actual === "integer" && allowed.includes("number"));
    if (!fits) problems.push(`${path}: ${actual} instead of ${allowed.join("|")}`);
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    value.forEach((item, index) =>
      problems.push(...schemaProblems(items, item, `${path}[${index}]`)),
    );
  }
  if (typeOf(value) === "object") problems.push(...objectProblems(schema, value as object, path));
  return problems;
}

function objectProblems(schema: JsonSchema, value: object, path: string): string[] {
  const problems: string[] = [];
  for (const name of schema.required ?? []) {
    if (!(name in value)) problems.push(`${path}: "${name}" is missing`);
  }
  for (const [name, item] of Object.entries(value)) {
    const known = schema.properties?.[name];
    const rest = schema.additionalProperties;
    if (known !== undefined) problems.push(...schemaProblems(known, item, `${path}.${name}`));
    else if (rest === false) problems.push(`${path}: "${name}" is not expected`);
    else if (typeof rest === "object")
      problems.push(...schemaProblems(rest, item, `${path}.${name}`));
  }
  return problems;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
