import type { Diagnostic } from "#engine/result/run-result.ts";
import type { DiagnosticCode } from "#reports/diagnostics/catalogue.ts";
import type { LintSubject } from "#reports/diagnostics/lint-subject.ts";

/** What a rule found; the catalogue knows the severity unless the finding says another. */
export interface Finding {
  readonly code: DiagnosticCode;
  /** Names the first place, but not the count: whoever shows it adds that. */
  readonly message: string;
  /** How many places; 1 for what is true of the whole run. */
  readonly count: number;
  readonly severity?: Diagnostic["severity"] | undefined;
}

/** Looks at a run and tells what a reader of the result has to know; finds nothing in most. */
export type Rule = (subject: LintSubject) => readonly Finding[];
