import Libsql from 'libsql';
import { beforeEach, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { damageOf, openRunStore } from '../../src/index/open.ts';
import {
  closeAfterEach,
  guard,
  iso,
  member,
  opened,
  opening,
  record,
  recordId,
  START,
  type Started,
  userId,
} from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

/** How the file stores the counts of documents: as one note. */

const nextPath = temporaryPaths();
closeAfterEach();

const LATER = START + 60_000;
const NONE = { Account: 0, Contact: 0, Case: 0, Opportunity: 0, Lead: 0 };

let path = '';
let world: Started;

beforeEach(async () => {
  path = nextPath();
  world = await startedIn(path);
  await world.write({ records: leads(60) });
});

const leads = (count: number) => Array.from({ length: count }, (_, n) => record('Lead', n, { Name: `Lead ${n}` }));

function query(sql: string, ...values: string[]): unknown[][] {
  const db = new Libsql(path);
  const rows = db.prepare(sql).raw().all(values);
  db.close();
  return rows as unknown[][];
}

function setNote(value: string): void {
  const db = new Libsql(path);
  db.prepare("update meta set value = ? where key = 'documents'").run(value);
  db.close();
}

const note = (): unknown =>
  JSON.parse(String(query("select value from meta where key = 'documents'")[0]?.[0] ?? 'null'));

it('an index of an earlier version has no counts: its first write counts, and later writes update', async () => {
  const db = new Libsql(path);
  db.exec("delete from meta where key = 'documents'");
  db.close();
  const store = await opened(openRunStore({ index: indexAt(path), create: false }));
  expect(await store.counts()).toEqual({ ...NONE, Lead: 60 });
  expect(note()).toBeNull();
  await store.write(world.fence, { watermarks: [{ object: 'Lead', of: 'records', at: iso(START) }] });
  expect(note()).toEqual({ ...NONE, Lead: 60 });
  await store.write(world.fence, { records: [record('Lead', 60, {}), record('Case', 1, {})] });
  expect(note()).toEqual({ ...NONE, Lead: 61, Case: 1 });
});

it('trusts the note, and counts no document', async () => {
  setNote(JSON.stringify({ Lead: 7 }));
  expect(await world.store.counts()).toEqual({ ...NONE, Lead: 7 });
  await world.write({ records: [record('Lead', 60, {})] });
  expect(await world.store.counts()).toEqual({ ...NONE, Lead: 8 });
});

it('counts all documents if a count would fall below zero, which shows that it was wrong', async () => {
  setNote(JSON.stringify({ ...NONE, Lead: 1 }));
  const removals = [1, 2].map((n) => ({ id: recordId('Lead', n), object: 'Lead' as const, version: LATER }));
  await world.write({ removals });
  expect(await world.store.counts()).toEqual({ ...NONE, Lead: 58 });
});

it('the sweep guard counts the documents, and corrects the note', async () => {
  setNote(JSON.stringify({ ...NONE, Lead: 100_000 }));
  await world.write({ records: [record('Lead', 1, { Name: 'Ada' }, { version: LATER })] });
  const swept = await world.sweep('Lead', LATER, guard(20));
  expect(swept).toEqual({ removed: 0, stopped: { wouldRemove: 59, of: 60 } });
  expect(await world.store.counts()).toEqual({ ...NONE, Lead: 60 });
  setNote(JSON.stringify({ ...NONE, Lead: 100_000 }));
  expect(await world.sweep('Lead', LATER, guard(100))).toEqual({ removed: 59, stopped: null });
  expect(await world.store.counts()).toEqual({ ...NONE, Lead: 1 });
});

it.each([
  ['a negative number', '{"Lead":-1}', 'a JSON text has an unexpected form'],
  ['a text', '{"Lead":"60"}', 'a JSON text has an unexpected form'],
  ['a fraction', '{"Lead":0.5}', 'a JSON text has an unexpected form'],
  ['an unknown object', '{"Leat":60}', 'a JSON text has an unexpected form'],
  ['no JSON', '{"Lead":60', 'a JSON text is invalid'],
])(
  'reports a note that contains %s as damage in runs and in the damage check, and answers searches',
  async (_, value, what) => {
    await world.members(member(1));
    setNote(value);
    const damaged = `The index ${path} cannot be used (${what}). It is damaged. Delete it: the next run builds a new one.`;
    await expect(world.store.counts()).rejects.toThrow(damaged);
    await expect(world.write({ records: leads(1) })).rejects.toThrow(damaged);
    expect(await damageOf(indexAt(path))).toBe(damaged);
    expect((await world.search(1, '', { limit: 1 })).userId).toBe(userId(1));
  },
);

it('counts again in a file that is emptied', async () => {
  await world.store.close();
  query("update meta set value = '0' where key = 'layout' returning key");
  const store = await opened(openRunStore({ index: indexAt(path), create: true }));
  expect(await store.counts()).toEqual(NONE);
  const fence = { ...world.fence, indexId: (await store.state()).indexId };
  await store.admit(fence, { backfillStart: iso(START), now: iso(LATER) });
  await store.begin(fence, opening());
  await store.write(fence, { records: leads(2) });
  expect(note()).toEqual({ ...NONE, Lead: 2 });
});
