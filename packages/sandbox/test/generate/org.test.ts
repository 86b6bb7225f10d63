import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateOrg } from '../../src/generate/generate-org.ts';
import { openOrg } from '../../src/org/open.ts';
import type { Org, Row } from '../../src/org/types.ts';
import { withTemporary } from './folder.ts';

// As many accounts as in the demo's org. The tests must pass with any seed: `GENERATE_SEED=<n> npx vitest run
// packages/sandbox/test/generate`.
const ACCOUNTS = 600;
const SEED = Number(process.env.GENERATE_SEED ?? 1);
const RECORDS = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];

let org: Org;
const tables = new Map<string, Row[]>();
beforeAll(async () => {
  org = await withTemporary(async (folder) => {
    generateOrg({ folder, accounts: ACCOUNTS, seed: SEED });
    return openOrg(folder);
  });
  for (const { name } of org.objects()) tables.set(name, org.rows(name));
});
afterAll(() => org?.close());

const all = (object: string): Row[] => tables.get(object) ?? [];
const where = (object: string, has: (row: Row) => boolean): Row[] => all(object).filter(has);
const valuesOf = (object: string, field: string): Set<unknown> => new Set(all(object).map((row) => row[field]));
const share = (part: number, whole: number): number => Math.round((100 * part) / whole);

describe('the company', () => {
  test('has about forty people, some of them inactive or frozen', () => {
    expect(all('User')).toHaveLength(41);
    expect(where('User', (user) => user.IsActive === false).length).toBeGreaterThan(0);
    expect(where('UserLogin', (login) => login.IsFrozen === true).length).toBeGreaterThan(0);
    expect(new Set(all('User').map((user) => user.Username)).size).toBe(41);
  });

  test('has a role tree of four levels', () => {
    const parents = new Map(all('UserRole').map((role) => [role.Id, role.ParentRoleId]));
    const depth = (role: Row[string] | undefined): number => (role == null ? 0 : 1 + depth(parents.get(role)));
    expect(Math.max(...[...parents.keys()].map(depth))).toBe(4);
    expect([...parents.values()].filter((parent) => parent === null)).toHaveLength(1);
  });

  test('has an active and an archived territory model', () => {
    expect(valuesOf('Territory2Model', 'State')).toEqual(new Set(['Active', 'Archived']));
    expect(valuesOf('UserTerritory2Association', 'IsActive')).toEqual(new Set([true, false]));
  });
});

describe('groups', () => {
  test('have every type that an org without digital experiences has', () => {
    expect([...valuesOf('Group', 'Type')].sort()).toEqual([
      'Manager',
      'ManagerAndSubordinatesInternal',
      'Organization',
      'Queue',
      'Regular',
      'Role',
      'RoleAndSubordinatesInternal',
      'Territory',
      'TerritoryAndSubordinates',
    ]);
  });

  test('are nested, some of them in a cycle', () => {
    const groups = valuesOf('Group', 'Id');
    const inside = (group: Row[string] | undefined): Row[string][] =>
      where('GroupMember', (row) => row.GroupId === group && groups.has(row.UserOrGroupId)).map(
        (row) => row.UserOrGroupId ?? null,
      );
    const cyclic = [...groups].filter((group) =>
      inside(group as string).some((member) => inside(member).includes(group as string)),
    );
    expect(cyclic.length).toBeGreaterThanOrEqual(2);
  });
});

describe('permissions', () => {
  test('come from profiles, sets, a group of sets, and assignments that have expired or will expire', () => {
    expect(valuesOf('PermissionSet', 'Type')).toEqual(new Set(['Profile', 'Regular', 'Group']));
    expect(where('PermissionSet', (set) => set.HasActivationRequired === true)).toHaveLength(1);
    const [aggregate] = where('PermissionSet', (set) => set.Type === 'Group');
    expect(
      where(
        'PermissionSetAssignment',
        (row) => row.PermissionSetId === aggregate?.Id && row.PermissionSetGroupId !== null,
      ).length,
    ).toBeGreaterThan(0);
    const ends = [...valuesOf('PermissionSetAssignment', 'ExpirationDate')].filter((end) => end !== null).map(String);
    expect(ends.some((end) => end < '2025')).toBe(true);
    expect(ends.some((end) => end > '2030')).toBe(true);
  });

  test('hide the notes about a deal from salespeople, but not from directors', () => {
    const readers = where('FieldPermissions', (row) => row.Field === 'Opportunity.Description').map(
      (row) => where('PermissionSet', (set) => set.Id === row.ParentId)[0]?.Label,
    );
    expect(readers).toEqual(['System Administrator', 'Deal Notes']);
    expect(valuesOf('FieldPermissions', 'Field')).toContain('Account.BillingAddress');
    expect(valuesOf('FieldPermissions', 'Field')).not.toContain('Account.BillingCity');
  });
});

