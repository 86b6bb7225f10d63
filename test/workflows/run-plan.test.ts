import { describe, expect, it } from 'vitest';
import type { FoundReason } from '../../src/facts/reasons.ts';
import {
  beginRun,
  checkpoint,
  finishRun,
  forceCompleteBackfill,
  NEW_CONNECTION,
} from '../../workflows/connection-state.ts';
import type { BeginRun, ConnectionState, RunPlan, Watermarks } from '../../workflows/contract.ts';
import { beginMessage, watermarksAt } from './begin-message.ts';

const MORNING = '2026-11-24T08:00:00.000Z';

/** A connection after its first complete backfill, run 1. */
function afterFirstRun(): ConnectionState {
  const { state } = beginRun(NEW_CONNECTION, beginMessage({ key: 'first', orgTime: MORNING }));
  return finish(state, 'first', true);
}

function finish(
  state: ConnectionState,
  key: string,
  backfillEnded: boolean,
  watermarks: Watermarks = watermarksAt(MORNING),
) {
  return finishRun(state, {
    key,
    status: 'completed',
    backfillEnded,
    watermarks,
    completeNext: null,
    headline: 'done',
  });
}

function fail(state: ConnectionState, key: string): ConnectionState {
  return finishRun(state, {
    key,
    status: 'failed',
    backfillEnded: false,
    watermarks: {},
    completeNext: null,
    headline: 'failed',
  });
}

/** The last run found why the next one must be complete. */
function found(code: FoundReason['code']): ConnectionState {
  return { ...afterFirstRun(), completeNext: 'as the run said it', completeNextWhy: { code } };
}

const GAINS = { code: 'fields_added', object: 'Account', fields: ['Region__c'] } as const;

const settled = { index: { highestRun: 1, watermarks: watermarksAt(MORNING) } };

function planOf(state: ConnectionState, begin: BeginRun): RunPlan {
  const { answer } = beginRun(state, begin);
  if (answer.kind !== 'admitted') throw new Error('not admitted');
  return answer.plan;
}

