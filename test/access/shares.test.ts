import { expect, test } from 'vitest';
import { shareRow } from '../../src/access/shares.ts';
import { OBJECTS, objectNamed } from '../../src/objects/index.ts';

const account = objectNamed('Account');

test.each([
  ['Read opens the record', 'Read', true],
  ['Edit opens the record', 'Edit', true],
  ['All, the owner’s level, opens the record', 'All', true],
  ['None opens nothing', 'None', false],
  ['an empty level opens nothing', '', false],
  ['a null level opens nothing', null, false],
  ['a missing level opens nothing', undefined, false],
  ['an unknown level opens nothing', 'ReadSome', false],
  ['levels are case-sensitive', 'read', false],
])('%s', (_, level, opens) => {
  for (const object of OBJECTS) {
    const row = shareRow(object, { UserOrGroupId: '005amy', RowCause: 'Rule', [object.share.levelField]: level });
    expect(row).toEqual({ grantee: '005amy', cause: 'Rule', opens: opens ? [object.name] : [] });
  }
});

test.each([
  ['contacts', 'ContactAccessLevel', 'Contact'],
  ['cases', 'CaseAccessLevel', 'Case'],
  ['opportunities', 'OpportunityAccessLevel', 'Opportunity'],
])('an AccountShare row opens the account’s %s by their own level', (_, field, child) => {
  const row = { UserOrGroupId: '00Gteam', RowCause: 'Team', AccountAccessLevel: 'Read' };
  expect(shareRow(account, { ...row, [field]: 'Read' }).opens.toSorted()).toEqual(['Account', child].sort());
  expect(shareRow(account, { ...row, [field]: 'None' }).opens).toEqual(['Account']);
  expect(shareRow(account, { ...row, AccountAccessLevel: 'None', [field]: 'Edit' }).opens).toEqual([child]);
});

test('a child level on the share row of another object gives no access', () => {
  const row = shareRow(objectNamed('Case'), { UserOrGroupId: '005amy', OpportunityAccessLevel: 'Edit' });
  expect(row.opens).toEqual([]);
});

test.each([
  ['in the format of REST', true, []],
  ['in the format of CSV', 'true', []],
  ['near miss: a row that is not deleted', false, ['Account']],
  ['near miss: a row that is not deleted, in CSV', 'false', ['Account']],
  ['near miss: a row without IsDeleted', null, ['Account']],
])('a deleted row opens nothing (%s)', (_, IsDeleted, opens) => {
  const row = { UserOrGroupId: '005amy', AccountAccessLevel: 'Edit', IsDeleted };
  expect(shareRow(account, row).opens).toEqual(opens);
});

test.each([[null], [undefined], ['']])('a row without a grantee (%s) opens nothing', (UserOrGroupId) => {
  expect(shareRow(account, { UserOrGroupId, AccountAccessLevel: 'All' }).opens).toEqual([]);
});
