/** Rows of numbers in chunks of fixed size: growing copies nothing, and a million rows are a few hundred arrays. */
export class NumberRows {
  readonly #width: number = 0;
  readonly #chunks: Float64Array[] = [];
  #length = 0;
  /** The chunk that holds the row added last. */
  chunk: Float64Array;

  constructor(width: number) {
    this.#width = width;
    this.chunk = new Float64Array(ROWS_PER_CHUNK * width);
    this.#chunks.push(this.chunk);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a row and returns where it begins in `chunk`; the caller fills it at once. */
  add(): number {
    const at = this.#length & (ROWS_PER_CHUNK - 1);
    if (at === 0 && this.#length > 0) {
      this.chunk = new Float64Array(ROWS_PER_CHUNK * this.#width);
      this.#chunks.push(this.chunk);
    }
    this.#length += 1;
    return at * this.#width;
  }

  get(row: number, column: number): number {
    const chunk = this.#chunks[row >>> CHUNK_BITS] as Float64Array;
    return chunk[(row & (ROWS_PER_CHUNK - 1)) * this.#width + column] as number;
  }
}

const CHUNK_BITS = 12;
const ROWS_PER_CHUNK = 1 << CHUNK_BITS;
