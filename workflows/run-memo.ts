import type { EngineFacts } from '../src/facts/engine.ts';
import type { RunWarning, WarningsWithTexts } from '../src/facts/warnings.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { timeOf } from '../src/sentences/durations.ts';
import { engineRemedy, engineWaitText } from '../src/sentences/engine.ts';
import { thousands } from '../src/sentences/numbers.ts';
import { withWarningTexts } from '../src/sentences/warnings.ts';
import type { Counts } from '../src/sync/counts.ts';
import type { OperatorLists, OrgUsage, ReportedGaps } from './activity-contract.ts';
import type { LimitReached, ObjectProgress, RunMemo, RunPlan, RunWait, Watermarks } from './contract.ts';
import type { RunFailure } from './run-failure.ts';

/** What a run shows. Pure: each function returns a new memo. */

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

/** The number of unindexed records that the warning names. */
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

export function withPlan(memo: RunMemo, plan: RunPlan, expected: Partial<Record<ObjectName, number>>): RunMemo {
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

/** Adds counts of an object. */
export function addCounts(memo: RunMemo, object: ObjectName, counts: Partial<Counts>, done: boolean): RunMemo {
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

/** Adds an activity's usage of the org. */
export function addUsage(memo: RunMemo, { apiCalls = 0, apiUsage }: Partial<OrgUsage>): RunMemo {
  return { ...memo, apiCalls: memo.apiCalls + apiCalls, ...(apiUsage ? { apiUsage } : {}) };
}

/** Returns the memo of a run that waits for a limit of the org. */
export function withWait(memo: RunMemo, { waitsFor, why }: LimitReached, until: string): RunMemo {
  const waiting = { waitsFor, ...(why === undefined ? {} : { why }), until };
  return waitingMemo(memo, waiting, `waiting for ${waitsFor}; asks again at ${until.slice(11, 16)} UTC`);
}

/** Returns the memo of a run that waits for the search engine. */
export function withEngineWait(
  memo: RunMemo,
  why: EngineFacts,
  { since, until }: { readonly since: string; readonly until: string },
): RunMemo {
  const waitsFor = engineWaitText(why);
  const waiting = { waitsFor, why, until, since, remedy: engineRemedy(why.reason) };
  const from = timeOf(new Date(since));
  return waitingMemo(
    memo,
    waiting,
    `waiting for ${waitsFor}, since ${from}; tries again at ${until.slice(11, 16)} UTC`,
  );
}

/** Returns since when a run has waited for the search engine, ISO. Null: it does not. */
export function waitsForEngineSince({ waiting }: Partial<RunMemo>): string | null {
  return waiting?.why?.code === 'engine_unavailable' ? (waiting.since ?? null) : null;
}

function waitingMemo(memo: RunMemo, waiting: RunWait, headline: string): RunMemo {
  const work = memo.run === null ? '' : ` · ${withoutWait(memo).headline}`;
  return { ...memo, waiting, headline: `${headline}${work}` };
}

/** Returns the memo of a run that no longer waits. */
export function withoutWait(memo: RunMemo): RunMemo {
  // Null, not absent: what an upsert leaves out remains in Temporal.
  return withHeadline({ ...memo, ...(memo.waiting ? { waiting: null } : {}) });
}

/** Adds new warnings. The passes of a long backfill may each find the same one. */
export function addWarnings(memo: RunMemo, told: WarningsWithTexts): RunMemo {
  const texts = [...memo.warnings];
  const facts = [...warningFactsOf(memo)];
  const added = warningFactsOf(told);
  for (const [at, text] of (told.warnings ?? []).entries()) {
    if (texts.includes(text)) continue;
    texts.push(text);
    facts.push(added[at] ?? EARLIER);
  }
  return texts.length === memo.warnings.length ? memo : { ...memo, warnings: texts, warningFacts: facts };
}

const EARLIER: RunWarning = { code: 'earlier_version' };

/** Returns one value for each text, even if an older worker gave only texts. */
function warningFactsOf({ warnings = [], warningFacts = [] }: WarningsWithTexts): RunWarning[] {
  return warnings.map((_, at) => warningFacts[at] ?? EARLIER);
}

/** Notes what the index lists. */
export function withOperatorLists(
  memo: RunMemo,
  { unindexed, stale, slowShares, blocked, missed, refilling, unserved }: OperatorLists,
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

/** Returns the memo of a successful run. */
export function withSuccess(memo: RunMemo, watermarks: Watermarks): RunMemo {
  const warned = addIndexWarnings(memo);
  const { warnings } = warned;
  const sum = (key: keyof Counts) => Object.values(memo.progress).reduce((total, progress) => total + progress[key], 0);
  const parts = [
    `${thousands(sum('read'))} records read`,
    `${thousands(sum('added'))} documents added`,
    `${thousands(sum('changed'))} changed`,
    `${thousands(sum('removed'))} removed`,
    ...warnings,
  ];
  // The index reported this before its backfill ended.
  const filled = memo.kind === 'complete' && memo.refilling === true ? { refilling: false } : {};
  return { ...warned, ...filled, watermarks, headline: `${name(memo)} done: ${parts.join(', ')}` };
}

export function withFailure(memo: RunMemo, what: 'failed' | 'cancelled', { message, error }: RunFailure): RunMemo {
  return {
    ...withoutWait(memo),
    ...(what === 'failed' ? { failure: message, ...(error === null ? {} : { error }) } : {}),
    headline: `${memo.run === null ? 'run' : name(memo)} ${what}: ${message}`,
  };
}

/** Adds warnings about what the index last listed. */
function addIndexWarnings(memo: RunMemo): RunMemo {
  const { blocked = [], unindexed } = memo;
  const facts: RunWarning[] = blocked.map(({ object, of, code: errorCode, message }) => {
    return { code: 'stream_blocked', object, of, errorCode, message };
  });
  if (unindexed !== undefined && unindexed.count > 0) {
    const { count, records } = unindexed;
    facts.push({ code: 'records_unindexed', count, records: records.slice(0, NAMED) });
  }
  return addWarnings(memo, withWarningTexts(facts));
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

// The coverage gaps in a run's memo: as lines, and as values if every activity reported values. Older workers report
// only lines.

type Shown = Pick<RunMemo, 'closed' | 'gaps'>;

/** Replaces the memo's coverage gaps. */
export function replaceGaps<Memo extends Shown>(memo: Memo, { closed, gaps }: ReportedGaps): Memo {
  if (gaps !== undefined && gaps.length === closed.length) return { ...memo, closed, gaps };
  // Null, not absent: what an upsert leaves out remains in Temporal.
  return { ...memo, closed, ...(memo.gaps ? { gaps: null } : {}) };
}

/** Adds coverage gaps to those in the memo. */
export function addGaps<Memo extends Shown>(memo: Memo, { closed = [], gaps = [] }: Partial<ReportedGaps>): Memo {
  const all = [...memo.closed, ...closed];
  const isReported = gaps.length === closed.length;
  return replaceGaps(memo, { closed: all, ...(memo.gaps && isReported ? { gaps: [...memo.gaps, ...gaps] } : {}) });
}
