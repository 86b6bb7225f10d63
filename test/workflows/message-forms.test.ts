import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SchemaChange } from '../../src/facts/schema-changes.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import {
  beginRun,
  checkpoint,
  finishRun,
  forceCompleteBackfill,
  NEW_CONNECTION,
} from '../../workflows/connection-state.ts';
import type { BeginRun, Checkpoint, ConnectionState, FinishRun } from '../../workflows/contract.ts';
import {
  isCheckpoint,
  isForceRequest,
  readRunMemo,
  wrongArgument,
  wrongInBeginRun,
  wrongInFinishRun,
  wrongInState,
} from '../../workflows/message-forms.ts';
import { payloadConverter } from '../../workflows/payload-converter.ts';
import { STARTING, withPlan } from '../../workflows/run-memo.ts';
import { holds } from '../salesforce/seeded.ts';
import { beginMessage, watermarksAt } from './begin-message.ts';

const AT = '2026-11-24T08:00:00.000Z';
const INPUT = { connection: 'acme', completeBackfillFrequency: 48, tickSeconds: 600 };
const POSITION = { after: '001000000000099AAA', done: false, recordsRead: 99 };
const CURSOR = { kind: 'keyset', after: '001000000000099AAA' };
const WAITING = {
  waitsFor: 'the search engine',
  why: { code: 'engine_unavailable', reason: 'unreachable', address: 'http://e', engineCode: null },
  until: AT,
  since: AT,
  remedy: 'Start it.',
};
const CHECKPOINT: Checkpoint = { key: 'run-key', object: 'Account', position: POSITION };
const FINISH: FinishRun = {
  key: 'run-key',
  status: 'completed',
  backfillEnded: true,
  watermarks: watermarksAt(AT),
  completeNext: null,
  headline: 'done',
};

/** A connection in the middle of a complete backfill, after an earlier run. */
function busy(): ConnectionState {
  const first = finishRun(beginRun(NEW_CONNECTION, beginMessage()).state, FINISH);
  const index = { highestRun: 1, watermarks: watermarksAt(AT) };
  const begun = beginRun(forceCompleteBackfill(first, { allowSweep: true }), beginMessage({ index })).state;
  return checkpoint(begun, CHECKPOINT);
}

function carriedBy(state: ConnectionState) {
  const plan = state.openRun?.plan ?? null;
  if (plan === null) throw new Error('no run is open');
  const backfill = { positions: { Account: POSITION }, contactsClosed: false, lastPassAtMs: 1 };
  return { key: 'run-key', plan, memo: withPlan(STARTING, plan, { Account: 120 }), backfill, limit: null };
}

function withGaps(state: ConnectionState, gaps: unknown) {
  return { ...carriedBy(state).memo, gaps };
}

interface Told {
  readonly carried?: unknown;
  readonly input?: unknown;
  readonly type: string;
}

/** The arguments with which the workflows of every committed history were started. */
function toldByHistories(): Told[] {
  const folder = join(packageRoot(), 'test', 'replay', 'histories');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const { events } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const { workflowType, input } = events[0].workflowExecutionStartedEventAttributes;
      const args = (input?.payloads ?? []).map(({ data }: { data: string }) =>
        JSON.parse(Buffer.from(data, 'base64').toString('utf8')),
      );
      return workflowType.name === 'SyncWorkflow'
        ? { type: workflowType.name, input: args[0], carried: args[1] }
        : { type: workflowType.name, carried: args[0] };
    });
}

const UNREADABLE: SchemaChange = { code: 'selection_unreadable' };

/** One change of each kind, and one of a later version. */
const CHANGES: readonly SchemaChange[] = [
  { code: 'object_on', object: 'Account' },
  { code: 'object_off', object: 'Account' },
  { code: 'object_hidden', object: 'Account' },
  { code: 'object_visible', object: 'Account' },
  { code: 'fields_added', object: 'Lead', fields: ['Fax'] },
  { code: 'fields_removed', object: 'Lead', fields: ['Title'] },
  { code: 'shares_hidden', object: 'Case' },
  { code: 'shares_visible', object: 'Case' },
  { code: 'filter_changed', object: 'Case', filter: "Type = 'x'" },
  { code: 'filter_changed', object: 'Case', filter: null },
  { code: 'title_changed', object: 'Case' },
  { code: 'person_account_flag_hidden', object: 'Contact' },
  { code: 'person_account_flag_visible', object: 'Contact' },
  { code: 'shown_differently', object: 'Contact', field: 'Title' },
  { code: 'field_order', object: 'Contact' },
  { code: 'selection_newer', version: 2 },
  UNREADABLE,
  { code: 'constructor', object: 'Task' } as unknown as SchemaChange,
  { code: 'more', count: 7 },
];

