import { must } from "#engine/assert.ts";
import type { EngineState } from "#engine/engine-state.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import { JournalFold } from "#live/steps/journal-fold.ts";
import type { CheckerTerms } from "./checker.ts";
import { jsonOfData } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** Records between two comparisons with the engine itself. */
const EVERY = 150;

/**
 * I47: a life starts from the fold of all records before it, whatever snapshots lie between, and an engine that was never
 * stopped stands where the fold of its own records stands.
 */
export const restart: CheckerTerms = {
  invariant: "I47",
  make: (run, tell) => {
    const fold = new JournalFold();
    let records = 0;
    const compare = (target: TargetView): void => {
      const engine = must(target.engine, "The program runs");
      const told = fold.stateOf(target.key);
      const parts = differing(told?.state, engine.state());
      if (parts !== "") tell(`The fold is the engine's state: ${target.key} differs in ${parts}`);
    };
    return {
      onRecord: (record) => {
        const { kind, target, data, isReplay } = record;
        if (kind === "started" && !isReplay) {
          const told = fold.stateOf(target.key);
          const started = data as StartRecord;
          if (told !== null) {
            const isEdited = (run.world.plan.rates.O7 ?? 0) > 0;
            const expected = isEdited ? underLimitsOf(started.state, told.state) : told.state;
            const parts = differing(due(expected), due(started.state));
            if (parts !== "")
              tell(`A life starts from the fold: ${target.key} differs in ${parts}`);
            const rows = differing(
              { names: sorted(told.names), positions: told.positions },
              { names: sorted(started.names), positions: started.positions },
            );
            if (rows !== "") tell(`A life starts from the fold: ${target.key} differs in ${rows}`);
          }
        }
        fold.apply({ kind, target: target.key, data: JSON.parse(jsonOfData(data)) });
        records += 1;
        if (!isReplay && records % EVERY === 0 && kind !== "started") compare(target);
      },
      atQuiet: () => {
        for (const target of run.targets) compare(target);
      },
    };
  },
};

/** A start makes the next cut due at once; everything else it takes over. */
function due(state: EngineState): unknown {
  const { reconcile } = state.control;
  if (reconcile === null) return state;
  const cadence = { ...reconcile.cadence, nextCutAt: 0 };
  return { ...state, control: { ...state.control, reconcile: { ...reconcile, cadence } } };
}

/** Somebody may have edited the limits: another rate remembers fewer orders, the newest of them, or none. */
function underLimitsOf({ control }: EngineState, told: EngineState): EngineState {
  const { risk } = told.control;
  const count = control.risk.placedAt.length;
  const placedAt = count === 0 ? [] : risk.placedAt.slice(-count);
  return { ...told, control: { ...told.control, risk: { ...risk, placedAt } } };
}

/** As a journal gives it back. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

function sorted(names: StartRecord["names"]): readonly string[] {
  return names.map((name) => JSON.stringify(name)).sort();
}

/** Paths at which two values differ as JSON, with both sides of the first; empty when they do not. */
export function differing(expected: unknown, actual: unknown, path = ""): string {
  const [one, other] = [plain(expected ?? null), plain(actual ?? null)];
  if (JSON.stringify(one) === JSON.stringify(other)) return "";
  const areObjects =
    one !== null && other !== null && typeof one === "object" && typeof other === "object";
  if (!areObjects) return `${path}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const found = keys.map((key) =>
    differing(Reflect.get(one, key), Reflect.get(other, key), `${path}/${key}`),
  );
  return found
    .filter((text) => text !== "")
    .slice(0, 3)
    .join("; ");
}