describe('the kind of the next run', () => {
  const later = '2026-12-10T08:00:01.000Z';
  const rows: [string, ConnectionState, BeginRun, Partial<RunPlan>][] = [
    ['the very first run', NEW_CONNECTION, beginMessage(), { kind: 'complete', why: { code: 'never_completed' } }],
    [
      'the second run',
      afterFirstRun(),
      beginMessage(settled),
      { kind: 'incremental', why: { code: 'incremental', nextComplete: 49 } },
    ],
    [
      'the 48th run',
      { ...afterFirstRun(), runNumber: 47 },
      beginMessage(settled),
      { kind: 'incremental', why: { code: 'incremental', nextComplete: 49 } },
    ],
    [
      'the 49th run',
      { ...afterFirstRun(), runNumber: 48 },
      beginMessage(settled),
      { kind: 'complete', why: { code: 'cadence', frequency: 48 } },
    ],
    [
      'a frequency lowered to 3, at the fourth run',
      { ...afterFirstRun(), runNumber: 3 },
      beginMessage({ ...settled, completeBackfillFrequency: 3 }),
      { kind: 'complete', why: { code: 'cadence', frequency: 3 } },
    ],
    [
      'a frequency of 1',
      afterFirstRun(),
      beginMessage({ ...settled, completeBackfillFrequency: 1 }),
      { kind: 'complete', why: { code: 'cadence', frequency: 1 } },
    ],
    [
      'an index with another id',
      afterFirstRun(),
      beginMessage({ index: { indexId: 'index-2' } }),
      { kind: 'complete', why: { code: 'index_replaced' } },
    ],
    [
      'objects that may have missed changes',
      afterFirstRun(),
      beginMessage({ index: { ...settled.index, missed: ['Case', 'Lead'] } }),
      {
        kind: 'complete',
        why: { code: 'changes_missed', objects: ['Case', 'Lead'] },
      },
    ],
    [
      'an index restored from a copy',
      afterFirstRun(),
      beginMessage({ index: { watermarks: watermarksAt('2026-11-24T07:59:59.000Z') } }),
      { kind: 'complete', why: { code: 'index_restored' } },
    ],
    [
      'an index restored from a copy that had no watermark yet',
      afterFirstRun(),
      beginMessage(),
      { kind: 'complete', why: { code: 'index_restored' } },
    ],
    [
      'an index ahead of Temporal, whose finish was lost',
      afterFirstRun(),
      beginMessage({ index: { watermarks: watermarksAt('2026-11-24T08:10:00.000Z') } }),
      { kind: 'incremental', why: { code: 'incremental', nextComplete: 49 } },
    ],
    [
      "an index with times after the org's clock",
      forceCompleteBackfill(found('contact_sharing_changed')),
      beginMessage({ index: { ...settled.index, ahead: '2999-01-01T00:00:00.000Z' } }),
      { kind: 'complete', why: { code: 'index_ahead', latest: '2999-01-01T00:00:00.000Z' } },
    ],
    [
      "an index that no complete backfill has ever filled, regardless of Temporal's state",
      { ...afterFirstRun(), watermarks: {} },
      beginMessage({ index: { highestRun: 1, watermarks: { Account: MORNING } } }),
      { kind: 'complete', why: { code: 'never_completed' } },
    ],
    [
      'a cadence that a future run has set',
      { ...afterFirstRun(), runNumber: 90, rhythmRun: 2 ** 50 },
      beginMessage(settled),
      { kind: 'complete', why: { code: 'cadence', frequency: 48 } },
    ],
    [
      'a changed field list',
      afterFirstRun(),
      beginMessage({
        index: { ...settled.index, selectionChange: 'Account gains Region__c', selectionChanges: [GAINS] },
      }),
      { kind: 'complete', why: { code: 'selection_changed', changes: [GAINS] } },
    ],
    [
      'a changed field list, reported by an older worker',
      afterFirstRun(),
      beginMessage({ index: { ...settled.index, selectionChange: 'Account gains Region__c' } }),
      {
        kind: 'complete',
        reason: 'what is indexed has changed: Account gains Region__c',
        why: { code: 'selection_changed', changes: [] },
      },
    ],
    [
      'a watermark older than the recycle bin',
      afterFirstRun(),
      beginMessage({ ...settled, orgTime: later }),
      {
        kind: 'complete',
        why: { code: 'recycle_bin_exceeded', days: 15 },
      },
    ],
    [
      'a watermark just within the recycle bin',
      afterFirstRun(),
      beginMessage({ ...settled, orgTime: '2026-12-09T08:00:00.000Z' }),
      { kind: 'incremental', why: { code: 'incremental', nextComplete: 49 } },
    ],
    [
      'records that the org has refused for longer than the recycle bin lasts',
      afterFirstRun(),
      beginMessage({
        orgTime: later,
        index: { ...settled.index, watermarks: { ...watermarksAt(later), Case: MORNING }, blocked: ['Case'] },
      }),
      { kind: 'incremental', why: { code: 'incremental', nextComplete: 49 } },
    ],
    [
      'records that the org refused from the beginning',
      { ...afterFirstRun(), watermarks: {} },
      beginMessage({
        index: { ...settled.index, watermarks: { ...watermarksAt(MORNING), Case: undefined }, blocked: ['Case'] },
      }),
      { kind: 'incremental', why: { code: 'incremental', nextComplete: 49 } },
    ],
    [
      'an object that the org answers again',
      afterFirstRun(),
      beginMessage({ index: { ...settled.index, blocked: ['Case'], answering: ['Case'] } }),
      {
        kind: 'complete',
        why: { code: 'objects_answer_again', objects: ['Case'] },
        backfill: { start: '2026-11-24T12:00:00.000Z', positions: {}, objects: ['Case'] },
      },
    ],
    [
      'an object that the org answers again, while a complete backfill is due',
      { ...afterFirstRun(), runNumber: 48 },
      beginMessage({ index: { ...settled.index, blocked: ['Case'], answering: ['Case'] } }),
      { kind: 'complete', why: { code: 'cadence', frequency: 48 } },
    ],
    [
      'a request by signal',
      forceCompleteBackfill(afterFirstRun()),
      beginMessage(settled),
      { kind: 'complete', why: { code: 'requested' } },
    ],
    [
      'a reason that the last run found',
      found('contact_sharing_changed'),
      beginMessage(settled),
      { kind: 'complete', reason: 'as the run said it', why: { code: 'contact_sharing_changed' } },
    ],
    [
      'a reason that no run finds, as a message may contain it',
      found('backfill_resumed' as never),
      beginMessage(settled),
      {
        kind: 'complete',
        why: { code: 'earlier_version' },
        backfill: { start: '2026-11-24T12:00:00.000Z', positions: {} },
      },
    ],
    [
      'a reason that a run of an earlier version found',
      found('earlier_version'),
      beginMessage(settled),
      { kind: 'complete', reason: 'as the run said it', why: { code: 'earlier_version' } },
    ],
  ];
  it.each(rows)('%s', (_name, state, begin, expected) => {
    expect(planOf(state, begin)).toMatchObject(expected);
  });
});

