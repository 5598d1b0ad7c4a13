import { acquireEngineLock } from "#data/journal/engine-lock.ts";
import { DrydockError } from "#engine/errors.ts";

/** A program for tests: takes the lock of a folder, says so or why not, and holds it until it is killed. */
const [folder = ""] = process.argv.slice(2);
const print = process.stdout.write.bind(process.stdout);
try {
  await acquireEngineLock(folder, () => Date.now());
  print("held\n");
  setInterval(() => {}, 1_000);
} catch (error) {
  if (!(error instanceof DrydockError)) throw error;
  print(
    `refused ${JSON.stringify({ code: error.code, message: error.message, hint: error.hint })}\n`,
  );
}
