import { DrydockError } from "#engine/errors.ts";
import { CLASSES, type Policy, type ReconcileClass } from "#engine/reconcile/classes.ts";

/** What is done about each class. */
export type ReconcilePolicies = Readonly<Record<ReconcileClass, Policy>>;

const NAMES = Object.keys(CLASSES) as readonly ReconcileClass[];

export const DEFAULT_POLICIES = Object.fromEntries(
  NAMES.map((name) => [name, CLASSES[name].policy]),
) as ReconcilePolicies;

/**
 * The default policies with those of a configuration in their places.
 * @throws E_CONFIG for a class that is none, or a policy that its class does not allow.
 */
export function checkPolicies(wanted: Readonly<Record<string, unknown>>): ReconcilePolicies {
  const policies: Record<ReconcileClass, Policy> = { ...DEFAULT_POLICIES };
  for (const [word, value] of Object.entries(wanted)) {
    const name = NAMES.find((known) => known === word);
    if (name === undefined) {
      throw new DrydockError("E_CONFIG", `Unknown reconcile class "${word}"`, {
        hint: `One of ${NAMES.join(", ")}`,
      });
    }
    const { allowed } = CLASSES[name];
    const policy = allowed.find((known) => known === value);
    if (policy === undefined) {
      throw new DrydockError("E_CONFIG", `Policy "${String(value)}" is not for "${name}"`, {
        hint: `One of ${allowed.join(", ")}`,
      });
    }
    policies[name] = policy;
  }
  return policies;
}
