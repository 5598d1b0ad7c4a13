import * as fc from "fast-check";
import { test } from "vitest";
import { migrationCrashes } from "./testing/migration-crashes.ts";

test("I52: a migration that dies around any statement leaves the old version or a newer one, whole", async () => {
  await fc.assert(migrationCrashes(), { numRuns: 20 });
});
