// What `import … from "drydock/props"` means: in a clone the sources, in an installed package the built files.
// The names are those of props/api.ts; `npm run build` writes them, a test compares them.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../props/api.ts", import.meta.url));
const built = fileURLToPath(new URL("../dist/props/api.js", import.meta.url));

export const {
  INVARIANTS,
  InvariantBroken,
  agedParams,
  candles,
  candlesOf,
  candlesWithMarks,
  exitRules,
  faultPlans,
  fc,
  foldVenueStream,
  fundingSeries,
  holdsInvariants,
  instruments,
  markets,
  marksOf,
  survivesFaults,
  tiers,
  venueSettings,
  venueStreams,
  walks,
} = createRequire(import.meta.url)(existsSync(source) ? source : built);
