import type { CommandContext } from "#cli/command-context.ts";
import { planOf } from "#cli/sim/plan-of.ts";
import { simBuild } from "#cli/sim/sim-build.ts";
import { type PlanArgs, parseSeedAtBuild } from "#cli/sim/sim-options.ts";
import { DrydockError } from "#engine/errors.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

export interface NamedSeedArgs extends PlanArgs {
  readonly seed: string;
  readonly "any-build": boolean;
}

export interface NamedSeed {
  readonly seed: string;
  readonly build: string;
  readonly plan: WorldPlan;
}

/**
 * The plan that `<seed>@<build>` stands for. Another build gives another run: it is refused unless the user says that it
 * does not matter.
 *
 * @throws E_USAGE, E_REFUSED
 */
export function namedSeed(
  context: CommandContext,
  args: NamedSeedArgs,
  draw: (seed: string) => WorldPlan = (seed) => planOf(seed, args),
): NamedSeed {
  const named = parseSeedAtBuild(args.seed);
  parseSeed(named.seed);
  const build = simBuild();
  const isOther = named.build !== null && !build.startsWith(named.build);
  if (isOther && !args["any-build"]) {
    throw new DrydockError(
      "E_REFUSED",
      `Seed ${named.seed} failed under build ${named.build}, and this is build ${build}`,
      {
        hint: "Check out the sources of that build: another one gives another run",
        or: `drydock sim replay ${named.seed} --any-build runs it all the same`,
      },
    );
  }
  if (isOther) {
    const message = `The seed is of build ${named.build}, this is ${build}: the run is another one`;
    context.warn({ code: "other-build", message });
  }
  return { seed: named.seed, build, plan: draw(named.seed) };
}
