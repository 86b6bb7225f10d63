import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg } from '../../src/org/open.ts';
import type { Org, Row } from '../../src/org/types.ts';

const FOLDER = fileURLToPath(new URL('../../orgs/harbor', import.meta.url));
const RECORDS = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];

let org: Org;
beforeAll(async () => {
  org = await openOrg(FOLDER);
});
afterAll(() => org.close());

const by = (object: string, where?: Row) => org.rows(object, where);

test('the org has the size of a small company', () => {
  expect(Object.fromEntries(['User', ...RECORDS].map((object) => [object, by(object).length]))).toEqual({
    User: 15,
    Account: 60,
    Contact: 90,
    Case: 80,
    Opportunity: 70,
    Lead: 40,
  });
});

test('its users include an inactive one, one without a role, an administrator and an integration user', () => {
  expect(by('User', { IsActive: false })).toHaveLength(1);
  expect(by('User', { UserRoleId: null, UserType: 'Standard' }).map((user) => user.Username)).toContain(
    'oliver.grant@harbor.example',
  );
  expect(by('User', { Username: 'admin@harbor.example', IsActive: true })).toHaveLength(1);
  expect(by('User', { Id: org.settings.runAs })).toMatchObject([{ Username: 'integration@harbor.example' }]);
});

test('roles form one tree of at least four levels', () => {
  const parents = new Map(by('UserRole').map((role) => [role.Id, role.ParentRoleId]));
  const depth = (role: Row[string] | undefined): number => (role == null ? 0 : 1 + depth(parents.get(role)));
  expect(Math.max(...[...parents.keys()].map(depth))).toBeGreaterThanOrEqual(4);
  expect([...parents.values()].filter((parent) => parent === null)).toHaveLength(1);
});

test('its special cases are private opportunities, contacts without account, converted leads and cases of a queue', () => {
  const [queue] = by('Group', { Type: 'Queue' });
  expect(by('Opportunity', { IsPrivate: true })).toHaveLength(2);
  expect(by('Contact', { AccountId: null })).toHaveLength(2);
  expect(by('Lead', { IsConverted: true })).toHaveLength(2);
  expect(by('Case', { OwnerId: queue?.Id ?? '' }).length).toBeGreaterThan(5);
});

test('every lookup names an existing record', () => {
  const ids = new Set(org.objects().flatMap((schema) => by(schema.name).map((row) => row.Id)));
  const dangling = org.objects().flatMap((schema) =>
    schema.fields
      .filter((field) => field.type === 'reference')
      .flatMap((field) => by(schema.name).map((row) => ({ at: `${schema.name}.${field.name}`, to: row[field.name] })))
      .filter(({ to }) => to != null && !ids.has(to)),
  );
  expect(dangling).toEqual([]);
});

test('every id has the prefix of its object', () => {
  const wrong = org.objects().flatMap((schema) =>
    by(schema.name)
      .map((row) => String(row.Id ?? schema.keyPrefix))
      .filter((id) => !id.startsWith(schema.keyPrefix ?? '')),
  );
  expect(wrong).toEqual([]);
});

test('every owner has a share row, and private opportunities have no others', () => {
  const sharers = (object: string, id: Row[string] | undefined) =>
    by(`${object}Share`, { [`${object}Id`]: id ?? '' }).map((row) => row.UserOrGroupId);
  const missing = RECORDS.filter((object) => object !== 'Contact').flatMap((object) =>
    by(object).filter((row) => !sharers(object, row.Id).includes(row.OwnerId ?? null)),
  );
  expect(missing).toEqual([]);
  for (const opportunity of by('Opportunity', { IsPrivate: true }))
    expect(sharers('Opportunity', opportunity.Id)).toEqual([opportunity.OwnerId]);
});

test('shares have every cause, and one account share reaches children', () => {
  const causes = new Set(['Account', 'Case', 'Opportunity'].flatMap((o) => by(`${o}Share`).map((row) => row.RowCause)));
  expect([...causes].sort()).toEqual(['ImplicitParent', 'Manual', 'Owner', 'Rule', 'Team']);
  expect(by('AccountShare', { RowCause: 'Rule', CaseAccessLevel: 'Read' }).length).toBeGreaterThan(0);
});

test('a grantee of a child’s share also has a share of its account', () => {
  const shared = new Set(by('AccountShare').map((row) => `${row.AccountId} ${row.UserOrGroupId}`));
  const lacking = ['Case', 'Opportunity'].flatMap((object) =>
    by(`${object}Share`).filter((row) => {
      const [child] = by(object, { Id: row[`${object}Id`] ?? '' });
      return child?.AccountId != null && !shared.has(`${child.AccountId} ${row.UserOrGroupId}`);
    }),
  );
  expect(lacking).toEqual([]);
});
