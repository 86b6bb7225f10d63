import { afterEach } from 'vitest';
import type { Member, ObjectAccess, ShareRow, UserName } from '../../../src/access/types.ts';
import type { FencingToken } from '../../../src/index/port/admission.ts';
import type { BackfillOpening, SweepGuard, SweepResult } from '../../../src/index/port/backfill.ts';
import type { RecordWrite, ShareWrite, WriteBatch, WriteResult } from '../../../src/index/port/documents.ts';
import type { IndexInspector } from '../../../src/index/port/inspector.ts';
import type { MembershipGeneration } from '../../../src/index/port/membership.ts';
import type { IndexReader, SearchOptions } from '../../../src/index/port/reader.ts';
import type { RunStore } from '../../../src/index/port/run-store.ts';
import {
  decidedFields,
  OBJECT_NAMES,
  type ObjectName,
  objectNamed,
  STANDARD_FIELDS,
} from '../../../src/objects/index.ts';
import { tablesOf } from '../../access/org.ts';

/** One index of the engine under test. */
export interface IndexUnderTest {
  /** Opens the run store once more. Creates the index if there is none. */
  store(): Promise<RunStore>;
  reader(): Promise<IndexReader>;
  inspector(): Promise<IndexInspector>;
  /** Removes the index, like an operator who deletes it. */
  destroy(): Promise<unknown>;
}

export type NewIndex = () => Promise<IndexUnderTest>;

/** The org's time at the start of the first backfill of every test. */
export const START = Date.parse('2026-03-01T00:00:00.000Z');
/** The org's time at which runs are admitted. */
const NOW = '2026-03-02T00:00:00.000Z';
export const ORG = '00D000000000001EAA';
export const OTHER_ORG = '00D000000000002EAA';

export const iso = (ms: number): string => new Date(ms).toISOString();
/** The suffix encodes which of the characters are capitals: the third one, or none. */
const idOf = (prefix: string, n: number): string =>
  `${prefix}${String(n).padStart(12, '0')}${/[A-Z]/.test(prefix) ? 'EAA' : 'AAA'}`;
export const userId = (n: number): string => idOf('005', n);
export const groupId = (n: number): string => idOf('00G', n);
export const recordId = (object: ObjectName, n: number): string => idOf(objectNamed(object).keyPrefix, n);

export function record(
  object: ObjectName,
  n: number,
  fields: Readonly<Record<string, string>>,
  rest: Partial<RecordWrite> = {},
): RecordWrite {
  return {
    id: recordId(object, n),
    object,
    ownerId: userId(1),
    accountId: null,
    isPrivate: false,
    isPersonAccount: false,
    modified: iso(START - 1_000_000 + n * 1_000),
    version: START + 1_000,
    fields,
    ...rest,
  };
}

/** All share rows of one record: the grantee, or the grantee and the objects that the row gives access to. */
export function shares(
  object: ObjectName,
  n: number,
  rows: readonly (string | ShareRow)[],
  version = START + 1_000,
): ShareWrite {
  return {
    parentId: recordId(object, n),
    object,
    rowCount: rows.length,
    rows: rows.map((row) => (typeof row === 'string' ? { grantee: row, cause: 'Rule', opens: [object] } : row)),
    version,
  };
}

const EVERY_FIELD: ObjectAccess = { reach: 'principals', fields: 'all' };

export function member(
  n: number,
  principals: readonly string[] = [],
  objects: Partial<Record<ObjectName, ObjectAccess>> = {},
  validUntil: string | null = null,
): Member {
  const id = userId(n);
  return {
    userId: id,
    validUntil,
    principals: [...new Set([id, `=${id}`, ...principals])].sort(),
    objects: Object.fromEntries(OBJECT_NAMES.map((name) => [name, objects[name] ?? EVERY_FIELD])) as Member['objects'],
  };
}

export function userName(n: number, rest: Partial<UserName> = {}): UserName {
  return {
    userId: userId(n),
    name: `User ${n}`,
    username: `user${n}@acme.example`,
    federationId: null,
    email: null,
    refused: null,
    ...rest,
  };
}

/** A sweep's guard. 100 percent: a person has allowed any number. */
export function guard(
  percent: number | null,
  evenIfHidden: SweepGuard['evenIfHidden'] = percent === 100 ? 'all' : 'nothing',
): SweepGuard {
  return { percent, evenIfHidden };
}

/** A backfill that begins at START, with every standard field. */
export function opening(rest: Partial<BackfillOpening> = {}): BackfillOpening {
  return {
    start: iso(START),
    schema: 'all',
    contacts: 'controlled',
    indexed: STANDARD_FIELDS,
    everHeld: STANDARD_FIELDS.fields,
    unguarded: [],
    ...rest,
  };
}

