import type { FaultCode } from "./fault-codes.ts";
import type { RandomState } from "./random-stream.ts";

/** One strike of a fault, named: what is left of its rate when a failure is made small. */
export interface ScriptedStrike {
  readonly code: FaultCode;
  /** Of a fault by chance: which opportunity it takes, from 1. Of a timed one: when, epoch ms of virtual time. */
  readonly at: number;
  /** Where its stream stands then: how hard it strikes. */
  readonly state: RandomState;
}
