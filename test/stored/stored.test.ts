import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { assess } from '../../src/status/assess.ts';
import type { Observed } from '../../src/status/observe.ts';
import type { PastRun } from '../../src/temporal/past-runs.ts';
import { progressOf } from '../../src/temporal/running-run.ts';
import { readMemo } from '../../src/worker/monitor/memo.ts';
import { beginRun, upgradeState } from '../../workflows/connection-state.ts';
import type { BeginRun, RunMemo, RunPlan, StoredConnectionState } from '../../workflows/contract.ts';
import { wrongInState } from '../../workflows/message-forms.ts';

// The present code reads what a connection of a release stored. If a field is renamed or changes its meaning, the
// results change, and no replay notices: a replay compares commands.

const FOLDER = join(packageRoot(), 'test', 'stored');
const releases = readdirSync(FOLDER).filter((name) => !name.includes('.'));

/** The output of `status --json`. Times are texts. */
interface StoredStatus {
  readonly connection: string;
  readonly health: string;
  readonly schedule: Observed['schedule'] & { readonly createdAt: string; readonly nextRunAt: string };
  readonly running: (Omit<NonNullable<Observed['running']>, 'startedAt'> & { readonly startedAt: string }) | null;
  readonly worker: Observed['worker'];
  readonly lastRuns: readonly (Omit<PastRun, 'endedAt'> & { readonly endedAt: string })[];
  readonly nextComplete: { readonly run: number; readonly reason: string | null } | null;
  readonly [name: string]: unknown;
}

interface Stored {
  readonly state: StoredConnectionState | null;
  readonly runs: readonly {
    readonly type: string;
    readonly status: string;
    readonly memo: RunMemo;
    readonly heartbeats: readonly { readonly activity: string; readonly details: readonly unknown[] }[];
  }[];
  readonly status: { readonly json: StoredStatus };
}

/** What a connection reported when a worker of the present code took it over. */
interface TakeOver {
  readonly plan: RunPlan | null;
  readonly state: StoredConnectionState;
  readonly memo: RunMemo;
  readonly status: { readonly exitCode: number; readonly json: StoredStatus };
  readonly search: { readonly hits: readonly string[] | null };
}

function read<Moment = Stored>(release: string, moment: string): Moment {
  return JSON.parse(readFileSync(join(FOLDER, release, `${moment}.json`), 'utf8')) as Moment;
}

/** Reasons that are worded differently now: the code stays, the sentence may change. */
const REWORDED: Readonly<Record<string, string>> = {
  'asked for by a signal': 'requested by a signal',
  'goes on with the backfill of run 1': 'resumes the backfill of run 1',
};

/** A release's reason in today's words. */
function reworded(reason: string | null): string | null {
  return reason === null ? null : (REWORDED[reason] ?? reason);
}

/** The run's memo as the release itself left it. */
function memoOf(release: string, moment: string, run: number): RunMemo {
  const found = read(release, moment).runs.find(({ type, memo }) => type === 'SyncWorkflow' && memo.run === run);
  if (found === undefined) throw new Error(`${moment} has no run ${run}`);
  return found.memo;
}

/** What the next run would do on an index that matches Temporal's state. */
function planAfter({ state: stored, status }: Stored): RunPlan {
  if (stored === null) throw new Error('there is no state');
  const state = upgradeState(stored);
  const { openRun, openBackfill } = state;
  const begin: BeginRun = {
    key: 'next',
    workflowId: 'next',
    completeBackfillFrequency: status.json.schedule.completeBackfillFrequency,
    organizationId: '00DHb0000000001MAA',
    orgTime: '2026-11-29T16:00:00.000Z',
    index: {
      indexId: state.indexId ?? '',
      highestRun: state.runNumber,
      watermarks: state.watermarks,
      backfill: openBackfill && { start: openBackfill.start, positions: openBackfill.positions },
      selectionChange: null,
    },
    holderDead: openRun?.key ?? null,
  };
  const { answer } = beginRun(state, begin);
  if (answer.kind !== 'admitted') throw new Error('the run is not admitted');
  return answer.plan;
}

/** What the release observed. */
function observedIn({ state: stored, status: { json } }: Stored): Observed {
  const state = stored && upgradeState(stored);
  const ended = json.lastRuns.map((run) => ({ ...run, endedAt: new Date(run.endedAt) }));
  const failed = ended.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed.slice(-1);
  const now = new Date(`${json.worker.lastSeenAt}`);
  return {
    now,
    connection: json.connection,
    schedule: {
      ...json.schedule,
      createdAt: new Date(json.schedule.createdAt),
      nextRunAt: new Date(json.schedule.nextRunAt),
    },
    times: { past: [], next: [2027, 2028, 2029].map((year) => new Date(`${year}-01-01T00:00:00Z`)) },
    worker: { ...json.worker, lastSeenAt: now },
    state,
    lost: null,
    otherHome: null,
    indexDamage: null,
    running: json.running && {
      ...json.running,
      request: null,
      startedAt: new Date(json.running.startedAt),
      waitsUntil: null,
      progressAt: now,
    },
    lastRuns: ended,
    lastSuccess: ended.find(({ outcome }) => outcome === 'completed') ?? null,
    failures: first ? { count: failed.length, first, message: 'it failed', error: null } : null,
    lastFailure: failed[0] ?? null,
    apiCalls: 0,
  };
}

