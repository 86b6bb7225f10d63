import type { CoverageGap } from '../access/coverage-gaps.ts';
import type { SetupStep } from '../salesforce/errors.ts';

/** `unknown`: neither good nor bad can be told. `not-tested`: what it needs has failed before. */
export type Status = 'ok' | 'warning' | 'failed' | 'unknown' | 'not-tested';

/** What one test found. */
export interface Finding {
  /** Stable name of the test: `token`, `scope`, `view-roles`, `Lead` … */
  readonly test: string;
  /** The step of the setup that it is about; null: the org or the schedule. */
  readonly step: SetupStep | null;
  readonly status: Status;
  /** What is the case, one line. */
  readonly found: string;
  /** What users of the index lose by it; null: nothing. */
  readonly closes: string | null;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
  /** What it closes as a value; left out: nothing, or no run tells it so. */
  readonly gap?: CoverageGap;
}

/** A finding with nothing to do about it. */
export function good(test: string, step: Finding['step'], found: string): Finding {
  return { test, step, status: 'ok', found, closes: null, remedy: null };
}

const GRAVITY: readonly Status[] = ['failed', 'warning', 'ok', 'unknown', 'not-tested'];

/** The gravest of some findings' statuses; `not-tested` for none. */
export function gravest(findings: readonly Finding[]): Status {
  return GRAVITY.find((status) => findings.some((finding) => finding.status === status)) ?? 'not-tested';
}
