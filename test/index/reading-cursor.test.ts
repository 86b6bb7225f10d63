import Libsql from 'libsql';
import { expect, it } from 'vitest';
import { keysetAfter } from '../../src/index/model/reading-cursor.ts';
import type { ReadingCursor } from '../../src/index/port/backfill.ts';
import { closeAfterEach, recordId, type Started } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

// How a file stores the cursor of a position. Files of every version with this layout have it in the same column.

const newPath = temporaryPaths();
closeAfterEach();

const LEAD = recordId('Lead', 7);

function column(path: string): unknown {
  const db = new Libsql(path);
  const row = db.prepare('select max(after_id) from progress').raw().get() as unknown[];
  db.close();
  return row[0];
}

/** Writes the column of an object that is read half. */
function put(path: string, afterId: string): void {
  const db = new Libsql(path);
  db.prepare('update progress set after_id = ?, done = 0, records_read = 5 where obj = 5').run(afterId);
  db.close();
}

const held = async ({ store }: Started) => (await store.state()).backfill?.positions.Lead;

it.each<[string, ReadingCursor | null, string | null]>([
  ['a keyset as its id alone, which every version reads', { kind: 'keyset', after: LEAD } as ReadingCursor, LEAD],
  ['the beginning as nothing', null, null],
  ['another kind as JSON', { kind: 'job', locator: 'x' } as ReadingCursor, '{"kind":"job","locator":"x"}'],
])('stores %s', async (_, cursor, stored) => {
  const path = newPath();
  const world = await startedIn(path);
  await world.write({ position: { object: 'Lead', position: { cursor, done: false, recordsRead: 5 } } });
  expect(column(path)).toBe(stored);
});

it.each([
  ['of every version', LEAD, { kind: 'keyset', after: LEAD }],
  ['of a later version', '{"kind":"job","locator":"x"}', { kind: 'job', locator: 'x' }],
])('reads the column %s', async (_, stored, cursor) => {
  const path = newPath();
  const world = await startedIn(path);
  put(path, stored);
  expect(await held(world)).toEqual({ cursor, done: false, recordsRead: 5 });
});

it.each(['001', '{"kind":7}', '["keyset"]', 'null'])('reports damage if the column has %s', async (stored) => {
  const path = newPath();
  const world = await startedIn(path);
  put(path, stored);
  await expect(held(world)).rejects.toThrow('It is damaged. Delete it');
});

it.each<[string, object, string | null]>([
  ['continues after its id', { kind: 'keyset', after: LEAD }, LEAD],
  ['without an id is at the beginning', { kind: 'keyset' }, null],
  ['with another text than an id is at the beginning', { kind: 'keyset', after: "x' or" }, null],
  ['with an id in a list is at the beginning', { kind: 'keyset', after: [LEAD] }, null],
  ['of another kind is at the beginning', { kind: 'job', after: LEAD }, null],
])('a cursor %s', (_, cursor, after) => {
  expect(keysetAfter(cursor as ReadingCursor)).toBe(after);
});