const MOMENTS = [
  'complete',
  'incremental',
  'requested',
  'forced',
  'in-a-backfill',
  'failed',
  'waiting',
  'without-view-setup',
];

describe.each(releases)('a connection of %s', (release) => {
  it.each([
    ['after its first run', 'complete', 'incremental', 2],
    ['after a request', 'requested', 'forced', 3],
  ])('does next what it did then, %s', (_, moment, later, run) => {
    const { kind, reason } = memoOf(release, later, run);
    expect(planAfter(read(release, moment))).toMatchObject({ run, kind, reason: reworded(reason) });
  });

  it('resumes a backfill whose run died, and keeps the request and its permissions', () => {
    const stored = read(release, 'in-a-backfill');
    const plan = planAfter(stored);
    expect(plan).toMatchObject({
      run: 2,
      kind: 'complete',
      reason: 'resumes the backfill of run 1',
      backfill: { start: stored.state?.openBackfill?.start, positions: stored.state?.openBackfill?.positions },
    });
    // It was requested after this backfill began, so the next one serves it.
    expect(plan.backfill?.allowSweep).toBeUndefined();
    expect(stored.state).toMatchObject({ forceRequests: 1, forceRequestsServed: 0, sweepAllowedBy: 1 });
  });

  it.each(MOMENTS)('has the same status as then: %s', (moment) => {
    const stored = read(release, moment);
    const { json } = stored.status;
    const { nextComplete, ...now } = assess(observedIn(stored));
    const names = [
      'runNumber',
      'watermarks',
      'failedRuns',
      'warnings',
      'closed',
      'unindexed',
      'stale',
      'missed',
    ] as const;
    for (const name of names) expect(now[name], name).toEqual(json[name]);
    expect(nextComplete && { run: nextComplete.run, reason: nextComplete.reason }).toEqual(
      json.nextComplete && { run: json.nextComplete.run, reason: reworded(json.nextComplete.reason) },
    );
    // An index that is being filled is degraded since. What was failing still fails.
    expect(now.health === 'failing').toBe(json.health === 'failing');
  });

  it('has well-formed states, which do not change when they are upgraded again', () => {
    const states = MOMENTS.map((moment) => read(release, moment).state).filter((state) => state !== null);
    expect(states.length).toBeGreaterThan(3);
    for (const state of states) {
      expect(wrongInState(state)).toBeNull();
      const upgraded = upgradeState(state);
      expect(upgraded).toMatchObject(state);
      expect(wrongInState(upgraded)).toBeNull();
      expect(upgradeState(upgraded)).toEqual(upgraded);
    }
  });

  it('has runs with the same log lines and metrics as then', () => {
    const { memo } = { memo: memoOf(release, 'forced', 3) };
    const { run, kind, apiCalls, progress, closed, unindexed } = readMemo(memo);
    expect({ run, kind, apiCalls, closed, unindexed }).toEqual({
      run: 3,
      kind: 'complete',
      apiCalls: memo.apiCalls,
      closed: memo.closed?.length ?? 0,
      unindexed: 0,
    });
    expect(progress.Account).toMatchObject({ read: 60, expected: 60 });
  });

  it('has heartbeats that show whether an activity makes progress', () => {
    const [run] = read(release, 'in-a-backfill').runs.filter(({ type }) => type === 'SyncWorkflow');
    const [heartbeat] = run?.heartbeats ?? [];
    expect(heartbeat?.activity).toBe('backfillSlice');
    const [details] = (heartbeat?.details ?? []) as { request?: { what: string; since: string; limitMs: number } }[];
    const pending = { heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(details)] } };
    const { what, since = 0, limitMs = 0 } = details?.request ?? {};
    // At that time the request was within its limit. c516d8e reported none.
    const began = new Date(since);
    vi.useFakeTimers({ now: began });
    onTestFinished(() => void vi.useRealTimers());
    const request = what === undefined ? null : { what, since: began, until: new Date(began.getTime() + limitMs) };
    expect(progressOf({ raw: { pendingActivities: [pending] } } as never)).toEqual({ movedAt: null, request });
  });

  it('was taken over in a backfill, first with its own commands, then with those of the present code', () => {
    const [before, after, later] = ['before-take-over', 'after-take-over', 'a-run-later'].map((moment) =>
      read<TakeOver>(release, moment),
    );
    expect(before?.plan).toMatchObject({ run: 2, kind: 'complete', reason: 'asked for by a signal' });
    expect(before?.state).toMatchObject({ forceRequests: 2, forceRequestsServed: 0, sweepAllowedBy: 2 });
    expect(before?.state.openBackfill).toMatchObject({ beganRun: 2, forced: true, servesRequests: 1 });
    expect(after?.state).toMatchObject({ openRun: null, openBackfill: null, forceRequestsServed: 1 });
    expect(after?.memo).toMatchObject({ run: 2, progress: { Account: { read: 60 }, Lead: { read: 38, done: true } } });
    expect(after?.status.json).toMatchObject({
      health: 'healthy',
      nextComplete: { run: 3, why: { code: 'requested' } },
    });
    expect(later?.memo).toMatchObject({ run: 3, kind: 'complete', why: { code: 'requested' } });
    expect(later?.state).toMatchObject({ runNumber: 3, rhythmRun: 1, forceRequestsServed: 2 });
    expect(before?.search.hits?.length).toBeGreaterThan(0);
    expect(after?.search.hits).toEqual(before?.search.hits);
    expect(later?.search.hits).toEqual(before?.search.hits);
  });
});
