import type { RunConfig } from "#cli/backtest/run-plan.ts";
import type { SourceFile } from "#cli/user-module.ts";
import { canonicalJson } from "#data/hashes/canonical-json.ts";
import { sha256Hex } from "#data/hashes/sha256.ts";

/** Everything that decides what a run gives; two runs with the same identity give the same trace. */
export interface RunIdentity {
  readonly engineVersion: string;
  readonly build: string;
  readonly node: string;
  /** SHA-256 over the strategy file and the local files it imports; of a built-in one its name. */
  readonly strategyHash: string;
  readonly config: RunConfig;
  readonly seed: number;
  readonly dataFingerprint: string;
}

export function strategyHash(name: string, sources: readonly SourceFile[]): string {
  // A built-in strategy is part of the build, which has a hash of its own.
  return sha256Hex(
    canonicalJson({ name, sources: sources.map(({ path, sha256 }) => [path, sha256]) }),
  );
}

/** SHA-256 over the canonical JSON (RFC 8785) of the identity, lower-case hex. */
export function runHash(identity: RunIdentity): string {
  return sha256Hex(canonicalJson(identity));
}
