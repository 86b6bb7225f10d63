import { describe, expect, it } from 'vitest';
import { gapList } from '../../src/access/gap-list.ts';
import { type CoverageGap, gapClosesEverything } from '../../src/facts/coverage-gaps.ts';
import { REFUSED } from './org.ts';

describe('the list of coverage gaps', () => {
  it('adds up the gaps of one subject, and keeps the subjects in the order of their first gap', () => {
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

  it('counts tables by what is lost with them, and the last table says why', () => {
    const gaps = gapList();
    const lost = { code: 'table_unreadable', loss: 'territories', count: 1 } as const;
    gaps.add({ ...lost, table: 'Territory2Model', reason: { kind: 'table_hidden' } });
    gaps.add({ ...lost, table: 'Territory2', reason: REFUSED });
    expect(gaps.list()).toEqual([{ ...lost, table: 'Territory2', reason: REFUSED, count: 2 }]);
  });

  it('omits empty gaps', () => {
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
])('reports that nobody finds anything: %s, by %j', (isTrue, gap) => {
  expect(gapClosesEverything(gap)).toBe(isTrue);
});