describe('a backfill of single objects', () => {
  const answering = { index: { ...settled.index, blocked: ['Case' as const], answering: ['Case' as const] } };
  const open = beginRun(afterFirstRun(), beginMessage({ ...answering, key: 'second' })).state;

  it('serves no request and sets no cadence', () => {
    const ended = finish(forceCompleteBackfill(open), 'second', true);
    expect(ended).toMatchObject({ openBackfill: null, rhythmRun: 1, forceRequests: 1, forceRequestsServed: 0 });
    expect(planOf(ended, beginMessage({ ...settled, key: 'third' }))).toMatchObject({
      why: { code: 'requested' },
    });
  });

  it('keeps what an earlier run has found', () => {
    const found = { ...open, completeNext: 'the default of contacts has moved' };
    expect(finish(found, 'second', true).completeNext).toBe('the default of contacts has moved');
  });

  it('resumes after an interruption, with its objects', () => {
    const backfill = { start: '2026-11-24T12:00:00.000Z', positions: {}, objects: ['Case' as const] };
    const begin = beginMessage({ key: 'third', index: { ...settled.index, highestRun: 2, backfill } });
    expect(planOf(fail(open, 'second'), begin)).toMatchObject({
      why: { code: 'backfill_resumed', beganRun: 2 },
      backfill,
    });
  });
});

describe('permission to sweep', () => {
  const backfillOf = (state: ConnectionState, index: Partial<BeginRun['index']> = {}) =>
    planOf(state, beginMessage({ ...settled, index: { ...settled.index, ...index } })).backfill;
  const allowed = () => forceCompleteBackfill(afterFirstRun(), { allowSweep: true });

  it('comes from the request that grants it, and from no other', () => {
    expect(backfillOf(allowed())).toMatchObject({ allowSweep: true });
    const others = [undefined, {}, { allowSweep: false }, null as never, { allowSweep: 'yes' } as never];
    for (const request of others)
      expect(backfillOf(forceCompleteBackfill(afterFirstRun(), request))).not.toHaveProperty('allowSweep');
  });

  it('survives a later request without it, and applies to a backfill that is due anyway', () => {
    expect(backfillOf(forceCompleteBackfill(allowed()))).toMatchObject({ allowSweep: true });
    const due = { ...allowed(), runNumber: 48 };
    expect(planOf(due, beginMessage(settled))).toMatchObject({ why: { code: 'cadence', frequency: 48 } });
    expect(backfillOf(due)).toMatchObject({ allowSweep: true });
  });

  it('stays with the run that resumes the backfill', () => {
    const begun = beginRun(allowed(), beginMessage({ ...settled, key: 'begins' })).state;
    const backfill = { start: '2026-11-24T12:00:00.000Z', positions: {} };
    expect(backfillOf(fail(begun, 'begins'), { backfill })).toMatchObject({ ...backfill, allowSweep: true });
  });

  it('ends with the backfill that served it', () => {
    const begun = beginRun(allowed(), beginMessage({ ...settled, key: 'serves' })).state;
    const served = finish(begun, 'serves', true);
    expect(backfillOf(forceCompleteBackfill(served))).not.toHaveProperty('allowSweep');
  });

  it('waits for the next backfill if it is granted during one', () => {
    const begun = beginRun(forceCompleteBackfill(afterFirstRun()), beginMessage({ ...settled, key: 'begins' })).state;
    const asked = forceCompleteBackfill(begun, { allowSweep: true });
    const backfill = { start: '2026-11-24T12:00:00.000Z', positions: {} };
    expect(backfillOf(fail(asked, 'begins'), { backfill })).not.toHaveProperty('allowSweep');
    expect(backfillOf(finish(asked, 'begins', true))).toMatchObject({ allowSweep: true });
  });
});

