import { expect, test } from 'vitest';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import type { TestOrg } from './org.ts';
import { leadFor, membershipOf, REFUSED, readers, standardProfile, user } from './org.ts';

// world > europe > france, in the active model. old is in an archived model.
const org = {
  ...standardProfile(),
  User: ['005world', '005europe', '005france', '005spain', '005left', '005old'].map((id) => user(id)),
  Territory2Model: [
    { Id: 'now', State: 'Active' },
    { Id: 'then', State: 'Archived' },
  ],
  Territory2: [
    { Id: 'world', ParentTerritory2Id: null, Territory2ModelId: 'now' },
    { Id: 'europe', ParentTerritory2Id: 'world', Territory2ModelId: 'now' },
    { Id: 'france', ParentTerritory2Id: 'europe', Territory2ModelId: 'now' },
    { Id: 'spain', ParentTerritory2Id: 'europe', Territory2ModelId: 'now' },
    { Id: 'old', ParentTerritory2Id: null, Territory2ModelId: 'then' },
  ],
  UserTerritory2Association: [
    { UserId: '005world', Territory2Id: 'world', IsActive: true },
    { UserId: '005europe', Territory2Id: 'europe', IsActive: true },
    { UserId: '005france', Territory2Id: 'france', IsActive: null },
    { UserId: '005spain', Territory2Id: 'spain', IsActive: true },
    { UserId: '005left', Territory2Id: 'europe', IsActive: false },
    { UserId: '005old', Territory2Id: 'old', IsActive: true },
  ],
} satisfies TestOrg;

const groupOf = (Type: string, RelatedId: string) => ({ Group: [{ Id: '00Gx', Type, RelatedId }] });

test.each([
  [
    'Territory reaches its users and those of the territories above',
    'Territory',
    'france',
    ['005europe', '005france', '005world'],
  ],
  ['Territory reaches nobody below, and nobody whose association has ended', 'Territory', 'world', ['005world']],
  [
    'TerritoryAndSubordinates also reaches those below',
    'TerritoryAndSubordinates',
    'europe',
    ['005europe', '005france', '005spain', '005world'],
  ],
  [
    'TerritoryAndSubordinates reaches no sibling',
    'TerritoryAndSubordinates',
    'france',
    ['005europe', '005france', '005world'],
  ],
  ['a territory of an inactive model reaches nobody', 'Territory', 'old', []],
  ['a territory that is not shown reaches nobody', 'Territory', 'none', []],
])('%s', (_, Type, RelatedId, expected) => {
  expect(readers({ ...org, ...groupOf(Type, RelatedId) }, leadFor('00Gx'))).toEqual(expected);
});

test('territories reach users inside a group, and the outer switch adds those above the users', () => {
  const nested = {
    ...org,
    UserRole: [{ Id: 'ceo' }, { Id: 'rep', ParentRoleId: 'ceo' }],
    User: [user('005ceo', { UserRoleId: 'ceo' }), user('005spain', { UserRoleId: 'rep' })],
    GroupMember: [{ GroupId: '00Gx', UserOrGroupId: '00Gt' }],
  };
  const group = (DoesIncludeBosses: boolean) => [
    { Id: '00Gx', Type: 'Regular', DoesIncludeBosses },
    { Id: '00Gt', Type: 'Territory', RelatedId: 'spain' },
  ];
  expect(readers({ ...nested, Group: group(false) }, leadFor('00Gx'))).toEqual(['005spain']);
  expect(readers({ ...nested, Group: group(true) }, leadFor('00Gx'))).toEqual(['005ceo', '005spain']);
});

test.each<[string, TestOrg, CoverageGap[]]>([
  [
    'an org without territories has no coverage gap',
    { Territory2: null, Territory2Model: null, UserTerritory2Association: null },
    [],
  ],
  [
    'territory groups without readable territories reach nobody, and are reported',
    { ...groupOf('Territory', 'france'), Territory2Model: null },
    [{ code: 'table_unreadable', table: 'Territory2Model', loss: 'territories', reason: REFUSED, count: 1 }],
  ],
  [
    'tables of territories count together, and the last one says why',
    {
      ...groupOf('Territory', 'france'),
      Territory2Model: null,
      Territory2: [{ Id: 'france', Territory2ModelId: 'now' }],
      UserTerritory2Association: null,
    },
    [{ code: 'table_unreadable', table: 'UserTerritory2Association', loss: 'territories', reason: REFUSED, count: 2 }],
  ],
  ['a territory of another model is no coverage gap', groupOf('Territory', 'old'), []],
  [
    'a territory that is not shown is reported',
    groupOf('Territory', 'none'),
    [{ code: 'group_related_hidden', groupType: 'Territory', count: 1 }],
  ],
])('%s', (_, more, gaps) => {
  expect(readers({ ...org, ...more }, leadFor('00Gx'))).toEqual([]);
  expect(membershipOf({ ...org, ...more }).gaps).toEqual(gaps);
});
