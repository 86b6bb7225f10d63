import { afterEach } from 'vitest';
import type { Member, ObjectAccess, ShareRow, UserName } from '../../../src/access/types.ts';
import type { IndexInspector } from '../../../src/index/inspector.ts';
import type {
  BackfillOpening,
  IndexReader,
  IndexWriter,
  MembershipGeneration,
  RecordWrite,
  SearchOptions,
  ShareWrite,
  SweepGuard,
  SweepResult,
  Ticket,
  WriteBatch,
  WriteResult,
} from '../../../src/index/port.ts';
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
  /** Another opened writer on the same index; makes the index where there is none. */
  writer(): Promise<IndexWriter>;
  reader(): Promise<IndexReader>;
  inspector(): Promise<IndexInspector>;
  /** Takes the index away, as an operator would who deletes it. */
  destroy(): Promise<void>;
}

export type NewIndex = () => Promise<IndexUnderTest>;

/** The org's time at which the first backfill of every test starts. */
export const START = Date.parse('2026-03-01T00:00:00.000Z');
/** The org's time at which runs are admitted. */
const NOW = '2026-03-02T00:00:00.000Z';
export const ORG = '00D000000000001EAA';
export const OTHER_ORG = '00D000000000002EAA';

export const iso = (ms: number): string => new Date(ms).toISOString();
/** The suffix tells that the third character is a capital, or that none is. */
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

/** All share rows of one record: who, or who and what the row opens. */
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

/** A sweep's guard; 100 percent: a person has allowed whatever it finds. */
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
    selection: 'all',
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

/** An index in which run 1 has begun its backfill; user 1 owns every record that names no other owner. */
export class Started {
  readonly index: IndexUnderTest;
  readonly writer: IndexWriter;
  readonly ticket: Ticket;
  #asOf = START;

  private constructor(index: IndexUnderTest, writer: IndexWriter, ticket: Ticket) {
    this.index = index;
    this.writer = writer;
    this.ticket = ticket;
  }

  /** A new index in its first backfill, with these members where any are given. */
  static async begin(newIndex: NewIndex, ...members: Member[]): Promise<Started> {
    const index = await newIndex();
    const writer = await opened(index.writer());
    const ticket = { run: 1, indexId: (await writer.state()).indexId, organizationId: ORG };
    const started = new Started(index, writer, ticket);
    await started.begin(opening());
    if (members.length > 0) await started.members(...members);
    return started;
  }

  /** Admits the run for this backfill, or an incremental run, and has it begin. */
  async begin(backfill: BackfillOpening | null, ticket: Ticket = this.ticket): Promise<void> {
    await this.admit(ticket, backfill?.start ?? null);
    await this.writer.begin(ticket, backfill);
  }

  /** Admits the run. Of all that tests write, nothing lies after the org's clock. */
  admit(ticket: Ticket, backfillStart: string | null = null, now: string = NOW): Promise<void> {
    return this.writer.admit(ticket, { backfillStart, now });
  }

  /** Begins a backfill of these objects alone. */
  async beginOf(objects: readonly ObjectName[], start: number, ticket: Ticket = this.ticket): Promise<void> {
    await this.writer.admit(ticket, { backfillStart: iso(start), objects, now: NOW });
    await this.writer.begin(ticket, opening({ start: iso(start) }));
  }

  /** Says of every object that the open backfill has read it to its end. */
  async readToEnd(ticket: Ticket = this.ticket): Promise<void> {
    const position = { after: null, done: true, recordsRead: 0 };
    for (const object of OBJECT_NAMES) await this.writer.write(ticket, { position: { object, position } });
  }

  /** Sweeps as a complete backfill would that began at `before` and has read everything. */
  async sweep(
    object: ObjectName,
    before: number,
    guard: SweepGuard,
    ticket: Ticket = this.ticket,
  ): Promise<SweepResult> {
    await this.begin(opening({ start: iso(before) }), ticket);
    await this.readToEnd(ticket);
    return this.writer.sweep(ticket, object, before, guard);
  }

  /** Ends the open backfill as one that has read everything. */
  async endBackfill(ticket: Ticket = this.ticket, options = { contactsMixed: false }): Promise<void> {
    await this.readToEnd(ticket);
    await this.writer.endBackfill(ticket, options);
  }

  write(batch: WriteBatch): Promise<WriteResult> {
    return this.writer.write(this.ticket, batch);
  }

  /** Makes these users, and their names, the whole membership. */
  async members(...members: Member[]): Promise<void> {
    const names = [...new Set(members.map((each) => each.userId))].map((id) => userName(Number(id.slice(3, 15))));
    await this.writer.replaceMembership(this.ticket, generation(++this.#asOf), members, names);
  }

  async search(n: number, words = '', options: Omit<SearchOptions, 'as'> = {}) {
    const reader = await this.index.reader();
    try {
      return await reader.search(words, { as: userId(n), ...options });
    } finally {
      await reader.close();
    }
  }

  /** Ids that user n finds by a search, sorted; by `ids` too, or it throws. */
  async found(n: number, words = '', types?: readonly ObjectName[]): Promise<string[]> {
    const options = types === undefined ? {} : { types };
    const { hits } = await this.search(n, words, { ...options, limit: 200 });
    const reader = await this.index.reader();
    const ids = await reader.ids(words, { as: userId(n), ...options });
    await reader.close();
    const found = hits.map((hit) => hit.id).sort();
    if (JSON.stringify(ids.toSorted()) !== JSON.stringify(found))
      throw new Error(`search finds ${found.join(' ')}, ids finds ${ids.join(' ')}`);
    return found;
  }
}

const open: { close(): Promise<void> }[] = [];

/** Closed when the test has ended. */
export async function opened<Side extends IndexReader | IndexWriter | IndexInspector>(
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
