import { expect, it } from 'vitest';
import { type BackfillNotes, backfillClosed, mayStayMixed, openBackfill } from '../../../src/index/model/backfill.ts';
import { checkStart } from '../../../src/index/model/clock.ts';
import { decideSweep } from '../../../src/index/model/sweep.ts';
import { NotAdmittedError, SelectionChangedError } from '../../../src/index/port/errors.ts';
import { guard, iso, opening, START } from '../contract/setup.ts';

it.each([
  ['few of many', 10, 100, guard(20), false, 'documents_and_shares'],
  ['many of many', 60, 100, guard(20), false, 'stop'],
  ['many of many, and a person has allowed it', 60, 100, guard(100), false, 'documents_and_shares'],
  ['none', 0, 100, guard(20), false, 'documents_and_shares'],
  ['few, and nothing is allowed', 10, 100, guard(null), false, 'stop'],
  ['none, and nothing is allowed', 0, 100, guard(null), false, 'nothing'],
  ['few of a hidden object', 10, 100, guard(20, 'nothing'), true, 'stop'],
  ['none of a hidden object', 0, 100, guard(20, 'nothing'), true, 'nothing'],
  ['few of a hidden object whose documents may go', 10, 100, guard(20, 'documents'), true, 'documents'],
] as const)('a sweep of %s (%i of %i)', (_, unseen, of, guarded, isHidden, decision) => {
  expect(decideSweep({ unseen, of }, guarded, isHidden)).toBe(decision);
});

const [first, second] = [iso(START), iso(START + 60_000)];
const none: BackfillNotes = {
  admittedStart: first,
  admittedObjects: null,
  schema: null,
  backfillStart: null,
  backfillObjects: null,
  lastBackfill: null,
  unguarded: [],
  contacts: null,
  contactsMixed: false,
  contactsChangedIn: null,
};
const open: BackfillNotes = { ...none, schema: 'all', backfillStart: first, contacts: 'controlled' };

it('a backfill with a new start is new, the same start continues it, and an ended one is not opened again', () => {
  expect(openBackfill(none, 1, opening())).toMatchObject({ isNew: true, notes: { backfillStart: first } });
  expect(openBackfill(open, 1, opening())?.isNew).toBe(false);
  expect(openBackfill({ ...open, ...backfillClosed(first, false) }, 1, opening())).toBeNull();
  expect(openBackfill(open, 1, null)).toBeNull();
});

it('a backfill that the run was not admitted for, or another schema half-way, is refused', () => {
  expect(() => openBackfill(open, 1, opening({ start: second }))).toThrow(NotAdmittedError);
  expect(() => openBackfill(open, 1, opening({ schema: 'less' }))).toThrow(SelectionChangedError);
});

it('a new backfill takes over what an unfinished one should have removed', () => {
  const unfinished: BackfillNotes = { ...open, admittedStart: second, unguarded: ['Lead'] };
  const opened = openBackfill(unfinished, 2, opening({ start: second, unguarded: ['Case', 'Lead'] }));
  expect(opened?.notes.unguarded).toEqual(['Lead', 'Case']);
});

it('contacts stay mixed if their sharing changed in the backfill that ends', () => {
  const changed = { ...open, ...openBackfill(open, 1, opening({ contacts: 'own' }))?.notes };
  expect([changed.contactsMixed, changed.contactsChangedIn]).toEqual([true, first]);
  expect(mayStayMixed(changed, false)).toBe(true);
  const next = {
    ...changed,
    ...openBackfill({ ...changed, admittedStart: second }, 2, opening({ start: second, contacts: 'own' }))?.notes,
  };
  expect([mayStayMixed(next, false), mayStayMixed(next, true)]).toEqual([false, true]);
  expect(mayStayMixed(open, true)).toBe(false);
});

it('a backfill cannot start more than ten minutes before what is indexed', () => {
  const known = [iso(START)];
  expect(() => checkStart(iso(START - 10 * 60_000), known)).not.toThrow();
  expect(() => checkStart(iso(START - 10 * 60_000 - 1), known)).toThrow(NotAdmittedError);
});
