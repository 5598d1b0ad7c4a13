// What `import … from "drydock/testing"` means: in a clone the sources, in an installed package the built files.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../sim/quick-backtest.ts", import.meta.url));
const built = fileURLToPath(new URL("../dist/sim/quick-backtest.js", import.meta.url));

export const { backtest } = createRequire(import.meta.url)(existsSync(source) ? source : built);
