import { DrydockError } from "#engine/errors.ts";

/** One term as written: a number, or a name with arguments and an output. Places are character numbers from 1. */
export interface Term {
  readonly text: string;
  readonly at: number;
  readonly arguments: readonly Term[];
  readonly output: { readonly name: string; readonly at: number } | undefined;
}

/** Deepest nesting of terms, far beyond `crossOver(macd(12,26,9).macd,sma(20))`. */
const DEPTH_MAX = 8;

/**
 * Reads a list such as `rsi(14),macd(12,26,9).signal`: terms separated by commas, blanks ignored. Only the form is
 * checked here; what the names mean is the registry's business.
 * @throws E_UNKNOWN_INDICATOR with the place where the text stops making sense.
 */
export function parseTerms(text: string): readonly Term[] {
  const reader = new Reader(text);
  const terms = reader.readList(0);
  reader.expectEnd();
  return terms;
}

class Reader {
  readonly #text: string;
  #place = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readList(depth: number): readonly Term[] {
    const terms = [this.#readTerm(depth)];
    while (this.#take(",")) terms.push(this.#readTerm(depth));
    return terms;
  }

  expectEnd(): void {
    this.#skipBlanks();
    if (this.#place < this.#text.length) this.#fail("a comma");
  }

  #readTerm(depth: number): Term {
    if (depth > DEPTH_MAX) this.#fail("fewer nested parentheses");
    this.#skipBlanks();
    const at = this.#place + 1;
    const number = this.#match(/[-+]?[\d.][\d.eE]*/y);
    if (number !== "") return { text: number, at, arguments: [], output: undefined };
    const text = this.#match(/[A-Za-z_]\w*/y);
    if (text === "") this.#fail("the name of an indicator");
    const args = this.#take("(") ? this.#readArguments(depth) : [];
    return { text, at, arguments: args, output: this.#readOutput() };
  }

  #readArguments(depth: number): readonly Term[] {
    if (this.#take(")")) return [];
    const args = this.readList(depth + 1);
    if (!this.#take(")")) this.#fail("a comma or a closing parenthesis");
    return args;
  }

  #readOutput(): Term["output"] {
    if (!this.#take(".")) return undefined;
    const at = this.#place + 1;
    const name = this.#match(/[A-Za-z_]\w*/y);
    if (name === "") this.#fail("the name of an output");
    return { name, at };
  }

  #take(sign: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#place] !== sign) return false;
    this.#place += 1;
    return true;
  }

  /** Takes what the sticky pattern matches here, or nothing. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#place;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#place += found.length;
    return found;
  }

  #skipBlanks(): void {
    while (this.#text[this.#place] === " ") this.#place += 1;
  }

  #fail(expected: string): never {
    const found = this.#text[this.#place];
    throw new DrydockError(
      "E_UNKNOWN_INDICATOR",
      `Cannot read "${this.#text}" at character ${this.#place + 1}: expected ${expected}, found ${found === undefined ? "the end" : `"${found}"`}`,
      { hint: 'Write indicators such as "rsi(14),macd(12,26,9).signal,ema(20,volume)"' },
    );
  }
}