describe('messages of this program are well-formed', () => {
  it('in the histories of every release, of runs and connections, including continued ones', () => {
    const told = toldByHistories();
    const runs = told.filter(({ type }) => type === 'SyncWorkflow');
    const states = told.filter(({ type, carried }) => type === 'ConnectionWorkflow' && carried !== undefined);
    expect([runs.length > 20, runs.some(({ carried }) => carried), states.length > 1]).toEqual([true, true, true]);
    for (const { input, carried } of runs) expect(wrongArgument(input, carried)).toBeNull();
    for (const { carried } of states) expect(wrongInState(carried)).toBeNull();
  });

  it('in every present message', () => {
    const state = busy();
    const index = {
      highestRun: 1,
      watermarks: watermarksAt(AT),
      backfill: { start: AT, positions: { Account: POSITION } },
    };
    const schema = { selectionChange: 'Lead gains Fax', selectionChanges: CHANGES };
    const more = { missed: ['Case'], lastBackfill: AT, ahead: AT, ...schema } as const;
    expect([
      wrongInState(NEW_CONNECTION),
      wrongInState(state),
      wrongInState(finishRun(state, FINISH)),
      wrongInBeginRun(beginMessage()),
      wrongInBeginRun(beginMessage({ index: { ...index, ...more }, holderDead: 'key' })),
      wrongInFinishRun(FINISH),
      wrongInFinishRun({ ...FINISH, status: 'failed', watermarks: {}, completeNext: 'because' }),
      wrongArgument(INPUT, undefined),
      wrongArgument({ ...INPUT, tickSeconds: 0 }, { ...carriedBy(state), plan: null, backfill: null }),
      wrongArgument(INPUT, carriedBy(state)),
      wrongArgument(INPUT, { ...carriedBy(state), limit: { waitsFor: 'the limit', waitMs: 900_000 } }),
      wrongArgument(INPUT, { ...carriedBy(state), memo: withGaps(state, [{ code: 'role_cycle', count: 2 }]) }),
      wrongArgument(INPUT, { ...carriedBy(state), memo: withGaps(state, null) }),
      wrongArgument(INPUT, { ...carriedBy(state), memo: { ...carriedBy(state).memo, waiting: WAITING } }),
    ]).toEqual(Array.from({ length: 14 }, () => null));
    expect(isCheckpoint(CHECKPOINT)).toBe(true);
    expect([undefined, null, {}, { allowSweep: true }].map(isForceRequest)).toEqual([true, true, true, true]);
  });
});

