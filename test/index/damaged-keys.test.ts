import { readFileSync, writeFileSync } from 'node:fs';
import Libsql from 'libsql';
import { beforeEach, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { IndexUnavailableError } from '../../src/index/port/errors.ts';
import type { RunStore } from '../../src/index/port/run-store.ts';
import {
  closeAfterEach,
  generation,
  groupId,
  member,
  opened,
  record,
  recordId,
  START,
  type Started,
  shares,
} from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

const nextPath = temporaryPaths();
closeAfterEach();

const PAGE = 4096;

let path = '';
let world: Started;

beforeEach(async () => {
  path = nextPath();
  world = await startedIn(path);
});

const lead = (n: number, rest = {}) => record('Lead', n, { Name: `Ada ${n}` }, rest);

/** Changes the file while nobody has it open, and opens its run store. */
async function afterwards(change: () => void): Promise<RunStore> {
  await world.store.close();
  change();
  return opened(openRunStore({ index: indexAt(path), create: false }));
}

function execute(text: string): void {
  const db = new Libsql(path);
  db.exec(text);
  db.close();
}

function sql<Row>(text: string): Row[] {
  const db = new Libsql(path);
  const rows = db.prepare(text).raw().all([]) as Row[];
  db.close();
  return rows;
}

/** Replaces one digit of an id with a space, only in the index of all ids. */
function spoilKey(id: string): void {
  const [[root] = [0]] = sql<[number]>("select rootpage from sqlite_master where name = 'sqlite_autoindex_doc_1'");
  const bytes = readFileSync(path);
  const page = bytes.subarray((root - 1) * PAGE, root * PAGE);
  const at = page.indexOf(id);
  expect(at).toBeGreaterThan(0);
  page.write(' ', at + 5);
  writeFileSync(path, bytes);
}

async function expectDamage(call: Promise<unknown>, what: string): Promise<void> {
  const error = await call.then(
    () => expect.fail('The call succeeded, but must fail.'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(IndexUnavailableError);
  expect(error).toMatchObject({
    isDamaged: true,
    mayPass: false,
    message: `The index ${path} cannot be used (${what}). It is damaged. Delete it: the next run builds a new one.`,
  });
}

describe('a record that its id does not lead to', () => {
  let store: RunStore;
  let before: unknown[];
  beforeEach(async () => {
    await world.write({ records: [1, 2, 3].map((n) => lead(n)) });
    // SQLite looks for the first one to the right of the key that is out of order.
    store = await afterwards(() => spoilKey(recordId('Lead', 2)));
    before = sql('select * from doc');
  });

  it('is not written twice', async () => {
    await expectDamage(store.write(world.fence, { records: [lead(1)] }), 'a record is not found by its id');
    expect(sql('select * from doc')).toEqual(before);
  });

  it('is not written a second time if it has changed and its index shows more records with the id', async () => {
    // With three more, SQLite looks elsewhere first.
    const others = [4, 5, 6].map((n) => lead(n));
    const records = [...others, lead(1, { modified: new Date(START).toISOString() })];
    await expectDamage(store.write(world.fence, { records }), 'SQLITE_CONSTRAINT_UNIQUE');
    expect(sql('select * from doc')).toEqual(before);
  });
});

it.each([
  ['strings', 'delete from doc'],
  ['principals', 'delete from body; delete from doc'],
])(
  'reports %s of a record that were left behind as damage, and lists no record as unindexed because of them',
  async (_, change) => {
    const batch = {
      records: [lead(1)],
      shares: [
        shares(
          'Lead',
          1,
          Array.from({ length: 12 }, (_, n) => groupId(n)),
        ),
      ],
    };
    await world.write(batch);
    expect(sql('select rid from more_access')).not.toEqual([]);
    const store = await afterwards(() => execute(change));
    await expectDamage(store.write(world.fence, batch), 'SQLITE_CONSTRAINT_PRIMARYKEY');
    expect([(await store.health()).unindexed.count, sql('select id from doc')]).toEqual([0, []]);
  },
);

it('reports rows of a membership that does not exist yet as damage', async () => {
  await world.members(member(1));
  const store = await afterwards(() => execute('update member set gen = gen + 1'));
  const next = store.replaceMembership(world.fence, generation(START + 10), [member(1)], []);
  await expectDamage(next, 'SQLITE_CONSTRAINT_UNIQUE');
});
