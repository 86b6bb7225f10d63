import { expect, it } from 'vitest';
import { positionOf, storedPosition, storedPositions } from '../../activities/stored-position.ts';

const ID = '001000000000099AAA';
const KEYSET = { kind: 'keyset', after: ID };
const REST = { done: false, recordsRead: 99 };

it.each([
  ['a keyset also as its id, for older versions', KEYSET, ID],
  ['the beginning', null, null],
  ['a kind that older versions do not know', { kind: 'of_tomorrow', job: 7 }, null],
])('stores %s, and reads it again', (_, cursor, after) => {
  const stored = storedPosition({ cursor, ...REST });
  expect(stored).toEqual({ cursor, after, ...REST });
  expect(positionOf(stored)).toEqual({ cursor, ...REST });
  expect(storedPositions({ Lead: { cursor, ...REST } })).toEqual({ Lead: stored });
});

it.each([
  ['a position', ID, KEYSET],
  ['the beginning', null, null],
])('reads %s that an older version stored', (_, after, cursor) => {
  expect(positionOf({ after, ...REST })).toEqual({ cursor, ...REST });
});
