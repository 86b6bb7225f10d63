import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexAt } from '../../../src/index/location.ts';
import { keysetCursor } from '../../../src/index/model/reading-cursor.ts';
import { openIndexReader, openInspector, openRunStore } from '../../../src/index/open.ts';
import { OBJECT_NAMES, objectNamed } from '../../../src/objects/index.ts';
import { tablesOf, user } from '../../access/org.ts';
import {
  generation,
  groupId,
  iso,
  member,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
  userName,
} from '../contract/setup.ts';

const RECORDS = 40;
const GROUPS = 150;

/** What the child knows about the index that it damages. */
export interface Facts {
  readonly fence: Started['fence'];
  readonly users: readonly string[];
  /** Users who do not read everything: the ids that they may read. */
  readonly readable: Readonly<Record<string, readonly string[]>>;
  /** Each record's strings. */
  readonly strings: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Makes an index with a row in every table and several pages each. Writes what the child must know beside it. */
export async function makeBase(folder: string): Promise<void> {
  const path = join(folder, 'base.sqlite');
  const world = await Started.begin(async () => ({
    store: () => openRunStore({ index: indexAt(path), create: true }),
    reader: () => openIndexReader({ index: indexAt(path) }),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => {},
  }));
  const records = OBJECT_NAMES.flatMap((object) =>
    Array.from({ length: RECORDS }, (_, n) => {
      const [title = '', ...others] = objectNamed(object).fields;
      const fields = {
        [title]: `${object} pump ${n}`,
        ...Object.fromEntries(others.map((field) => [field, `übung ${field} ${n} `.repeat(n === 7 ? 200 : 2)])),
      };
      const isChild = objectNamed(object).accountField !== null;
      return record(object, n, fields, {
        ownerId: userId((n % 5) + 1),
        accountId: isChild && n % 3 > 0 ? recordId('Account', n) : null,
        modified: iso(START - n * 60_000),
      });
    }),
  );
  await world.write({
    records,
    shares: OBJECT_NAMES.flatMap((object) =>
      Array.from({ length: RECORDS }, (_, n) =>
        shares(
          object,
          n,
          Array.from({ length: n % 12 }, (_, at) => groupId((n * 3 + at * 13) % GROUPS)),
        ),
      ),
    ),
    removals: [
      {
        id: recordId('Lead', 500),
        object: 'Lead',
        version: START + 2_000,
        cause: { code: 'field_holds_list', field: 'Name' },
      },
    ],
    watermarks: [{ object: 'Lead', of: 'records', at: iso(START) }],
    position: {
      object: 'Lead',
      position: { cursor: keysetCursor(recordId('Lead', 9)), done: true, recordsRead: 40 },
    },
  });
  await world.write({ removals: [{ id: recordId('Lead', 39), object: 'Lead', version: START + 3_000 }] });
  const people = Array.from({ length: 30 }, (_, n) => n + 1);
  const many = Array.from({ length: GROUPS }, (_, n) => groupId(n));
  const members = people.map((n) =>
    n === 1
      ? member(n, [], Object.fromEntries(OBJECT_NAMES.map((name) => [name, { reach: 'all', fields: 'all' }])))
      : member(
          n,
          n === 2 ? many : n === 3 ? [] : many.slice(n, n + 3),
          n === 3 ? { Case: { reach: 'bare', fields: 'all' } } : {},
        ),
  );
  const tables = tablesOf({ User: people.map((n) => user(userId(n), { Name: `User ${n}`, UserRoleId: null })) });
  const reading = { soql: 'select Id from User', at: START, count: 30, newest: iso(START) };
  await world.store.replaceMembership(
    world.fence,
    { ...generation(START + 1), groups: many, shared: [...OBJECT_NAMES], tables, readings: { User: reading } },
    members,
    people.map((n) => userName(n, { name: `Jürgen ${n}`, federationId: `fed-${n}`, email: `mail${n}@acme.example` })),
  );
  await world.store.noteRights(world.fence, { Lead: { whole: false, traces: { profile: 'x' } } }, iso(START));
  await world.store.notePass(world.fence, {
    before: iso(START),
    streams: [{ object: 'Lead', of: 'records', after: { stamp: iso(START), id: recordId('Lead', 1) } }],
  });
  await world.store.noteStreams(world.fence, {
    at: iso(START),
    blocked: [{ object: 'Case', of: 'shares', code: 'QUERY_TIMEOUT', message: 'QUERY_TIMEOUT' }],
  });
  await world.begin(opening());
  await world.store.close();

  const reader = await openIndexReader({ index: indexAt(path) });
  const users = [1, 2, 3, 4].map(userId);
  const readable = Object.fromEntries(
    await Promise.all(users.map(async (as) => [as, await reader.ids('', { as })] as const)),
  );
  await reader.close();
  const strings = Object.fromEntries(records.map(({ id, fields }) => [id, fields]));
  const facts: Facts = { fence: world.fence, users, readable, strings };
  writeFileSync(join(folder, 'facts.json'), JSON.stringify(facts));
}
