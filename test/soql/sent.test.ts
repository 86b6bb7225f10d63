import { expect, it } from 'vitest';
import { membershipQueries } from '../../src/access/queries.ts';
import { askRights } from '../../src/check/ask-rights.ts';
import { readOwnTables } from '../../src/check/own-tables.ts';
import { sizesOf } from '../../src/check/sizes.ts';
import { Trial } from '../../src/check/trial.ts';
import type { TableName } from '../../src/facts/coverage-gaps.ts';
import { TransientError } from '../../src/salesforce/errors.ts';
import { recordAccess } from '../../src/salesforce/record-access.ts';
import { expectedRecords } from '../../src/sync/expected.ts';
import type { ResolvedSchema } from '../../src/sync/resolved-schema.ts';
import { readWholeTables, TableSizes } from '../../src/sync/whole-tables.ts';
import { defaultSchema } from '../sync/described.ts';
import { askedOrg } from './asked.ts';

/** The texts of queries that are made where they are sent. */

const { signal } = new AbortController();
const SETS = ['0PS000000000001AAA', '0PS000000000002AAA'];
const USER = '005000000000001AAA';
const GROUP = '0PG000000000001AAA';
const PROFILE = '00e000000000001AAA';

/** Fields of a describe, all of one type. */
const described = (name: string, ...fields: string[]) =>
  [
    name,
    {
      name,
      fields: fields.map((field) => ({ name: field, type: 'string', permissionable: true, compoundFieldName: null })),
    },
  ] as const;

/** A selection for tables that show only these fields. */
const selectionOf = (...tables: ReturnType<typeof described>[]): ResolvedSchema => ({
  ...defaultSchema(),
  describes: new Map(tables),
});

it('runs count records as they are selected', async () => {
  const { objects } = defaultSchema();
  const filtered = { ...objects, Lead: { ...objects.Lead, where: "Company != 'x'" } };
  const { salesforce, asked } = askedOrg();
  await expectedRecords(
    salesforce,
    { ...defaultSchema(), objects: filtered },
    { objects: ['Contact', 'Lead'] },
    signal,
  );
  expect(asked).toEqual([
    'SELECT COUNT(Id) records FROM Contact',
    "SELECT COUNT(Id) records FROM Lead WHERE IsConverted = false AND (Company != 'x')",
  ]);
});

it('check counts records as they are selected, and share rows', async () => {
  const { salesforce, asked } = askedOrg();
  const schema = defaultSchema();
  const estimates = new Map([
    ['Lead', 10],
    ['LeadShare', 10],
    ['Contact', 10],
    ['ContactShare', 1e9],
  ]);
  const slow = new Set(['Account', 'AccountShare', 'Case', 'CaseShare', 'Opportunity']);
  await sizesOf(salesforce, new Trial(salesforce), schema, 'own', { estimates, slow });
  expect(asked).toEqual([
    'SELECT COUNT(Id) n FROM Contact',
    'SELECT COUNT(Id) n FROM Lead WHERE IsConverted = false',
    'SELECT COUNT(Id) n FROM LeadShare',
    'SELECT COUNT(Id) n FROM OpportunityShare',
  ]);
});

it('check queries the rights of the integration user', async () => {
  const schema = selectionOf(described('PermissionSet', 'PermissionsViewAllData', 'PermissionsViewRoles'));
  const describes = new Map([
    described('UserPermissionAccess', 'PermissionsViewSetup', 'PermissionsViewAllData'),
    described('AccountParticipant'),
    described('OpportunityParticipant'),
  ]);
  const { salesforce, asked } = askedOrg(() => [], describes);
  await askRights(salesforce, schema, SETS, (object) => object === 'Account');
  expect(asked).toEqual([
    "SELECT InternalSharingModel FROM EntityDefinition WHERE QualifiedApiName = 'User'",
    'SELECT PermissionsViewSetup, PermissionsViewAllData FROM UserPermissionAccess',
    `SELECT PermissionsViewRoles, PermissionsViewAllData FROM PermissionSet WHERE Id IN ('${SETS[0]}', '${SETS[1]}')`,
    "SELECT COUNT(Id) n FROM AccountShare WHERE RowCause = 'CompliantDataSharing'",
  ]);
});