describe('records', () => {
  test('are about five per account', () => {
    const records = RECORDS.reduce((sum, object) => sum + all(object).length, 0);
    expect(records).toBeGreaterThan(ACCOUNTS * 4.5);
    expect(records).toBeLessThan(ACCOUNTS * 5.5);
  });

  test.each(RECORDS)('%s: a few in a hundred are deleted', (object) => {
    const deleted = where(object, (row) => row.IsDeleted === true).length;
    expect(share(deleted, all(object).length)).toBeLessThanOrEqual(5);
    expect(deleted).toBeGreaterThan(0);
  });

  test.each(RECORDS)('%s: many share one SystemModstamp', (object) => {
    const counts = new Map<unknown, number>();
    for (const { SystemModstamp } of all(object)) counts.set(SystemModstamp, (counts.get(SystemModstamp) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeGreaterThanOrEqual(5);
  });

  test('include the special cases', () => {
    expect(where('Opportunity', (row) => row.IsPrivate === true).length).toBeGreaterThan(0);
    expect(where('Contact', (row) => row.AccountId === null).length).toBeGreaterThan(0);
    expect(where('Lead', (row) => row.IsConverted === true && row.ConvertedAccountId !== null).length).toBeGreaterThan(
      0,
    );
    expect(where('Account', (row) => row.MasterRecordId !== null).length).toBeGreaterThan(0);
    expect(where('Account', (row) => row.ParentId !== null).length).toBeGreaterThan(0);
  });

  test('of deleted accounts are deleted too', () => {
    const deleted = new Set(where('Account', (row) => row.IsDeleted === true).map((row) => row.Id));
    const alive = ['Contact', 'Case', 'Opportunity', 'AccountShare'].flatMap((object) =>
      where(object, (row) => deleted.has(row.AccountId ?? '') && row.IsDeleted !== true),
    );
    expect(alive).toEqual([]);
  });

  test('reference only existing records, and each id has its object’s prefix', () => {
    const ids = new Set([...tables.values()].flatMap((rows) => rows.map((row) => row.Id)));
    const dangling = org.objects().flatMap((schema) =>
      schema.fields
        .filter((field) => field.type === 'reference')
        .flatMap((field) =>
          all(schema.name).map((row) => ({ at: `${schema.name}.${field.name}`, to: row[field.name] })),
        )
        .filter(({ to }) => to != null && !ids.has(to)),
    );
    expect(dangling).toEqual([]);
    const wrong = org.objects().flatMap((schema) =>
      all(schema.name)
        .map((row) => String(row.Id ?? schema.keyPrefix))
        .filter((id) => !id.startsWith(schema.keyPrefix ?? '')),
    );
    expect(wrong).toEqual([]);
  });

  test('are never changed before their creation or after the newest stamp', () => {
    const odd = RECORDS.flatMap((object) =>
      where(object, (row) => {
        const stamps = [row.CreatedDate, row.LastModifiedDate, row.SystemModstamp, '2026'].map(String);
        return stamps.toSorted().join() !== stamps.join();
      }),
    );
    expect(odd).toEqual([]);
  });
});

describe('fields', () => {
  const described = (object: string) => org.objects().find(({ name }) => name === object)?.fields ?? [];

  test('include rich text, and picklists that list all values in use', () => {
    const rich = RECORDS.flatMap((object) => described(object).filter((field) => field.htmlFormatted));
    expect(rich.map(({ name }) => name)).toEqual(['Site_Notes__c', 'Resolution__c']);
    const texts = [...valuesOf('Account', 'Site_Notes__c'), ...valuesOf('Case', 'Resolution__c')];
    expect(texts.filter((text) => text !== null).join()).toMatch(/<li>[^<]*&(amp|lt|gt|quot|#39);[^<]*<\/li>/);

    const unlisted = RECORDS.flatMap((object) =>
      described(object)
        .filter(({ picklistValues }) => picklistValues.length > 0)
        .flatMap(({ name, picklistValues }) => {
          const listed = picklistValues.map(({ value }) => value);
          const held = [...valuesOf(object, name)].flatMap((value) => (value === null ? [] : String(value).split(';')));
          return held.filter((value) => !listed.includes(value)).map((value) => `${object}.${name}: ${value}`);
        }),
    );
    expect(unlisted).toEqual([]);
  });

  test('have labels that differ from the values, for single and multi-select picklists', () => {
    const held = RECORDS.flatMap((object) => all(object).flatMap((row) => Object.values(row).map(String)));
    for (const label of ['Strategic customer', 'Flow measurement', 'Direct customer', 'Urgent'])
      expect(held.filter((value) => value === label)).toEqual([]);
    expect([...valuesOf('Account', 'Product_Lines__c')].some((value) => String(value).includes(';'))).toBe(true);
  });

  test('have no FieldPermissions if nobody can hide them', () => {
    const free = RECORDS.flatMap((object) =>
      described(object)
        .filter((field) => !field.permissionable)
        .map(({ name }) => `${object}.${name}`),
    );
    expect(free).toContain('Opportunity.StageName');
    expect([...valuesOf('FieldPermissions', 'Field')].filter((field) => free.includes(String(field)))).toEqual([]);
  });
});

describe('shares', () => {
  test('have every cause', () => {
    const causes = (object: string) => [...valuesOf(`${object}Share`, 'RowCause')].sort();
    expect(causes('Account')).toEqual([
      'ImplicitParent',
      'Manual',
      'Owner',
      'Rule',
      'Team',
      'Territory',
      'Territory2AssociationManual',
    ]);
    expect(causes('Case')).toEqual(['Manual', 'Owner', 'Rule']);
    expect(causes('Opportunity')).toEqual(['Manual', 'Owner', 'Rule', 'Team']);
    expect(causes('Lead')).toEqual(['Manual', 'Owner', 'Rule']);
  });

  test('include the owner, and nobody else for a private opportunity', () => {
    for (const object of RECORDS.filter((name) => name !== 'Contact')) {
      const owners = new Map(
        where(`${object}Share`, ({ RowCause }) => RowCause === 'Owner').map((row) => [
          row[`${object}Id`],
          row.UserOrGroupId,
        ]),
      );
      expect(where(object, (row) => owners.get(row.Id ?? '') !== row.OwnerId)).toEqual([]);
    }
    const hidden = new Set(where('Opportunity', (row) => row.IsPrivate === true).map((row) => row.Id));
    const others = where('OpportunityShare', (row) => hidden.has(row.OpportunityId ?? '') && row.RowCause !== 'Owner');
    expect(others).toEqual([]);
  });

  test('on an account give its owner the role’s access to children, and implicit parents none', () => {
    const users = new Map(all('User').map((user) => [user.Id, user]));
    const roles = new Map(all('UserRole').map((role) => [role.Id, role]));
    const wrong = where('AccountShare', (row) => {
      const role = roles.get(users.get(row.UserOrGroupId ?? '')?.UserRoleId ?? '');
      const [cases, opportunities] =
        row.RowCause === 'Owner'
          ? [role?.CaseAccessForAccountOwner, role?.OpportunityAccessForAccountOwner]
          : ['None', 'None'];
      const decided = row.RowCause === 'Owner' || row.RowCause === 'ImplicitParent';
      return decided && (row.CaseAccessLevel !== cases || row.OpportunityAccessLevel !== opportunities);
    });
    expect(wrong).toEqual([]);
  });

  test('on a child are matched by one on its account', () => {
    const shared = new Set(all('AccountShare').map((row) => `${row.AccountId} ${row.UserOrGroupId}`));
    const lacking = ['Case', 'Opportunity'].flatMap((object) => {
      const accountOf = new Map(all(object).map((row) => [row.Id, row.AccountId]));
      return where(`${object}Share`, (row) => {
        const account = accountOf.get(row[`${object}Id`] ?? '');
        return row.IsDeleted !== true && account != null && !shared.has(`${account} ${row.UserOrGroupId}`);
      });
    });
    expect(lacking).toEqual([]);
  });

  test('are unique by record, grantee and cause, with owner, manual and implicit parent as one cause', () => {
    const keys = all('AccountShare').map(({ AccountId, UserOrGroupId, RowCause }) => {
      const cause = ['Owner', 'Manual', 'ImplicitParent'].includes(String(RowCause)) ? 'compressed' : RowCause;
      return `${AccountId} ${UserOrGroupId} ${cause}`;
    });
    expect(new Set(keys).size).toBe(keys.length);
  });
});
