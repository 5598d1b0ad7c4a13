import { parseTargets, type Target, targetKey } from "#engine/model/target.ts";

/** Who may need reconciling. Names are `exchange:env` in any of the words that environments have had. */
export interface TargetUse {
  readonly enabled: readonly string[];
  /** Targets at which the mirror, or the last word of a venue, is not flat. */
  readonly notFlat: readonly string[];
  /** Targets of intents that have not ended. */
  readonly openIntents: readonly string[];
  /** Targets of aged positions that are not closed. */
  readonly aged: readonly string[];
}

/**
 * The targets to reconcile: all that are enabled, and all at which something of ours may still be open. Disabling a
 * strategy or a target does not end it. Sorted by key, each once.
 * @throws E_USAGE when a name is no target.
 */
export function targetsToReconcile(use: TargetUse): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const name of [...use.enabled, ...use.notFlat, ...use.openIntents, ...use.aged]) {
    for (const target of parseTargets(name)) targets.set(targetKey(target), target);
  }
  return [...targets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}
