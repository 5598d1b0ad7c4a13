import * as fc from "fast-check";
import { expect } from "vitest";
import { ModelWorld } from "./model-world.ts";
import { cut } from "./started-world.ts";
import { HAPPENINGS, newModel, type WorldCommand } from "./world-commands.ts";

/** I21: of a world that was reconciled, whatever had happened, the same cut again and the same account again write nothing. */
export const sameCutAgain = fc.property(
  fc.array(fc.oneof(...HAPPENINGS), { maxLength: 40 }),
  expectNothingWritten,
);

function expectNothingWritten(happenings: readonly WorldCommand[]): void {
  const world = new ModelWorld();
  const model = newModel();
  for (const one of happenings) one.run(model, world);
  world.quiet();
  const before = stateOf(world);
  world.log.length = 0;
  const again = world.beginCut();
  world.endCut(again);
  world.endCut(again);
  world.now += 60_000;
  cut(world);
  expect(world.log).toEqual([]);
  expect(stateOf(world)).toEqual(before);
}

/** Rows and suspicions, but how many cuts agree on them. */
function stateOf({ mirror, reconciler }: ModelWorld): unknown {
  const suspicions = reconciler.state().suspicions.map((one) => ({ ...one, count: 0 }));
  return JSON.parse(JSON.stringify({ rows: mirror.state(), suspicions }));
}