describe('the run number', () => {
  it('continues from the index if Temporal has lost its state', () => {
    expect(planOf(NEW_CONNECTION, beginMessage({ index: { highestRun: 120 } })).run).toBe(121);
  });

  it('continues from Temporal if the index is new', () => {
    expect(planOf(afterFirstRun(), beginMessage({ index: { indexId: 'index-2' } })).run).toBe(2);
  });

  it.each([
    ['the index is behind by a thousand million runs', 1_000_000_001, 1_000_000_002],
    ['the index is behind by more, which nobody can have made', 1_000_000_002, 2],
    ['the largest number is reached', 2 ** 53 - 1, 2],
  ])('continues from the right number if %s', (_, runNumber, run) => {
    expect(planOf({ ...afterFirstRun(), runNumber }, beginMessage(settled)).run).toBe(run);
  });

  it('counts a run once, regardless of how often it asks', () => {
    const once = beginRun(afterFirstRun(), beginMessage(settled));
    const twice = beginRun(once.state, beginMessage(settled));
    expect(twice.answer).toEqual(once.answer);
    expect(twice.state).toEqual(once.state);
  });

  it('does not count a run that finds another one running', () => {
    const open = beginRun(afterFirstRun(), beginMessage(settled)).state;
    const second = beginRun(open, beginMessage({ ...settled, key: 'other' }));
    expect(second.answer).toMatchObject({ kind: 'busy', holder: { key: 'run-key', run: 2 } });
    expect(second.state).toEqual(open);
  });
});

describe('the cadence', () => {
  it('is set by the run that began the backfill, not by the one that ended it', () => {
    let state: ConnectionState = { ...afterFirstRun(), runNumber: 48 };
    state = beginRun(state, beginMessage({ ...settled, key: 'begins' })).state;
    state = fail(state, 'begins');
    const held = { start: '2026-11-24T12:00:00.000Z', positions: {} };
    const resumed = beginRun(state, beginMessage({ key: 'ends', index: { ...settled.index, backfill: held } }));
    state = finish(resumed.state, 'ends', true);
    expect(state.rhythmRun).toBe(49);
    expect(state.runNumber).toBe(50);
  });

  it('is not set by a forced backfill', () => {
    let state = forceCompleteBackfill({ ...afterFirstRun(), runNumber: 10 });
    state = beginRun(state, beginMessage({ ...settled, key: 'forced' })).state;
    state = finish(state, 'forced', true);
    expect(state.rhythmRun).toBe(1);
    expect(planOf(state, beginMessage(settled)).kind).toBe('incremental');
  });

  it('is set by a backfill that was due anyway when someone requested it, and serves the request', () => {
    let state = forceCompleteBackfill({ ...afterFirstRun(), runNumber: 48 });
    state = beginRun(state, beginMessage({ ...settled, key: 'due' })).state;
    state = finish(state, 'due', true);
    expect(state.rhythmRun).toBe(49);
    expect(planOf(state, beginMessage(settled)).kind).toBe('incremental');
  });

  it('ignores an end that the index does not know: a copy was restored at the last moment', () => {
    const begun = beginRun(NEW_CONNECTION, beginMessage({ key: 'first', orgTime: MORNING })).state;
    const end = (lastBackfill?: string | null) =>
      finishRun(begun, {
        key: 'first',
        status: 'completed',
        backfillEnded: true,
        watermarks: {},
        completeNext: null,
        headline: 'done',
        ...(lastBackfill === undefined ? {} : { lastBackfill }),
      });
    expect(end(null)).toMatchObject({ completeEver: false, openBackfill: { start: MORNING } });
    expect(end('2026-11-23T08:00:00.000Z')).toMatchObject({ completeEver: false, openBackfill: { start: MORNING } });
    expect(end(MORNING)).toMatchObject({ completeEver: true, openBackfill: null });
    // An older worker does not ask.
    expect(end()).toMatchObject({ completeEver: true, openBackfill: null });
  });

  it('leaves a failed backfill due', () => {
    let state: ConnectionState = { ...afterFirstRun(), runNumber: 48 };
    state = fail(beginRun(state, beginMessage({ ...settled, key: 'fails' })).state, 'fails');
    expect(planOf(state, beginMessage(settled))).toMatchObject({
      kind: 'complete',
      why: { code: 'cadence', frequency: 48 },
    });
  });
});

