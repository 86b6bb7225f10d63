import type { CoverageGap } from '../src/facts/coverage-gaps.ts';
import { ENGINE_TROUBLES, type EngineFacts } from '../src/facts/engine.ts';
import type { FailureFacts } from '../src/facts/failures.ts';
import type { Home } from '../src/facts/homes.ts';
import type { LimitFacts } from '../src/facts/limits.ts';
import type { LostField } from '../src/facts/problems.ts';
import type { FoundReason, RunReason } from '../src/facts/reasons.ts';
import type { UnindexedCause } from '../src/facts/unindexed.ts';
import type { RunWarning } from '../src/facts/warnings.ts';
import type { Unserved } from '../src/index/model/unserved.ts';
import type { ReadingCursor } from '../src/index/port/backfill.ts';
import type { BlockedStream } from '../src/index/port/progress.ts';
import type { Stale } from '../src/index/port/visibility.ts';
import { isOrganizationId, isRecordId } from '../src/lib/record-ids.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import type { Carried } from './carried.ts';
import type {
  BeginRun,
  Checkpoint,
  ConnectionHome,
  ConnectionState,
  EngineAway,
  FinishRun,
  ForceRequest,
  LimitReached,
  RunMemo,
  SlowShares,
  StoredConnectionState,
  SyncInput,
} from './contract.ts';
import {
  anyObject,
  between,
  byKey,
  coded,
  type Form,
  type FormsOf,
  flag,
  list,
  matching,
  object,
  oneOf,
  orNull,
  tagged,
  text,
  time,
  whole,
  wrongField,
} from './form.ts';
import { selectionChanges } from './schema-change-form.ts';

/**
 * The forms of the arguments and messages of workflows. Anyone who can write to the Temporal namespace can send
 * anything. Malformed messages are refused, because they would fail every later task of the workflow. A well-formed
 * message may still be false; activities and the index check it against what they know.
 *
 * Fields that an older version did not write are optional.
 */

/** Temporal does not accept longer workflow ids. */
const name = text(1_000);
/** A text for people. The limit is longer than any that this program writes. */
const line = text(100_000);
/** A number of a run or a request. The limit is so far from the largest number that adding to it works. */
const number = (least: number) => whole(least, 2 ** 52);
const recordId = matching(isRecordId);
const objectName = oneOf(OBJECT_NAMES);
const kind = oneOf(['complete', 'incremental'] as const);
const STATUSES = ['completed', 'failed', 'cancelled'] as const;
/** More lines than any run has. */
const lines = list(line, 10_000);
const objects = list(objectName, OBJECT_NAMES.length);

const keyset = object({ kind: oneOf(['keyset'] as const), after: recordId });
/** A later version may know other kinds, which are only passed on. The limit is longer than any locator. */
const anyCursor = tagged<ReadingCursor>('kind', 1_000);
export const isReadingCursor: Form<ReadingCursor> = (given): given is ReadingCursor =>
  anyCursor(given) && (given.kind !== 'keyset' || keyset(given));

const position = object(
  { after: orNull(recordId), done: flag, recordsRead: whole(0) },
  { cursor: orNull(isReadingCursor) },
);
const positions = byKey(OBJECT_NAMES, position);
const watermarks = byKey(OBJECT_NAMES, time);

/** The limit is as long as a file system's longest paths. */
const HOME = { id: matching((id) => /^[0-9a-f-]{36}$/.test(id)), host: text(255), path: text(4_096) };
const organizationId = matching(isOrganizationId);

/** Workflows pass a reason on, and read only its code. */
const why = coded<RunReason>();
const limitFacts = coded<LimitFacts>();
const waitFacts = coded<LimitFacts | EngineFacts>();
const unindexedCause = coded<UnindexedCause>();
/** A later version may know other codes; `reasonsInState` uses those that it knows. */
const foundReason = coded<FoundReason>();

const plan = object(
  {
    run: number(1),
    kind,
    reason: line,
    indexId: name,
    organizationId: name,
    watermarks,
    backfill: orNull(object({ start: time, positions }, { allowSweep: flag, objects })),
  },
  { why },
);

const progress = object({
  expected: orNull(whole(0)),
  read: whole(0),
  added: whole(0),
  changed: whole(0),
  renewed: whole(0),
  removed: whole(0),
  done: flag,
});

