import { describe, expect, it } from 'vitest';
import { MEMBERSHIP_TABLES, membershipQueries, probeQuery, wholeQuery } from '../../src/access/queries.ts';
import { stampsQuery } from '../../src/audit/audit.ts';
import { tokenUserQuery } from '../../src/check/token.ts';
import { toSoql } from '../../src/soql/query.ts';
import { assignmentProbes, assignmentQueries, nameOfReading } from '../../src/sync/assignments.ts';
import { changedRecordsKeyset, recordsKeyset, sharesKeyset } from '../../src/sync/keysets.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import * as soql from '../../src/sync/soql.ts';
import { defaultSchema } from '../sync/described.ts';

/**
 * Every kind of query, as text. Runs store these texts with what they read: another text would make the next run read
 * every table again.
 */

const USUAL = defaultSchema();
const LEAD = {
  ...USUAL.objects.Lead,
  fields: ['FirstName', 'LastName'],
  accessFields: ['OwnerId'],
  shareColumns: ['Id', 'LeadId', 'UserOrGroupId'],
};
const FILTERED = { ...LEAD, where: "Company != 'Acme (UK)' OR Rating = 'Hot'" };
const CONTACT = { ...USUAL.objects.Contact, fields: [], accessFields: [] };

const A = '00Q000000000001AAA';
const B = '00Q000000000002AAA';
const USER = '005000000000001AAA';
const ROW = '01o000000000003AAA';
const WHOLE = { after: null, upTo: null };
const RANGE = { after: A, upTo: B };
const STAMPS = { from: '2026-05-04T01:02:03.999Z', before: '2026-05-05T00:00:00.000Z', after: null, limit: 50 };
const LATER = { ...STAMPS, after: { stamp: '2026-05-04T05:00:00.000Z', id: A } };

const LEAD_COLUMNS = 'Id, SystemModstamp, FirstName, LastName, OwnerId';
const FILTER = "(Company != 'Acme (UK)' OR Rating = 'Hot')";
const BEHIND =
  "SystemModstamp >= 2026-05-04T05:00:00Z AND (SystemModstamp > 2026-05-04T05:00:00Z OR Id > '00Q000000000001AAA')";

describe('other queries', () => {
  it.each([
    ['of any kind', soql.ANYTHING, 'SELECT Id FROM Organization LIMIT 1'],
    ['for the user of a token', tokenUserQuery(USER), `SELECT Id, Username, IsActive FROM User WHERE Id = '${USER}'`],
    [
      'for stamps, where an audit finds differences',
      stampsQuery('Lead', [A, B]),
      `SELECT Id, SystemModstamp FROM Lead WHERE Id IN ('${A}', '${B}')`,
    ],
  ])('%s', (_, query, text) => {
    expect(toSoql(query)).toBe(text);
  });
});

describe('a query of records', () => {
  it.each([
    ['that the config selects', soql.probeFilter(FILTERED), `SELECT Id FROM Lead WHERE ${FILTER} LIMIT 1`],
    ['of any kind', soql.recordsQuery(LEAD), `SELECT ${LEAD_COLUMNS} FROM Lead`],
    [
      'from the first',
      soql.backfillRecords(CONTACT, null, 2_000),
      'SELECT Id, SystemModstamp FROM Contact ORDER BY Id LIMIT 2000',
    ],
    [
      'after one, selected and not excluded',
      soql.backfillRecords(FILTERED, A, 7),
      `SELECT ${LEAD_COLUMNS} FROM Lead WHERE Id > '${A}' AND IsConverted = false AND ${FILTER} ORDER BY Id LIMIT 7`,
    ],
    [
      'for their ids',
      soql.backfillIds(LEAD, A, 7),
      `SELECT Id FROM Lead WHERE Id > '${A}' AND IsConverted = false ORDER BY Id LIMIT 7`,
    ],
    [
      'by their ids',
      soql.recordsById(LEAD, [A, B]),
      `SELECT ${LEAD_COLUMNS} FROM Lead WHERE Id IN ('${A}', '${B}') ORDER BY Id`,
    ],
    [
      'by their ids, if they are selected',
      soql.recordsById(FILTERED, [A]),
      `SELECT ${LEAD_COLUMNS} FROM Lead WHERE Id IN ('${A}') AND ${FILTER} ORDER BY Id`,
    ],
    [
      'changed',
      soql.changedRecords(LEAD, STAMPS),
      `SELECT ${LEAD_COLUMNS}, IsDeleted FROM Lead WHERE SystemModstamp >= 2026-05-04T01:02:03Z AND SystemModstamp < 2026-05-05T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 50`,
    ],
    [
      'changed, for their ids, after a row',
      soql.changedIds(FILTERED, LATER),
      `SELECT Id, SystemModstamp, IsDeleted FROM Lead WHERE ${BEHIND} AND SystemModstamp < 2026-05-05T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 50`,
    ],
    ['for their number', soql.countRecords(FILTERED, WHOLE), 'SELECT COUNT(Id) n FROM Lead'],
    [
      'for the number of a range',
      soql.countRecords(FILTERED, RANGE),
      `SELECT COUNT(Id) n FROM Lead WHERE Id > '${A}' AND Id <= '${B}'`,
    ],
    [
      'in a keyset, after a row',
      recordsKeyset('', LEAD, { after: A, rows: 9 }, new QuerySizes()).soql({ Id: B }, null, null),
      `SELECT ${LEAD_COLUMNS} FROM Lead WHERE Id > '${B}' AND IsConverted = false ORDER BY Id LIMIT 9`,
    ],
    [
      'in a keyset of changes, up to a bound',
      changedRecordsKeyset('', LEAD, STAMPS, new QuerySizes()).soql(null, 3, '2026-05-04T12:00:00.000Z'),
      `SELECT ${LEAD_COLUMNS}, IsDeleted FROM Lead WHERE SystemModstamp >= 2026-05-04T01:02:03Z AND SystemModstamp < 2026-05-04T12:00:00Z ORDER BY SystemModstamp, Id LIMIT 3`,
    ],
  ])('%s', (_, query, text) => {
    expect(toSoql(query)).toBe(text);
  });
});

