import { portableExp } from "./portable-exp.ts";
import { portableLn } from "./portable-ln.ts";

/**
 * Tables of the ziggurat method for normal draws: 256 layers of equal area under exp(−x²/2), layer 0 with the tail
 * (G. Marsaglia and W. W. Tsang, "The Ziggurat Method for Generating Random Variables", 2000, in the form of
 * J. A. Doornik, "An Improved Ziggurat Method to Generate Normal Random Samples", 2005).
 */
export const LAYERS = 256;
/** Where the tail begins, and the area of a layer that goes with it. */
export const TAIL_START = 3.6541528853610088;
const LAYER_AREA = 0.00492867323399;

/** Right edge of each layer, from the bottom; one more entry closes the top. */
export const LAYER_EDGES = makeEdges();
/** The share of each layer's width that lies under the curve at all heights: accepted without a further look. */
export const LAYER_CORES = makeCores();

function makeEdges(): Float64Array {
  const edges = new Float64Array(LAYERS + 1);
  let height = portableExp(-0.5 * TAIL_START * TAIL_START);
  edges[0] = LAYER_AREA / height;
  edges[1] = TAIL_START;
  for (let layer = 2; layer < LAYERS; layer++) {
    height += LAYER_AREA / (edges[layer - 1] as number);
    edges[layer] = Math.sqrt(-2 * portableLn(height));
  }
  return edges;
}

function makeCores(): Float64Array {
  const cores = new Float64Array(LAYERS);
  for (let layer = 0; layer < LAYERS; layer++) {
    cores[layer] = (LAYER_EDGES[layer + 1] as number) / (LAYER_EDGES[layer] as number);
  }
  return cores;
}
