import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { parseRegression, type Regression } from "#live/faults/batch/regression.ts";

const FOLDER = fileURLToPath(new URL("../../live/faults/regressions/", import.meta.url));

/** The failures of earlier days, by name; none in a package, which comes without them. @throws E_SCENARIO */
export function readRegressions(folder = FOLDER): readonly Regression[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) =>
      parseRegression(name.replace(/\.json$/, ""), readFileSync(join(folder, name), "utf8")),
    );
}
