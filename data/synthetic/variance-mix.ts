import { portableLn } from "./portable-ln.ts";
import type { RandomStream } from "./random-stream.ts";

const SIZE = 1_024;

/**
 * Draws the random variance, of mean 1, that makes a normal draw a Student-t one of unit variance: (ν − 2) / χ²(ν).
 * The gamma draw behind it is that of G. Marsaglia and W. W. Tsang, "A Simple Method for Generating Gamma Variables"
 * (2000), which rejects a few per cent of its candidates; the candidates have streams of their own.
 */
export class VarianceMix {
  /** The shape of the gamma draw, ν / 2. */
  readonly #shape: number;
  readonly #normalStream: RandomStream;
  readonly #uniformStream: RandomStream;
  readonly #normals = new Float64Array(SIZE);
  readonly #uniforms = new Float64Array(SIZE);
  #next = SIZE;

  /** `degreesOfFreedom` is above 2; Infinity makes every variance 1. */
  constructor(
    degreesOfFreedom: number,
    streams: { readonly normal: RandomStream; readonly uniform: RandomStream },
  ) {
    this.#shape = degreesOfFreedom / 2;
    this.#normalStream = streams.normal;
    this.#uniformStream = streams.uniform;
  }

  fill(target: Float64Array, count: number): void {
    if (this.#shape === Number.POSITIVE_INFINITY) {
      target.fill(1, 0, count);
      return;
    }
    const d = this.#shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    let next = this.#next;
    let at = 0;
    while (at < count) {
      if (next === SIZE) {
        this.#normalStream.fillNormal(this.#normals, SIZE);
        this.#uniformStream.fillUniform(this.#uniforms, SIZE);
        next = 0;
      }
      const z = this.#normals[next] as number;
      const u = this.#uniforms[next] as number;
      next += 1;
      const root = 1 + c * z;
      if (root <= 0) continue;
      const cube = root * root * root;
      // The first test accepts nearly always and saves the logarithms.
      const accepted =
        u < 1 - 0.0331 * z * z * z * z ||
        portableLn(u) < 0.5 * z * z + d * (1 - cube + portableLn(cube));
      if (accepted) target[at++] = (this.#shape - 1) / (d * cube);
    }
    this.#next = next;
  }
}
