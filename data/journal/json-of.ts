import { AssertionFailed, assert } from "#engine/assert.ts";

/**
 * The JSON of a value, in the order of its keys. Not-a-number, infinity and an undefined element of a list have no
 * JSON form, and JavaScript writes null for each, which would come back as another state: they are refused with the
 * path to them. Only a text that holds `null` is looked through, so most records pay for one search.
 *
 * A key whose value is undefined is left out, and −0 becomes 0.
 */
export function jsonOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  assert(text !== undefined, () => "A record holds a value that JSON can tell");
  if (text.includes("null") && isLossy(value)) refuseLost(value, []);
  return text;
}

/** Whether anything became null without being null. */
function isLossy(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    for (const element of value as readonly unknown[]) {
      if (isUntold(element) || isLossy(element)) return true;
    }
    return false;
  }
  for (const key in value) {
    if (isLossy((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/** The same again with the path, once it is known that there is something. */
function refuseLost(value: unknown, path: (string | number)[]): void {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) lost(String(value), path);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const element: unknown = value[index];
      path.push(index);
      if (isUntold(element)) lost(typeof element, path);
      refuseLost(element, path);
      path.pop();
    }
    return;
  }
  for (const key of Object.keys(value)) {
    path.push(key);
    refuseLost((value as Record<string, unknown>)[key], path);
    path.pop();
  }
}

/** What becomes null in a list and is left out of an object. */
function isUntold(value: unknown): boolean {
  return value === undefined || typeof value === "function" || typeof value === "symbol";
}

function lost(what: string, path: readonly (string | number)[]): never {
  const where = path.length === 0 ? "the value itself" : `"${path.join(".")}"`;
  throw new AssertionFailed(`A record holds only what JSON can tell, and ${where} is ${what}`);
}
