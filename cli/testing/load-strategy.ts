import { loadStrategy } from "#cli/strategy-loader.ts";
import { DrydockError } from "#engine/errors.ts";

/** A program for tests: loads the strategies named as words, one after another, and prints what came of each. */
const print = process.stdout.write.bind(process.stdout);
const results: object[] = [];
for (const wanted of process.argv.slice(2)) {
  try {
    const { strategy, file, sources } = await loadStrategy({
      wanted,
      builtIns: [],
      folder: process.cwd(),
    });
    results.push({ name: strategy.name, params: Object.keys(strategy.params), file, sources });
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    const { code, message, hint } = error;
    results.push({ code, message, hint, while: error.while });
  }
}
print(JSON.stringify(results));
