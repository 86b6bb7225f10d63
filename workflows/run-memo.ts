import type { RunWarning, ToldWarnings } from '../src/facts/warnings.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { thousands } from '../src/sentences/numbers.ts';
import { tellWarnings } from '../src/sentences/warnings.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { Asked, Listed } from './activity-contract.ts';
import type { LimitReached, ObjectProgress, RunMemo, RunPlan, Watermarks } from './contract.ts';
import type { RunFailure } from './run-failure.ts';

/** What a run shows of itself. Pure: each function answers a new memo. */

export const STARTING: RunMemo = {
  headline: 'starting: acquiring a token, then describing the org',
  run: null,
  kind: null,
  reason: null,
  backfillStart: null,
  progress: {},
  watermarks: {},
  closed: [],
  warnings: [],
  apiCalls: 0,
};

/** Unindexed records that the warning names. */
const NAMED = 5;

const NOTHING_YET: ObjectProgress = {
  expected: null,
  read: 0,
  added: 0,
  changed: 0,
  renewed: 0,
  removed: 0,
  done: false,
};

export function admitted(memo: RunMemo, plan: RunPlan, expected: Partial<Record<ObjectName, number>>): RunMemo {
  const progress: RunMemo['progress'] = {};
  if (plan.backfill !== null) {
    for (const object of plan.backfill.objects ?? OBJECT_NAMES) {
      const position = plan.backfill.positions[object];
      progress[object] = {
        ...NOTHING_YET,
        expected: expected[object] ?? null,
        read: position?.recordsRead ?? 0,
        done: position?.done ?? false,
      };
    }
  }
  return withHeadline({
    ...memo,
    run: plan.run,
    kind: plan.kind,
    reason: plan.reason,
    ...(plan.why === undefined ? {} : { why: plan.why }),
    backfillStart: plan.backfill?.start ?? null,
    watermarks: plan.watermarks,
    progress,
  });
}

/** Adds what was done to an object. */
export function counted(memo: RunMemo, object: ObjectName, counts: Partial<Counts>, done: boolean): RunMemo {
  const before = memo.progress[object] ?? NOTHING_YET;
  const after: ObjectProgress = {
    expected: before.expected,
    read: before.read + (counts.read ?? 0),
    added: before.added + (counts.added ?? 0),
    changed: before.changed + (counts.changed ?? 0),
    renewed: before.renewed + (counts.renewed ?? 0),
    removed: before.removed + (counts.removed ?? 0),
    done: before.done || done,
  };
  return withHeadline({ ...memo, progress: { ...memo.progress, [object]: after } });
}

/** Adds what an activity asked of the org. */
export function asked(memo: RunMemo, { apiCalls = 0, apiUsage }: Partial<Asked>): RunMemo {
  return { ...memo, apiCalls: memo.apiCalls + apiCalls, ...(apiUsage ? { apiUsage } : {}) };
}

/** The memo of a run that waits for a limit of the org. */
export function waiting(memo: RunMemo, { waitsFor, why }: LimitReached, until: string): RunMemo {
  const work = memo.run === null ? '' : ` · ${goneOn(memo).headline}`;
  return {
    ...memo,
    waiting: { waitsFor, ...(why === undefined ? {} : { why }), until },
    headline: `waiting for ${waitsFor}; asks again at ${until.slice(11, 16)} UTC${work}`,
  };
}

/** The memo of a run that waits no longer. */
export function goneOn(memo: RunMemo): RunMemo {
  // Null, not absent: what an upsert leaves out stays in Temporal.
  return withHeadline({ ...memo, ...(memo.waiting ? { waiting: null } : {}) });
}

/** Adds what the run has not said yet: the passes of a long backfill may each meet the same. */
export function warned(memo: RunMemo, told: ToldWarnings): RunMemo {
  const texts = [...memo.warnings];
  const facts = [...factsOf(memo)];
  const added = factsOf(told);
  for (const [at, text] of (told.warnings ?? []).entries()) {
    if (texts.includes(text)) continue;
    texts.push(text);
    facts.push(added[at] ?? EARLIER);
  }
  return texts.length === memo.warnings.length ? memo : { ...memo, warnings: texts, warningFacts: facts };
}

const EARLIER: RunWarning = { code: 'earlier_version' };

/** One for each text, also where an older worker told texts alone. */
function factsOf({ warnings = [], warningFacts = [] }: ToldWarnings): RunWarning[] {
  return warnings.map((_, at) => warningFacts[at] ?? EARLIER);
}

/** Notes what the index lists. */
export function listed(
  memo: RunMemo,
  { unindexed, stale, slowShares, blocked, missed, refilling, unserved }: Listed,
): RunMemo {
  return {
    ...memo,
    ...(unindexed === undefined ? {} : { unindexed }),
    ...(stale === undefined ? {} : { stale }),
    ...(slowShares === undefined ? {} : { slowShares }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(missed === undefined ? {} : { missed }),
    ...(refilling === undefined ? {} : { refilling }),
    ...(unserved === undefined ? {} : { unserved }),
  };
}

/** The memo of a run that ended well. */
export function ended(memo: RunMemo, watermarks: Watermarks): RunMemo {
  const warned = withWarnings(memo);
  const { warnings } = warned;
  const sum = (key: keyof Counts) => Object.values(memo.progress).reduce((total, progress) => total + progress[key], 0);
  const parts = [
    `${thousands(sum('read'))} records read`,
    `${thousands(sum('added'))} documents added`,
    `${thousands(sum('changed'))} changed`,
    `${thousands(sum('removed'))} removed`,
    ...warnings,
  ];
  // The index told it before its backfill ended.
  const filled = memo.kind === 'complete' && memo.refilling === true ? { refilling: false } : {};
  return { ...warned, ...filled, watermarks, headline: `${name(memo)} done: ${parts.join(', ')}` };
}

export function failed(memo: RunMemo, what: 'failed' | 'cancelled', { message, error }: RunFailure): RunMemo {
  return {
    ...goneOn(memo),
    ...(what === 'failed' ? { failure: message, ...(error === null ? {} : { error }) } : {}),
    headline: `${memo.run === null ? 'run' : name(memo)} ${what}: ${message}`,
  };
}

/** Adds what the index last listed. */
function withWarnings(memo: RunMemo): RunMemo {
  const { blocked = [], unindexed } = memo;
  const facts: RunWarning[] = blocked.map(({ object, of, code: errorCode, message }) => {
    return { code: 'stream_blocked', object, of, errorCode, message };
  });
  if (unindexed !== undefined && unindexed.count > 0) {
    const { count, records } = unindexed;
    facts.push({ code: 'records_unindexed', count, records: records.slice(0, NAMED) });
  }
  return warned(memo, tellWarnings(facts));
}

function withHeadline(memo: RunMemo): RunMemo {
  if (memo.run === null) return { ...memo, headline: STARTING.headline };
  const parts = Object.entries(memo.progress).map(([object, { read, expected, done }]) => {
    const of = expected === null || done ? '' : ` of ${thousands(expected)}`;
    return `${object} ${thousands(read)}${of}`;
  });
  return { ...memo, headline: [name(memo), ...parts].join(' · ') };
}

function name({ run, kind, reason }: RunMemo): string {
  return kind === 'complete' ? `run ${run}, complete backfill (${reason})` : `run ${run}, incremental`;
}
