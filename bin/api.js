// What `import … from "drydock"` means: in a clone the sources, in an installed package the built files.
// The names are those of engine/strategy/api.ts; `npm run build` writes them, a test compares them.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../engine/strategy/api.ts", import.meta.url));
const built = fileURLToPath(new URL("../dist/engine/strategy/api.js", import.meta.url));

export const {
  adx,
  atr,
  bollinger,
  cci,
  crossOver,
  crossUnder,
  crossedAbove,
  crossedBelow,
  defineStrategy,
  donchian,
  ema,
  highest,
  ichimoku,
  keltner,
  lowest,
  macd,
  obv,
  on,
  param,
  percentile,
  roc,
  rsi,
  sma,
  std,
  stochastic,
  superTrend,
  vwap,
  wilder,
  wma,
} = createRequire(import.meta.url)(existsSync(source) ? source : built);