describe('a request for a complete backfill', () => {
  it('is served by the next one if it was made during a backfill', () => {
    let state = beginRun(forceCompleteBackfill(afterFirstRun()), beginMessage({ ...settled, key: 'forced' })).state;
    state = forceCompleteBackfill(state);
    state = finish(state, 'forced', true);
    expect(planOf(state, beginMessage(settled)).why).toEqual({ code: 'requested' });
  });

  it('stays pending until a backfill has finished', () => {
    let state = beginRun(forceCompleteBackfill(afterFirstRun()), beginMessage({ ...settled, key: 'forced' })).state;
    state = fail(state, 'forced');
    expect(planOf(state, beginMessage(settled)).kind).toBe('complete');
  });

  it('is served once if it was made twice before a backfill', () => {
    let state = forceCompleteBackfill(forceCompleteBackfill(afterFirstRun()));
    state = finish(beginRun(state, beginMessage({ ...settled, key: 'forced' })).state, 'forced', true);
    expect(planOf(state, beginMessage(settled)).kind).toBe('incremental');
  });
});

describe('an open backfill', () => {
  const start = '2026-11-24T12:00:00.000Z';
  const half = { Account: { after: '001000000000099AAA', done: false, recordsRead: 99 } };

  function dead(): ConnectionState {
    const { state } = beginRun(NEW_CONNECTION, beginMessage({ key: 'dies' }));
    return checkpoint(state, { key: 'dies', object: 'Account', position: half.Account });
  }

  it('is taken over from a dead holder with its start and checkpoint', () => {
    const begin = beginMessage({
      key: 'heir',
      holderDead: 'dies',
      index: { highestRun: 1, backfill: { start, positions: half } },
    });
    const { state, answer } = beginRun(dead(), begin);
    expect(answer).toMatchObject({
      kind: 'admitted',
      plan: {
        run: 2,
        kind: 'complete',
        why: { code: 'backfill_resumed', beganRun: 1 },
        backfill: { start, positions: half },
      },
    });
    expect(state.recentRuns[0]).toMatchObject({ run: 1, status: 'died' });
  });

  it('is not taken over from a holder other than the one found dead', () => {
    const begin = beginMessage({
      key: 'heir',
      holderDead: 'someone else',
      index: { highestRun: 1, backfill: { start, positions: half } },
    });
    expect(beginRun(dead(), begin).answer.kind).toBe('busy');
  });

  it('resumes where the index is, because the data is there', () => {
    const held = { start, positions: { Account: { after: '001000000000055AAA', done: false, recordsRead: 55 } } };
    const begin = beginMessage({ key: 'heir', holderDead: 'dies', index: { highestRun: 1, backfill: held } });
    expect(planOf(dead(), begin).backfill).toEqual(held);
  });

  it('starts over if the index does not have it', () => {
    const begin = beginMessage({
      key: 'heir',
      holderDead: 'dies',
      orgTime: '2026-11-24T13:00:00.000Z',
      index: { highestRun: 1 },
    });
    expect(planOf(dead(), begin).backfill).toEqual({ start: '2026-11-24T13:00:00.000Z', positions: {} });
  });

  it('starts over if the index is taken back, although it is open there', () => {
    const index = { highestRun: 1, backfill: { start, positions: half }, ahead: '2999-01-01T00:00:00.000Z' };
    const begin = beginMessage({ key: 'heir', holderDead: 'dies', orgTime: '2026-11-24T13:00:00.000Z', index });
    expect(planOf(dead(), begin).backfill).toEqual({ start: '2026-11-24T13:00:00.000Z', positions: {} });
  });

  it('is resumed if only a message that no run sent has ended it', () => {
    const told = finish(dead(), 'dies', true, {});
    expect(told).toMatchObject({ openBackfill: null, completeEver: true });
    const begin = beginMessage({ index: { highestRun: 1, backfill: { start, positions: half } } });
    expect(planOf(told, begin)).toMatchObject({
      kind: 'complete',
      reason: 'resumes the open backfill in the index',
      backfill: { start, positions: half },
    });
  });

  it.each([
    ['counts as finished if the index knows its end', '2026-11-24T12:00:00.000Z', 'incremental'],
    ['does not count as finished if another one ended last', '2026-11-23T12:00:00.000Z', 'complete'],
  ])('after its run has died: %s', (_, lastBackfill, kind) => {
    const index = { highestRun: 1, watermarks: watermarksAt('2026-11-24T13:00:00.000Z'), lastBackfill };
    expect(planOf(dead(), beginMessage({ key: 'heir', holderDead: 'dies', index })).kind).toBe(kind);
  });

  it('starts over if the field list has changed meanwhile', () => {
    const index = { highestRun: 1, backfill: { start, positions: half }, selectionChange: 'Lead gains Fax' };
    const begin = beginMessage({ key: 'heir', holderDead: 'dies', orgTime: '2026-11-24T13:00:00.000Z', index });
    expect(planOf(dead(), begin).backfill?.positions).toEqual({});
  });

  it('counts as finished if it ended in the index although its run died', () => {
    const begin = beginMessage({
      key: 'heir',
      holderDead: 'dies',
      index: { highestRun: 1, watermarks: watermarksAt(start) },
    });
    const { state, answer } = beginRun(dead(), begin);
    expect(answer).toMatchObject({ kind: 'admitted', plan: { run: 2, kind: 'incremental' } });
    expect(state).toMatchObject({ rhythmRun: 1, completeEver: true, openBackfill: null });
  });

  it('is resumed from the index alone if Temporal has lost its state', () => {
    const begin = beginMessage({ index: { highestRun: 7, backfill: { start, positions: half } } });
    expect(planOf(NEW_CONNECTION, begin)).toMatchObject({
      run: 8,
      kind: 'complete',
      backfill: { start, positions: half },
    });
  });
});

describe('messages of a run other than the open one', () => {
  it('change nothing', () => {
    const { state } = beginRun(NEW_CONNECTION, beginMessage({ key: 'open' }));
    const position = { after: '001000000000099AAA', done: false, recordsRead: 99 };
    expect(checkpoint(state, { key: 'stale', object: 'Account', position })).toEqual(state);
    expect(finish(state, 'stale', true)).toEqual(state);
  });
});

it('watermarks never move back when a run finishes', () => {
  const { state } = beginRun(afterFirstRun(), beginMessage({ ...settled, key: 'k' }));
  expect(finish(state, 'k', false, watermarksAt('2026-11-24T07:00:00.000Z')).watermarks).toEqual(watermarksAt(MORNING));
});

it('the state is plain JSON', () => {
  const { state } = beginRun(forceCompleteBackfill(afterFirstRun()), beginMessage(settled));
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