const unserved = object({
  inactive: whole(0),
  frozen: whole(0),
  sharedUsername: object({ users: whole(0), usernames: whole(0) }),
  sharedFederationId: object({ users: whole(0), ids: whole(0) }),
  sharedEmail: object({ users: whole(0), addresses: whole(0) }),
  federationIdOfOthers: whole(0),
  emailOfOthers: whole(0),
} satisfies FormsOf<Unserved>);

const MEMO = {
  headline: line,
  run: orNull(number(1)),
  kind: orNull(kind),
  reason: orNull(line),
  backfillStart: orNull(time),
  progress: byKey(OBJECT_NAMES, progress),
  watermarks,
  closed: lines,
  warnings: lines,
  apiCalls: whole(0),
};
const MEMO_OPTIONAL = {
  unindexed: object({
    count: whole(0),
    records: list(object({ id: name, object: objectName, cause: line }, { why: unindexedCause }), 1_000),
  }),
  stale: list(anyObject<Stale>(), 100),
  slowShares: list(anyObject<SlowShares>(), 100),
  gaps: orNull(list(coded<CoverageGap>(), 10_000)),
  unserved,
  blocked: list(anyObject<BlockedStream>(), 100),
  missed: objects,
  lostFields: list(anyObject<LostField>(), 1_000),
  refilling: flag,
  apiUsage: orNull(object({ used: between(0, Number.MAX_VALUE), limit: between(0, Number.MAX_VALUE) })),
  waiting: orNull(object({ waitsFor: line, until: time }, { why: waitFacts, since: time, remedy: line })),
  failure: line,
  why,
  warningFacts: list(coded<RunWarning>(), 10_000),
  error: coded<FailureFacts>(),
};

const memo = object(MEMO, MEMO_OPTIONAL);

const SYNC_INPUT = {
  connection: name,
  completeBackfillFrequency: whole(1),
  tickSeconds: whole(0),
} satisfies FormsOf<SyncInput>;

const CARRIED = {
  key: name,
  plan: orNull(plan),
  memo,
  backfill: orNull(
    object({ positions, contactsClosed: flag, lastPassAtMs: between(0, Number.MAX_SAFE_INTEGER) }, { ended: flag }),
  ),
} satisfies FormsOf<Omit<Carried, 'limit'>>;
/** No limit of an org lasts longer than a day. */
const limit = object({ waitsFor: line, waitMs: between(0, 86_400_000) }, { why: limitFacts });
export const isLimit: Form<LimitReached> = limit;

export const isEngineFacts: Form<EngineFacts> = object({
  code: oneOf(['engine_unavailable'] as const),
  reason: oneOf(ENGINE_TROUBLES),
  address: text(4_096),
  engineCode: orNull(text(1_000)),
} satisfies FormsOf<EngineFacts>);
export const isEngineAway: Form<EngineAway> = object({
  why: isEngineFacts,
  waitMs: between(0, 86_400_000),
} satisfies FormsOf<EngineAway>);

const CARRIED_OPTIONAL = {
  // Version 0.2.0 carried it.
  sliceRecords: orNull(whole(1)),
  limit: orNull(limit),
};

const BEGIN_RUN = {
  key: name,
  workflowId: name,
  completeBackfillFrequency: whole(1),
  organizationId,
  orgTime: time,
  index: object(
    {
      indexId: name,
      // Lower than a state's, because the run that is admitted gets a higher number.
      highestRun: whole(0, 2 ** 51),
      watermarks,
      backfill: orNull(object({ start: time, positions }, { objects })),
      selectionChange: orNull(line),
    },
    {
      selectionChanges,
      missed: objects,
      blocked: objects,
      answering: objects,
      lastBackfill: orNull(time),
      ahead: orNull(time),
    },
  ),
  holderDead: orNull(name),
} satisfies FormsOf<Omit<BeginRun, 'home'>>;
const BEGIN_RUN_OPTIONAL = { home: object(HOME) };

const FINISH_RUN = {
  key: name,
  status: oneOf(STATUSES),
  backfillEnded: flag,
  watermarks,
  completeNext: orNull(line),
  headline: line,
} satisfies FormsOf<Omit<FinishRun, 'completeNextWhy' | 'lastBackfill'>>;
const FINISH_RUN_OPTIONAL = { completeNextWhy: orNull(foundReason), lastBackfill: orNull(time) };

const summary = object(
  {
    run: number(1),
    key: name,
    workflowId: name,
    kind,
    reason: line,
    status: oneOf([...STATUSES, 'died'] as const),
    headline: line,
  },
  { why },
);

