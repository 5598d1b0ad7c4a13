import type { RandomStream } from "./random-stream.ts";

const SIZE = 256;

/** Single draws from a stream for rare events, taken in the same order whatever the chunks around it. */
export class DrawBuffer {
  readonly #stream: RandomStream;
  readonly #values = new Float64Array(SIZE);
  #next = SIZE;

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  /** Uniform in (0, 1). */
  take(): number {
    if (this.#next === SIZE) {
      this.#stream.fillUniform(this.#values, SIZE);
      this.#next = 0;
    }
    return this.#values[this.#next++] as number;
  }
}