/** A membership in which `all` means every standard field, and AccountId. */
export function generation(asOf: number): MembershipGeneration {
  return {
    asOf,
    gaps: [],
    fields: decidedFields(STANDARD_FIELDS),
    groups: [],
    shared: [],
    tables: tablesOf({}),
    readings: {},
  };
}

/** An index in which run 1 has begun its backfill. User 1 owns every record that names no other owner. */
export class Started {
  readonly index: IndexUnderTest;
  readonly store: RunStore;
  readonly fence: FencingToken;
  #asOf = START;

  private constructor(index: IndexUnderTest, store: RunStore, fence: FencingToken) {
    this.index = index;
    this.store = store;
    this.fence = fence;
  }

  /** A new index in its first backfill, with these members if any are given. */
  static async begin(newIndex: NewIndex, ...members: Member[]): Promise<Started> {
    const index = await newIndex();
    const store = await opened(index.store());
    const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: ORG };
    const started = new Started(index, store, fence);
    await started.begin(opening());
    if (members.length > 0) await started.members(...members);
    return started;
  }

  /** Admits the run for this backfill, or for an incremental run, and begins it. */
  async begin(backfill: BackfillOpening | null, fence: FencingToken = this.fence): Promise<void> {
    await this.admit(fence, backfill?.start ?? null);
    await this.store.begin(fence, backfill);
  }

  /** Admits the run. Nothing that the tests write is later than the org's clock. */
  async admit(fence: FencingToken, backfillStart: string | null = null, now: string = NOW): Promise<void> {
    await this.store.admit(fence, { backfillStart, now });
  }

  /** Begins a backfill of only these objects. */
  async beginOf(objects: readonly ObjectName[], start: number, fence: FencingToken = this.fence): Promise<void> {
    await this.store.admit(fence, { backfillStart: iso(start), objects, now: NOW });
    await this.store.begin(fence, opening({ start: iso(start) }));
  }

  /** Marks every object as fully read by the open backfill. */
  async readToEnd(fence: FencingToken = this.fence): Promise<void> {
    const position = { cursor: null, done: true, recordsRead: 0 };
    for (const object of OBJECT_NAMES) await this.store.write(fence, { position: { object, position } });
  }

  /** Sweeps like a complete backfill that began at `before` and has read everything. */
  async sweep(
    object: ObjectName,
    before: number,
    guard: SweepGuard,
    fence: FencingToken = this.fence,
  ): Promise<SweepResult> {
    await this.begin(opening({ start: iso(before) }), fence);
    await this.readToEnd(fence);
    return this.store.sweep(fence, object, before, guard);
  }

  /** Ends the open backfill as one that has read everything. */
  async endBackfill(fence: FencingToken = this.fence, options = { contactsMixed: false }): Promise<void> {
    await this.readToEnd(fence);
    await this.store.endBackfill(fence, options);
  }

  write(batch: WriteBatch): Promise<WriteResult> {
    return this.store.write(this.fence, batch);
  }

  /** Makes these users, with their names, the whole membership. */
  async members(...members: Member[]): Promise<void> {
    const names = [...new Set(members.map((each) => each.userId))].map((id) => userName(Number(id.slice(3, 15))));
    await this.store.replaceMembership(this.fence, generation(++this.#asOf), members, names);
  }

  async search(n: number, words = '', options: Omit<SearchOptions, 'as'> = {}) {
    const reader = await this.index.reader();
    try {
      return await reader.search(words, { as: userId(n), ...options });
    } finally {
      await reader.close();
    }
  }

  /** The sorted ids that user n finds by a search. Throws if `ids` finds others. */
  async found(n: number, words = '', types?: readonly ObjectName[]): Promise<string[]> {
    const options = types === undefined ? {} : { types };
    const { hits } = await this.search(n, words, { ...options, limit: 200 });
    const reader = await this.index.reader();
    const ids = await reader.ids(words, { as: userId(n), ...options });
    await reader.close();
    const found = hits.map((hit) => hit.id).sort();
    if (JSON.stringify(ids.toSorted()) !== JSON.stringify(found))
      throw new Error(`search finds ${found.join(' ')}, but ids finds ${ids.join(' ')}`);
    return found;
  }
}

const open: { close(): Promise<void> }[] = [];

/** Closed when the test has ended. */
export async function opened<Side extends IndexReader | RunStore | IndexInspector>(
  opening: Promise<Side>,
): Promise<Side> {
  const side = await opening;
  open.push(side);
  return side;
}

export function closeAfterEach(): void {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
}