const CONNECTION_STATE = {
  runNumber: number(0),
  rhythmRun: orNull(number(1)),
  completeEver: flag,
  indexId: orNull(name),
  watermarks,
  openRun: orNull(object({ key: name, workflowId: name, plan })),
  openBackfill: orNull(
    object(
      { start: time, positions, beganRun: number(1), forced: flag, servesRequests: number(0) },
      { allowSweep: flag, objects },
    ),
  ),
  forceRequests: number(0),
  forceRequestsServed: number(0),
  completeNext: orNull(line),
  recentRuns: list(summary, 100),
} satisfies FormsOf<Omit<ConnectionState, 'sweepAllowedBy' | 'completeNextWhy' | 'home'>>;
const CONNECTION_STATE_OPTIONAL = {
  sweepAllowedBy: number(0),
  completeNextWhy: orNull(foundReason),
  home: object({ ...HOME, organizationId }),
};

const stream = { object: objectName, of: oneOf(['records', 'shares'] as const) };

/** The lists of a memo, as far as `status` reads them. */
const MEMO_LISTS = {
  stale: list(
    object(
      { object: objectName, since: time, run: number(1) },
      { wouldRemove: orNull(whole(0)), of: orNull(whole(0)), hidden: flag, blockedBy: object(stream) },
    ),
    100,
  ),
  slowShares: list(object({ object: objectName, since: orNull(time) }), 100),
  blocked: list(
    object(
      { ...stream, message: line, at: time },
      { code: orNull(text(100)), since: orNull(time), run: number(1), answers: flag },
    ),
    100,
  ),
  lostFields: list(object({ object: objectName, field: name, cause: oneOf(['hidden', 'no_room'] as const) }), 1_000),
};

/** Returns the well-formed fields of a memo, which anyone may have written. */
export function readRunMemo(given: unknown): Partial<RunMemo> {
  const fields = Object.entries((given ?? {}) as object);
  const forms: Readonly<Record<string, Form<unknown>>> = { ...MEMO, ...MEMO_OPTIONAL, ...MEMO_LISTS };
  return Object.fromEntries(fields.filter(([key, value]) => Object.hasOwn(forms, key) && forms[key]?.(value) === true));
}

/** Returns the malformed argument of SyncWorkflow, with the field. Null: both are well-formed. */
export function wrongArgument(input: unknown, carried: unknown): string | null {
  const ofInput = wrongField(input, SYNC_INPUT);
  if (ofInput !== null) return `input (${ofInput})`;
  if (carried === undefined || carried === null) return null;
  const ofCarried = wrongField(carried, CARRIED, CARRIED_OPTIONAL);
  return ofCarried === null ? null : `carried (${ofCarried})`;
}

/** Returns the malformed field of the message. Null: none. */
export function wrongInBeginRun(message: unknown): string | null {
  return wrongField(message, BEGIN_RUN, BEGIN_RUN_OPTIONAL);
}

/** Returns the malformed field of the message. Null: none. */
export function wrongInFinishRun(message: unknown): string | null {
  return wrongField(message, FINISH_RUN, FINISH_RUN_OPTIONAL);
}

/** Returns the malformed field of the state. Null: none. */
export function wrongInState(state: unknown): string | null {
  const wrong = wrongField(state, CONNECTION_STATE, CONNECTION_STATE_OPTIONAL);
  if (wrong !== null) return wrong;
  const { forceRequests, forceRequestsServed, openBackfill, sweepAllowedBy = 0 } = state as StoredConnectionState;
  // Otherwise future requests would count as served.
  const numbers = { forceRequestsServed, sweepAllowedBy, servesRequests: openBackfill?.servesRequests ?? 0 };
  return Object.entries(numbers).find(([, at]) => at > forceRequests)?.[0] ?? null;
}

export const isCheckpoint: Form<Checkpoint> = object({ key: name, object: objectName, position });

export const isHome: Form<Home> = object(HOME);
export const isConnectionHome: Form<ConnectionHome> = object({ ...HOME, organizationId });
export const isReplaceOrg: Form<{ readonly organizationId: string }> = object({ organizationId });

/** Accepts an argument of the signal `forceCompleteBackfill`, which may be missing. */
export function isForceRequest(given: unknown): given is ForceRequest | null | undefined {
  return given === undefined || given === null || (object({}, { allowSweep: flag }) as Form<ForceRequest>)(given);
}
