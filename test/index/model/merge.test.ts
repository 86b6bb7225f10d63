import { expect, it } from 'vitest';
import { differenceOf, tombstone, versionToReach, withShares, written } from '../../../src/index/model/merge.ts';
import { groupId, record, recordId, START, userId } from '../contract/setup.ts';

const ada = record('Lead', 1, { Name: 'Ada' }, { version: START });
const made = { ...written(ada, null), principalNumbers: [1, 2] };

it('a part must reach the version of the newest part that was accepted', () => {
  const removal = { id: ada.id, object: 'Lead', version: START + 5 } as const;
  expect([
    versionToReach(null, null),
    versionToReach(made, null),
    versionToReach(made, { record: { ...ada, version: START + 3 } }),
    versionToReach(made, { removal }),
    versionToReach(tombstone(ada.id, 'Lead', START + 7), null),
  ]).toEqual([Number.NEGATIVE_INFINITY, START, START + 3, START + 5, START + 7]);
});

it('a new record, and one with another owner or account, waits for its share rows', () => {
  const known = { ...made, sharesDue: 0 };
  const next = { ...ada, version: START + 9 };
  expect(made.sharesDue).toBe(START);
  expect(written(next, known).sharesDue).toBe(0);
  expect(written({ ...next, ownerId: userId(2) }, known).sharesDue).toBe(START + 9);
  expect(written({ ...next, accountId: recordId('Account', 1) }, known).sharesDue).toBe(START + 9);
});

it('share rows count once they are as new as what is due', () => {
  expect([null, START - 1, START, START + 1].map((version) => withShares(made, version).sharesDue)).toEqual([
    START,
    START,
    0,
    0,
  ]);
});

it.each([
  ['the same text and principals', 'renewed', made],
  ['another text', 'changed', { ...made, hash: written({ ...ada, fields: { Name: 'Bea' } }, null).hash }],
  ['another principal', 'changed', { ...made, principalNumbers: [1, 3] }],
  ['a further principal', 'changed', { ...made, principalNumbers: [1, 2, 3] }],
])('%s: %s', (_, difference, next) => {
  expect(differenceOf(made, next)).toBe(difference);
  expect(differenceOf(null, next)).toBe('added');
});

it('the hash of the strings depends on the record and not on the order of the fields', () => {
  const fields = { Name: 'Ada', Company: groupId(1) };
  const turned = { Company: groupId(1), Name: 'Ada' };
  const hashOf = (n: number, strings: Record<string, string>) => written(record('Lead', n, strings), null).hash;
  expect(hashOf(1, fields)).toBe(hashOf(1, turned));
  expect(hashOf(1, fields)).not.toBe(hashOf(2, fields));
});
