import type { CoverageGap } from '../facts/coverage-gaps.ts';
import type { SetupStep } from '../facts/failures.ts';
import type { Unserved } from '../index/model/unserved.ts';
import type { Flow } from '../salesforce/credentials.ts';
import { type GapWords, gapWords } from '../sentences/gaps.ts';
import { type Finding, gravest, type Status } from './finding.ts';
import type { Forecast, ObjectSize } from './forecast.ts';
import { SETUP_STEPS, UNSEEN } from './steps.ts';

/** One setup step and its findings. */
export interface StepReport {
  readonly number: number;
  readonly id: SetupStep;
  readonly title: string;
  /** The worst status of its findings. */
  readonly status: Status;
  readonly findings: readonly Finding[];
}

/** What a run would hide, in words and as a value. */
export interface ClosedEntry extends GapWords {
  /** See `CoverageGap`. */
  readonly count: number | null;
  readonly gap: CoverageGap;
}

/** What `check --json` writes. */
export interface Report {
  readonly connection: string;
  readonly baseUrl: string;
  /** `failed`: a step, the org, the schedule or the search engine. `warning`: none failed. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly steps: readonly StepReport[];
  /** Findings about the org and the schedule. */
  readonly org: readonly Finding[];
  /** Findings about the search engine; empty: it is in the index file. */
  readonly engine: readonly Finding[];
  /** Why some tests did not run; null: all ran. */
  readonly stopped: string | null;
  readonly unseen: typeof UNSEEN;
  /** What a run would hide today, and why; null: not tested. */
  readonly closed: readonly ClosedEntry[] | null;
  /** Users whom searches refuse, or accept by only some of their names; null: not tested. */
  readonly unserved: Unserved | null;
  readonly sizes: readonly ObjectSize[] | null;
  readonly forecast: Forecast | null;
  /** API calls that this check made. */
  readonly apiCalls: number;
}

/** The results of a check, in the order of its tests. */
export interface Learned {
  readonly findings: readonly Finding[];
  readonly engine: readonly Finding[];
  readonly stopped: string | null;
  readonly gaps: readonly CoverageGap[] | null;
  readonly unserved: Unserved | null;
  readonly sizes: readonly ObjectSize[] | null;
  readonly forecast: Forecast | null;
  readonly apiCalls: number;
}

/** Groups the findings by setup step. */
export function reportOf(
  { connection, baseUrl, auth }: Pick<Report, 'connection' | 'baseUrl'> & { readonly auth: Flow },
  learned: Learned,
): Report {
  const { findings, gaps, ...rest } = learned;
  const steps = SETUP_STEPS[auth].map(({ id, title }, at): StepReport => {
    const own = findings.filter(({ step }) => step === id);
    return { number: at + 1, id, title, status: gravest(own), findings: own };
  });
  const worst = gravest([...findings, ...learned.engine]);
  return {
    connection,
    baseUrl,
    status: worst === 'failed' || worst === 'warning' ? worst : 'ok',
    steps,
    org: findings.filter(({ step }) => step === null),
    unseen: UNSEEN,
    closed: gaps?.map(closedEntry) ?? null,
    ...rest,
  };
}

function closedEntry(gap: CoverageGap): ClosedEntry {
  const { what, why, remedy } = gapWords(gap);
  return { what, why, count: gap.count, ...(remedy === undefined ? {} : { remedy }), gap };
}