describe('a query of share rows', () => {
  const COLUMNS = 'Id, LeadId, UserOrGroupId';
  it.each([
    [
      'of all parents',
      soql.backfillShares(LEAD, { ...WHOLE, afterRow: null, limit: null }),
      `SELECT ${COLUMNS} FROM LeadShare ORDER BY LeadId, Id`,
    ],
    [
      'of a range of parents',
      soql.backfillShares(LEAD, { ...RANGE, afterRow: null, limit: 5 }),
      `SELECT ${COLUMNS} FROM LeadShare WHERE LeadId > '${A}' AND LeadId <= '${B}' ORDER BY LeadId, Id LIMIT 5`,
    ],
    [
      'after a row',
      soql.backfillShares(LEAD, { ...RANGE, afterRow: { parentId: A, id: ROW }, limit: null }),
      `SELECT ${COLUMNS} FROM LeadShare WHERE LeadId >= '${A}' AND (LeadId > '${A}' OR Id > '${ROW}') AND LeadId <= '${B}' ORDER BY LeadId, Id`,
    ],
    [
      'in a keyset, up to a bound',
      sharesKeyset('', LEAD, RANGE, []).soql(null, 8, A),
      `SELECT ${COLUMNS} FROM LeadShare WHERE LeadId > '${A}' AND LeadId <= '${A}' ORDER BY LeadId, Id LIMIT 8`,
    ],
    [
      'changed',
      soql.changedShares(LEAD, { ...LATER, limit: 6 }),
      `SELECT Id, LeadId, LastModifiedDate FROM LeadShare WHERE ${BEHIND.replaceAll('SystemModstamp', 'LastModifiedDate')} AND LastModifiedDate < 2026-05-05T00:00:00Z ORDER BY LastModifiedDate, Id LIMIT 6`,
    ],
    [
      'of some parents',
      soql.sharesOf(LEAD, [A, B]),
      `SELECT ${COLUMNS} FROM LeadShare WHERE LeadId IN ('${A}', '${B}') ORDER BY LeadId, Id`,
    ],
    [
      'for the number of old ones',
      soql.countShares(LEAD, { after: A, upTo: null }, STAMPS.before),
      `SELECT COUNT(Id) n FROM LeadShare WHERE LastModifiedDate < 2026-05-05T00:00:00Z AND LeadId > '${A}'`,
    ],
    [
      'for number and date',
      soql.compareShares(LEAD, WHOLE),
      'SELECT COUNT(Id) n, MAX(LastModifiedDate) newest FROM LeadShare',
    ],
    [
      'for number and date of a range',
      soql.compareShares(LEAD, { after: null, upTo: B }),
      `SELECT COUNT(Id) n, MAX(LastModifiedDate) newest FROM LeadShare WHERE LeadId <= '${B}'`,
    ],
    [
      'for the first ones',
      soql.firstShares(LEAD, WHOLE, 1),
      `SELECT ${COLUMNS} FROM LeadShare ORDER BY LeadId, Id LIMIT 1`,
    ],
    [
      'for the first ones of a range',
      soql.firstShares(LEAD, RANGE, 2_000),
      `SELECT ${COLUMNS} FROM LeadShare WHERE LeadId > '${A}' AND LeadId <= '${B}' ORDER BY LeadId, Id LIMIT 2000`,
    ],
    [
      'for the parents of new ones',
      soql.datedShares(LEAD, RANGE, STAMPS.from, 2_000),
      `SELECT Id, LeadId FROM LeadShare WHERE LeadId > '${A}' AND LeadId <= '${B}' AND LastModifiedDate >= 2026-05-04T01:02:03Z ORDER BY LeadId, Id LIMIT 2000`,
    ],
  ])('%s', (_, query, text) => {
    expect(toSoql(query)).toBe(text);
  });
});

const INDEXED = "'Account', 'Contact', 'Case', 'Opportunity', 'Lead'";
const SETS = ['0PS000000000001AAA', '0PS000000000002AAA'];
const GROUP = '0PG000000000001AAA';

