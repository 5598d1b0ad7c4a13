/** A bar is built from steps of at most this length, within which the variance is constant. */
const STEP_MAX_MS = 300_000;
/** Steps per chunk, about: the columns of one chunk fit into the processor's cache. */
const CHUNK_STEPS = 1_024;

/** How the time axis is cut: bars into equal steps, the whole into chunks of whole bars. */
export interface StepGrid {
  readonly stepMs: number;
  readonly stepsPerBar: number;
  readonly barsPerChunk: number;
  /** Steps of a whole chunk, the length of its columns. */
  readonly stepsMax: number;
}

export function makeStepGrid(intervalMs: number): StepGrid {
  const stepsPerBar = Math.ceil(intervalMs / STEP_MAX_MS);
  const barsPerChunk = Math.max(1, Math.floor(CHUNK_STEPS / stepsPerBar));
  return {
    stepMs: intervalMs / stepsPerBar,
    stepsPerBar,
    barsPerChunk,
    stepsMax: barsPerChunk * stepsPerBar,
  };
}