it('check reads no more of a large org than what belongs to the integration user', async () => {
  const schema = selectionOf(
    described('Organization', 'Id'),
    described('User', 'Id', 'IsActive', 'UserType'),
    described('UserRole', 'Id', 'ParentRoleId'),
    described('PermissionSet', 'Id', 'IsOwnedByProfile', 'ProfileId', 'HasActivationRequired'),
    described('PermissionSetGroup', 'Id', 'HasActivationRequired'),
    described('PermissionSetAssignment', 'AssigneeId', 'PermissionSetId', 'PermissionSetGroupId', 'ExpirationDate'),
    described('ObjectPermissions', 'ParentId', 'SobjectType', 'PermissionsRead'),
  );
  const { salesforce, asked } = askedOrg((soql) => {
    if (soql.includes('FROM User ')) return [{ Id: USER, ProfileId: PROFILE }];
    if (soql.includes('FROM PermissionSet ')) return [{ Id: SETS[0] }];
    return soql.includes('FROM PermissionSetAssignment ')
      ? [{ PermissionSetId: SETS[0] }, { PermissionSetId: SETS[1], PermissionSetGroupId: GROUP }]
      : [];
  });
  await readOwnTables(salesforce, schema, USER, signal);
  expect(asked).toEqual([
    'SELECT Id FROM Organization',
    `SELECT Id, IsActive, UserType FROM User WHERE Id = '${USER}'`,
    'SELECT Id, ParentRoleId FROM UserRole LIMIT 1',
    `SELECT AssigneeId, PermissionSetId, PermissionSetGroupId, ExpirationDate FROM PermissionSetAssignment WHERE Assignee.IsActive = true AND AssigneeId = '${USER}'`,
    `SELECT Id, IsOwnedByProfile, ProfileId, HasActivationRequired FROM PermissionSet WHERE (Id IN ('${SETS[0]}', '${SETS[1]}') OR PermissionSetGroupId IN ('${GROUP}') OR ProfileId IN ('${PROFILE}'))`,
    `SELECT Id, HasActivationRequired FROM PermissionSetGroup WHERE Id IN ('${GROUP}')`,
    `SELECT ParentId, SobjectType, PermissionsRead FROM ObjectPermissions WHERE SobjectType IN ('Account', 'Contact', 'Case', 'Opportunity', 'Lead') AND ParentId IN ('${SETS[0]}')`,
  ]);
});

it('check sends no query for rows if nothing belongs to the integration user', async () => {
  const { salesforce, asked } = askedOrg();
  const schema = selectionOf(
    described('PermissionSet', 'Id', 'IsOwnedByProfile', 'ProfileId', 'HasActivationRequired'),
    described('PermissionSetGroup', 'Id', 'HasActivationRequired'),
    described('ObjectPermissions', 'ParentId', 'SobjectType', 'PermissionsRead'),
  );
  await readOwnTables(salesforce, schema, USER, signal);
  expect(asked).toEqual([
    'SELECT Id, IsOwnedByProfile, ProfileId, HasActivationRequired FROM PermissionSet WHERE Id = null',
    'SELECT Id, HasActivationRequired FROM PermissionSetGroup WHERE Id = null',
    "SELECT ParentId, SobjectType, PermissionsRead FROM ObjectPermissions WHERE SobjectType IN ('Account', 'Contact', 'Case', 'Opportunity', 'Lead') AND ParentId = null",
  ]);
});

it('verified searches and audits query who reads what', async () => {
  const { salesforce, asked } = askedOrg();
  await recordAccess(salesforce, [{ userId: USER, recordIds: SETS }]);
  expect(asked).toEqual([
    `SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '${USER}' AND RecordId IN ('${SETS[0]}', '${SETS[1]}')`,
  ]);
});

it('a table that is too slow for the org is read by ranges', async () => {
  const tooLong = new TransientError({ message: 'QUERY_TIMEOUT', hint: '', remedy: 'smaller-range' });
  const { salesforce, asked } = askedOrg((soql) => {
    if (/ (LIMIT|WHERE .*ParentId) /.test(soql))
      return soql.includes('FROM User ') && !soql.includes('WHERE')
        ? Array.from({ length: 4_000 }, () => ({ Id: USER }))
        : [];
    return soql.includes('FROM PermissionSet') ? SETS.map((Id) => ({ Id })) : { ok: false, error: tooLong };
  });
  const queries = membershipQueries((table) => FIELDS[table] ?? null).flatMap(({ soql }) =>
    soql === null ? [] : [{ soql }],
  );
  const read = { sizes: new TableSizes(), parents: [], signal };
  await readWholeTables(salesforce, queries, read);
  expect(asked).toEqual([
    'SELECT Id, IsActive, UserType FROM User',
    'SELECT UserId, IsFrozen FROM UserLogin',
    'SELECT Id, IsOwnedByProfile, ProfileId, HasActivationRequired FROM PermissionSet',
    `SELECT ParentId, SobjectType, PermissionsRead FROM ObjectPermissions WHERE ${INDEXED}`,
    'SELECT Id, IsActive, UserType FROM User ORDER BY Id LIMIT 4000',
    `SELECT Id, IsActive, UserType FROM User WHERE Id > '${USER}' ORDER BY Id LIMIT 4000`,
    'SELECT Id, UserId, IsFrozen FROM UserLogin ORDER BY Id LIMIT 4000',
    `SELECT ParentId, SobjectType, PermissionsRead FROM ObjectPermissions WHERE ${INDEXED} AND ParentId <= '${SETS[0]}'`,
    `SELECT ParentId, SobjectType, PermissionsRead FROM ObjectPermissions WHERE ${INDEXED} AND ParentId > '${SETS[0]}'`,
  ]);
});

const INDEXED = "SobjectType IN ('Account', 'Contact', 'Case', 'Opportunity', 'Lead')";
const FIELDS: Partial<Record<TableName, ReadonlySet<string>>> = {
  User: new Set(['Id', 'IsActive', 'UserType']),
  UserLogin: new Set(['UserId', 'IsFrozen']),
  PermissionSet: new Set(['Id', 'IsOwnedByProfile', 'ProfileId', 'HasActivationRequired']),
  ObjectPermissions: new Set(['ParentId', 'SobjectType', 'PermissionsRead']),
};