describe('a query of the membership tables', () => {
  const WHOLE_TABLES = [
    'SELECT Id, DefaultAccountAccess, DefaultContactAccess, DefaultCaseAccess, DefaultOpportunityAccess, DefaultLeadAccess, SystemModstamp FROM Organization',
    `SELECT QualifiedApiName, InternalSharingModel, ExternalSharingModel FROM EntityDefinition WHERE QualifiedApiName IN (${INDEXED})`,
    'SELECT Id, IsActive, UserType, Name, Username, FederationIdentifier, Email, UserRoleId, ProfileId, ManagerId FROM User',
    'SELECT UserId, IsFrozen FROM UserLogin',
    'SELECT Id, ParentRoleId, Name, PortalType FROM UserRole',
    'SELECT Id, Type, RelatedId, Name, DoesIncludeBosses FROM Group',
    'SELECT GroupId, UserOrGroupId FROM GroupMember',
    'SELECT Id, IsOwnedByProfile, ProfileId, HasActivationRequired, Label, PermissionSetGroupId, PermissionsViewAllData, PermissionsModifyAllData, PermissionsViewAllFieldsGlobal, PermissionsViewSetup, PermissionsViewRoles, PermissionsViewAllUsers, PermissionsManageUsers, SystemModstamp FROM PermissionSet',
    'SELECT Id, HasActivationRequired FROM PermissionSetGroup',
    'SELECT AssigneeId, PermissionSetId, PermissionSetGroupId, ExpirationDate, IsActive, IsRevoked, SystemModstamp FROM PermissionSetAssignment WHERE Assignee.IsActive = true',
    `SELECT ParentId, SobjectType, PermissionsRead, PermissionsViewAllRecords, PermissionsModifyAllRecords, PermissionsViewAllFields, SystemModstamp FROM ObjectPermissions WHERE SobjectType IN (${INDEXED})`,
    `SELECT ParentId, SobjectType, Field, PermissionsRead FROM FieldPermissions WHERE SobjectType IN (${INDEXED})`,
    'SELECT Id, ParentTerritory2Id, Territory2ModelId, Name FROM Territory2',
    'SELECT Id, State FROM Territory2Model',
    'SELECT UserId, Territory2Id, IsActive FROM UserTerritory2Association',
  ];

  it('reads a table whole', () => {
    const everything = { has: () => true } as Partial<ReadonlySet<string>> as ReadonlySet<string>;
    expect(MEMBERSHIP_TABLES.map((table) => toSoql(wholeQuery(table)))).toEqual(WHOLE_TABLES);
    const asked = membershipQueries(() => everything).map((query) => query.soql ?? expect.fail());
    expect(asked.map(toSoql)).toEqual(WHOLE_TABLES);
  });

  it('asks whether a table has changed', () => {
    expect(MEMBERSHIP_TABLES.map((table) => toSoql(probeQuery(table)))).toEqual([
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM Organization',
      `SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM EntityDefinition WHERE QualifiedApiName IN (${INDEXED})`,
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM User',
      'SELECT COUNT(Id) n, MAX(LastModifiedDate) newest FROM UserLogin',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM UserRole',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM Group',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM GroupMember',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM PermissionSet',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM PermissionSetGroup',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM PermissionSetAssignment WHERE Assignee.IsActive = true',
      `SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM ObjectPermissions WHERE SobjectType IN (${INDEXED})`,
      `SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM FieldPermissions WHERE SobjectType IN (${INDEXED})`,
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM Territory2',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM Territory2Model',
      'SELECT COUNT(Id) n, MAX(SystemModstamp) newest FROM UserTerritory2Association',
    ]);
  });

  const ASSIGNED = (by: 'PermissionSetId' | 'PermissionSetGroupId', id: string) => ({ by, id });
  const IN_GROUP = `(PermissionSetId = null AND PermissionSetGroupId IN ('${GROUP}'))`;

  it.each([
    ['sets', SETS.map((id) => ASSIGNED('PermissionSetId', id)), `PermissionSetId IN ('${SETS[0]}', '${SETS[1]}')`],
    ['groups', [ASSIGNED('PermissionSetGroupId', GROUP)], IN_GROUP],
    [
      'both',
      [ASSIGNED('PermissionSetGroupId', GROUP), ASSIGNED('PermissionSetId', SETS[0] ?? '')],
      `(PermissionSetId IN ('${SETS[0]}') OR ${IN_GROUP})`,
    ],
  ])('reads and counts the assignments of %s', (_, assigned, condition) => {
    const plan = { key: 'k+/=', queries: [assigned] };
    const of = 'FROM PermissionSetAssignment WHERE Assignee.IsActive = true';
    const whole = wholeQuery('PermissionSetAssignment');
    expect(assignmentQueries(whole, plan).map(toSoql)).toEqual([`${toSoql(whole)} AND ${condition}`]);
    expect(toSoql(whole).endsWith(of)).toBe(true);
    expect(assignmentProbes(plan).map(toSoql)).toEqual([
      `SELECT COUNT(Id) n, MAX(SystemModstamp) newest ${of} AND ${condition}`,
    ]);
    expect(nameOfReading(whole, plan)).toBe(`${toSoql(whole)} AND what is assigned IN k+/=`);
  });
});
