import Libsql from 'libsql';
import { beforeEach, expect, it } from 'vitest';
import type { ParentRange } from '../../src/index/port/ledger.ts';
import {
  closeAfterEach,
  groupId,
  guard,
  iso,
  opening,
  recordId,
  START,
  type Started,
  shares,
} from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

/** The file keeps an object's counted ledger until its share rows change. */

const ALL: ParentRange = { after: null, upTo: null };
const LATER = START + 60_000;

const nextPath = temporaryPaths();
closeAfterEach();

let path = '';
let world: Started;

const rowsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => groupId(n));

beforeEach(async () => {
  path = nextPath();
  world = await startedIn(path);
  await world.write({
    shares: [shares('Case', 1, rowsOf(3)), shares('Case', 2, rowsOf(2)), shares('Lead', 1, rowsOf(4))],
  });
});

const asked = async (object: 'Case' | 'Lead', rows = 100) =>
  (await world.store.shareLedgerAhead(object, ALL, rows, null)).map((piece) => [piece.parents, piece.rows]);

/** Changes what counting would find, behind the store. */
function countDifferently(): void {
  const db = new Libsql(path);
  for (const id of [recordId('Case', 1), recordId('Lead', 1)])
    db.prepare('update parent set row_count = row_count + 10 where id = ?').run(id);
  db.close();
}

it('is not counted again while no share rows change', async () => {
  expect([await asked('Case'), await asked('Lead')]).toEqual([[[2, 5]], [[1, 4]]]);
  countDifferently();
  await world.write({ shares: [shares('Case', 2, rowsOf(2), LATER)] });
  expect([await asked('Case'), await asked('Lead')]).toEqual([[[2, 5]], [[1, 4]]]);
});

it('gives each object pieces of its own, even if their ledgers are equal', async () => {
  await world.write({ shares: [shares('Lead', 1, rowsOf(3)), shares('Lead', 2, rowsOf(2))] });
  const ask = (object: 'Case' | 'Lead') => world.store.shareLedgerAhead(object, ALL, 100, null);
  for (let times = 0; times < 2; times++) {
    const [[ofCases], [ofLeads]] = [await ask('Case'), await ask('Lead')];
    expect(ofCases).toEqual(ofLeads);
    expect(ofCases).not.toBe(ofLeads);
  }
});

it('is counted again after a change of the same object, and for pieces of another size', async () => {
  expect([await asked('Case'), await asked('Lead')]).toEqual([[[2, 5]], [[1, 4]]]);
  countDifferently();
  await world.write({ shares: [shares('Case', 2, rowsOf(1), LATER)] });
  expect([await asked('Case'), await asked('Lead')]).toEqual([[[2, 14]], [[1, 4]]]);
  expect(await asked('Lead', 200)).toEqual([[1, 14]]);
});

it('is counted again after a sweep has removed parents', async () => {
  expect(await asked('Case')).toEqual([[2, 5]]);
  await world.sweep('Case', LATER, guard(100));
  expect(await asked('Case')).toEqual([[0, 0]]);
});

it('is counted again after the org set its clock back', async () => {
  const newest = iso(LATER);
  await world.write({ shares: [{ ...shares('Case', 1, rowsOf(3), LATER), newest }] });
  const ask = () => world.store.shareLedgerAhead('Case', ALL, 100, null);
  expect(await ask()).toEqual([{ ...ALL, parents: 2, rows: 5, newest }]);
  const fence = { ...world.fence, run: 2 };
  await world.admit(fence, iso(START - 3_600_000), iso(START - 3_600_000));
  expect(await ask()).toEqual([{ ...ALL, parents: 2, rows: 5, newest: null }]);
});

it('is counted again after a backfill has ended, which forgets parents of removed records', async () => {
  await world.write({ removals: [{ id: recordId('Case', 1), object: 'Case', version: START + 2_000 }] });
  expect(await asked('Case')).toEqual([[2, 5]]);
  await world.begin(opening({ start: iso(LATER) }));
  await world.endBackfill();
  expect(await asked('Case')).toEqual([[1, 2]]);
});