describe('a malformed field is named', () => {
  const begin = (index: object, rest: object = {}) => ({
    ...beginMessage(),
    ...rest,
    index: { ...beginMessage().index, ...index },
  });
  const beginAt = (cursor: unknown) => begin({ backfill: { start: AT, positions: { Lead: { ...POSITION, cursor } } } });
  const changed = (change: object) => begin({ selectionChanges: [change] });
  it.each<[string, unknown, keyof BeginRun | 'it']>([
    ['nothing', undefined, 'it'],
    ['a text', 'beginRun', 'it'],
    ['a list', [], 'it'],
    ['no key', begin({}, { key: undefined }), 'key'],
    ['an endless key', begin({}, { key: 'k'.repeat(1_001) }), 'key'],
    ['a frequency of 0', begin({}, { completeBackfillFrequency: 0 }), 'completeBackfillFrequency'],
    ['a fractional frequency', begin({}, { completeBackfillFrequency: 1.5 }), 'completeBackfillFrequency'],
    ['an invalid time', begin({}, { orgTime: 'soon' }), 'orgTime'],
    ['a day without an hour', begin({}, { orgTime: '2026-11-24' }), 'orgTime'],
    ['an invalid organization', begin({}, { organizationId: "00D' OR ''" }), 'organizationId'],
    ['the largest number', begin({ highestRun: 2 ** 53 }), 'index'],
    ['not a number', begin({ highestRun: Number.NaN }), 'index'],
    ['a negative number', begin({ highestRun: -1 }), 'index'],
    ['an unknown object', begin({ watermarks: { Task: AT } }), 'index'],
    [
      'a position whose id is longer than one',
      begin({ backfill: { start: AT, positions: { Lead: { ...POSITION, after: "'" } } } }),
      'index',
    ],
    ['a cursor whose id is longer than one', beginAt({ ...CURSOR, after: "'" }), 'index'],
    ['a cursor without its id', beginAt({ kind: 'keyset' }), 'index'],
    ['a cursor without a kind', beginAt({ after: CURSOR.after }), 'index'],
    ['a cursor that is a text', beginAt(CURSOR.after), 'index'],
    ['an endless cursor', beginAt({ kind: 'of_tomorrow', locator: 'x'.repeat(1_001) }), 'index'],
    ['a deep cursor', beginAt({ kind: 'of_tomorrow', locator: nested(20_000) }), 'index'],
    ['an endless reason', begin({ selectionChange: 'x'.repeat(100_001) }), 'index'],
    ['changes that are not a list', begin({ selectionChanges: { code: 'object_on' } }), 'index'],
    ['endless changes', begin({ selectionChanges: new Array(1_001).fill(UNREADABLE) }), 'index'],
    ['a change without a code', begin({ selectionChanges: [{ object: 'Lead' }] }), 'index'],
    ['a change of an unknown object', changed({ code: 'object_on', object: 'Task' }), 'index'],
    ['a change whose fields are a text', changed({ code: 'fields_added', object: 'Lead', fields: 'Fax' }), 'index'],
    ['a change without its filter', changed({ code: 'filter_changed', object: 'Lead' }), 'index'],
  ])('beginRun with %s', (_, message, field) => {
    expect(wrongInBeginRun(message)).toBe(field);
  });

  it.each<[string, unknown, keyof FinishRun | 'it']>([
    ['nothing', null, 'it'],
    ['an unknown status', { ...FINISH, status: 'died' }, 'status'],
    ['a watermark that is not a time', { ...FINISH, watermarks: { Lead: 7 } }, 'watermarks'],
    ['an endless headline', { ...FINISH, headline: 'x'.repeat(100_001) }, 'headline'],
    ['an end that is not a boolean', { ...FINISH, backfillEnded: 'yes' }, 'backfillEnded'],
  ])('finishRun with %s', (_, message, field) => {
    expect(wrongInFinishRun(message)).toBe(field);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'it'],
    ['the largest number', { ...busy(), runNumber: 2 ** 53 - 1 }, 'runNumber'],
    ['more requests served than made', { ...busy(), forceRequestsServed: 2 }, 'forceRequestsServed'],
    ['a sweep allowed by a future request', { ...busy(), sweepAllowedBy: 9 }, 'sweepAllowedBy'],
    ['an open run without a plan', { ...busy(), openRun: { key: 'k', workflowId: 'w' } }, 'openRun'],
    ['invalid runs', { ...busy(), recentRuns: [{}] }, 'recentRuns'],
  ])('a state with %s', (_, state, field) => {
    expect(wrongInState(state)).toBe(field);
  });

  it.each<[string, unknown, unknown, string]>([
    ['no input', undefined, undefined, 'input (it)'],
    ['a connection that is not a text', { ...INPUT, connection: 7 }, undefined, 'input (connection)'],
    ['a frequency of 0', { ...INPUT, completeBackfillFrequency: 0 }, undefined, 'input (completeBackfillFrequency)'],
    ['a text in place of the carried state', INPUT, 'carried', 'carried (it)'],
    ['an invalid memo', INPUT, { ...carriedBy(busy()), memo: {} }, 'carried (memo)'],
    ['gaps that are lines', INPUT, { ...carriedBy(busy()), memo: withGaps(busy(), ['a line']) }, 'carried (memo)'],
    ['endless gaps', INPUT, { ...carriedBy(busy()), memo: withGaps(busy(), Array(10_001).fill({})) }, 'carried (memo)'],
    ['an invalid plan', INPUT, { ...carriedBy(busy()), plan: { run: 1 } }, 'carried (plan)'],
    [
      'a wait since an unknown time',
      INPUT,
      { ...carriedBy(busy()), memo: { ...carriedBy(busy()).memo, waiting: { ...WAITING, since: 'long ago' } } },
      'carried (memo)',
    ],
    ['an endless wait', INPUT, { ...carriedBy(busy()), limit: { waitsFor: 'x', waitMs: 1e12 } }, 'carried (limit)'],
  ])('SyncWorkflow with %s', (_, input, carried, wrong) => {
    expect(wrongArgument(input, carried)).toBe(wrong);
  });

  it.each([undefined, null, {}, 'Account', { ...CHECKPOINT, object: 'Task' }, { ...CHECKPOINT, position: null }])(
    'checkpoint %j',
    (message) => {
      expect(isCheckpoint(message)).toBe(false);
    },
  );
});

it('accepts any message that passes the check, and keeps a well-formed state', () => {
  const broken = (valid: unknown): fc.Arbitrary<unknown> =>
    fc.oneof(
      fc.jsonValue(),
      fc.tuple(fc.constantFrom(...Object.keys(valid as object)), fc.jsonValue()).map(([key, value]) => ({
        ...(valid as object),
        [key]: value,
      })),
    );
  const property = fc.property(
    fc.array(
      fc.oneof(
        fc.record({
          name: fc.constant('begin'),
          message: broken(beginMessage({ key: 'other', holderDead: 'run-key' })),
        }),
        fc.record({ name: fc.constant('finish'), message: broken(FINISH) }),
        fc.record({ name: fc.constant('checkpoint'), message: broken(CHECKPOINT) }),
        fc.record({ name: fc.constant('force'), message: fc.jsonValue() }),
      ),
      { maxLength: 12 },
    ),
    (messages) => {
      let state = busy();
      for (const { name, message } of messages) {
        if (name === 'begin' && wrongInBeginRun(message) === null) state = beginRun(state, message as BeginRun).state;
        if (name === 'finish' && wrongInFinishRun(message) === null) state = finishRun(state, message as FinishRun);
        if (name === 'checkpoint' && isCheckpoint(message)) state = checkpoint(state, message);
        if (name === 'force') state = forceCompleteBackfill(state, isForceRequest(message) ? message : null);
      }
      expect(wrongInState(JSON.parse(JSON.stringify(state)))).toBeNull();
    },
  );
  holds('test/workflows/message-forms.test.ts', property);
});

