import { describe, expect, it } from 'vitest';
import { type CoverageGap, gapClosesEverything, gapList } from '../../src/access/coverage-gaps.ts';
import { REFUSED } from './org.ts';

describe('the list of gaps', () => {
  it('adds up what has one subject, and keeps the order in which subjects came', () => {
    const gaps = gapList();
    gaps.add({ code: 'group_members_unknown', groupType: 'Participant', count: 1 });
    gaps.add({ code: 'role_cycle', count: 3 });
    gaps.add({ code: 'group_members_unknown', groupType: null, count: 1 });
    gaps.add({ code: 'group_members_unknown', groupType: 'Participant', count: 2 });
    expect(gaps.list()).toEqual([
      { code: 'group_members_unknown', groupType: 'Participant', count: 3 },
      { code: 'role_cycle', count: 3 },
      { code: 'group_members_unknown', groupType: null, count: 1 },
    ]);
  });

  it('counts tables by what is lost with them; the last one says why', () => {
    const gaps = gapList();
    const lost = { code: 'table_unreadable', loss: 'territories', count: 1 } as const;
    gaps.add({ ...lost, table: 'Territory2Model', reason: { kind: 'table_hidden' } });
    gaps.add({ ...lost, table: 'Territory2', reason: REFUSED });
    expect(gaps.list()).toEqual([{ ...lost, table: 'Territory2', reason: REFUSED, count: 2 }]);
  });

  it('has nothing of which there is none', () => {
    const gaps = gapList();
    gaps.add({ code: 'role_hidden', count: 0 });
    expect(gaps.list()).toEqual([]);
  });
});

const RIGHT = { code: 'right_missing', inferred: true, externalOnly: false, count: null } as const;

it.each<[boolean, CoverageGap]>([
  [true, { ...RIGHT, right: 'view-setup' }],
  [true, { ...RIGHT, right: 'view-setup', inferred: false }],
  [false, { ...RIGHT, right: 'view-roles' }],
  [false, { ...RIGHT, right: 'view-all-users' }],
  [false, { ...RIGHT, right: 'manage-users' }],
  [false, { code: 'field_hidden', object: 'Case', field: 'Subject', count: 1 }],
  [false, { code: 'table_unreadable', table: 'PermissionSet', loss: 'permission_sets', reason: REFUSED, count: 1 }],
])('nobody finds anything: %s, by %j', (isTrue, gap) => {
  expect(gapClosesEverything(gap)).toBe(isTrue);
});
