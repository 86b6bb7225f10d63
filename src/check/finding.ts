import type { CoverageGap } from '../facts/coverage-gaps.ts';
import type { EngineFinding } from '../facts/engine-findings.ts';
import type { SetupStep } from '../facts/failures.ts';

/** `unknown`: the test has no answer. `not-tested`: something that it needs failed before. */
export type Status = 'ok' | 'warning' | 'failed' | 'unknown' | 'not-tested';

/** The result of one test. */
export interface Finding {
  /** Stable name of the test: `token`, `scope`, `view-roles`, `Lead` … */
  readonly test: string;
  /** The setup step that it belongs to; null: the org, the schedule or the search engine. */
  readonly step: SetupStep | null;
  readonly status: Status;
  /** What the test found, in one line. */
  readonly found: string;
  /** What people who search lose; null: nothing. */
  readonly closes: string | null;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
  /** The coverage gap behind it; left out: there is none, or no run reports it. */
  readonly gap?: CoverageGap;
  /** The same as a value; left out: the test is not of the search engine. */
  readonly engine?: EngineFinding;
}

/** A finding that needs no action. */
export function good(test: string, step: Finding['step'], found: string): Finding {
  return { test, step, status: 'ok', found, closes: null, remedy: null };
}

const GRAVITY: readonly Status[] = ['failed', 'warning', 'ok', 'unknown', 'not-tested'];

/** The worst status among the findings; `not-tested` if there are none. */
export function gravest(findings: readonly Finding[]): Status {
  return GRAVITY.find((status) => findings.some((finding) => finding.status === status)) ?? 'not-tested';
}