/** Lists in lists. */
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

describe('a value that could not be written again', () => {
  it.each([
    ['deep', { code: 'earlier_version', x: nested(20_000) }],
    ['long', { code: 'earlier_version', x: 'x'.repeat(20_001) }],
  ])('is refused where values are only passed on: %s', (_, completeNextWhy) => {
    expect(wrongInFinishRun({ ...FINISH, completeNextWhy })).toBe('completeNextWhy');
    expect(wrongInState({ ...busy(), completeNextWhy })).toBe('completeNextWhy');
  });

  it('is not accepted at all if it is deep', () => {
    const come = (value: unknown) => {
      const data = Buffer.from(JSON.stringify(value));
      const metadata = { encoding: Buffer.from('json/plain') };
      return payloadConverter.fromPayload({ metadata, data });
    };
    expect(come({ index: nested(40) })).toEqual({ index: nested(40) });
    const data = Buffer.from(`{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
    expect(payloadConverter.fromPayload({ metadata: { encoding: Buffer.from('json/plain') }, data })).toBeUndefined();
  });

  it('is not a code of a later version, which must survive a downgrade', () => {
    expect(wrongInState({ ...busy(), completeNext: 'because', completeNextWhy: { code: 'of_tomorrow' } })).toBeNull();
    expect(wrongInFinishRun({ ...FINISH, completeNextWhy: { code: 'of_tomorrow' } })).toBeNull();
  });

  it.each([
    ['of an older version', POSITION],
    ['of this version', { ...POSITION, cursor: CURSOR }],
    ['at the beginning', { ...POSITION, cursor: null, after: null }],
    ['of a later version', { ...POSITION, cursor: { kind: 'of_tomorrow', job: 7 }, after: null }],
  ])('is not a position %s', (_, position) => {
    const state = checkpoint(busy(), { ...CHECKPOINT, position });
    expect(state.openBackfill?.positions.Account).toEqual(position);
    expect(isCheckpoint({ ...CHECKPOINT, position })).toBe(true);
    expect(wrongInState(state)).toBeNull();
    const carried = carriedBy(state);
    const positions = { Account: position };
    expect(wrongArgument(INPUT, { ...carried, backfill: { ...carried.backfill, positions } })).toBeNull();
    const backfill = { start: AT, positions };
    expect(wrongInBeginRun({ ...beginMessage(), index: { ...beginMessage().index, backfill } })).toBeNull();
  });
});

describe('a memo that anybody may have written', () => {
  const { memo } = carriedBy(busy());

  it('is read completely if it is well-formed', () => {
    const stale = [{ object: 'Lead', since: AT, run: 3, wouldRemove: 60, of: 70, hidden: false }];
    const blocked = [{ object: 'Case', of: 'records', message: 'no', at: AT, code: null, answers: true }];
    const whole = {
      ...memo,
      stale,
      blocked,
      waiting: WAITING,
      gaps: [{ code: 'sharing_sets', count: 1 }],
      closed: ['one'],
    };
    expect(readRunMemo(whole)).toEqual(whole);
  });

  it.each<[string, object]>([
    ['gaps that are not a list', { gaps: 'x' }],
    ['gaps without a code', { gaps: [null] }],
    ['closed that is not a list', { closed: 7 }],
    ['closed without texts', { closed: [7] }],
    ['blocked without content', { blocked: [{}] }],
    ['stale without objects', { stale: [null] }],
    ['missed without an object', { missed: ['Nope'] }],
    ['warnings that are a number', { warnings: 7 }],
    ['a deep reason', { why: { code: 'x', deep: nested(20_000) } }],
    ['an unknown field', { constructor: 'x' }],
  ])('is read without %s', (_, spoilt) => {
    const read = readRunMemo({ ...memo, ...spoilt });
    for (const name of Object.keys(spoilt)) expect(Object.hasOwn(read, name)).toBe(false);
    expect(read.headline).toBe(memo.headline);
  });

  it.each([[null], [7], ['x'], [[]]])('is empty if it is %j', (given) => {
    expect(readRunMemo(given)).toEqual({});
  });
});
