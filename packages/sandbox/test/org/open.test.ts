import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { FieldSchema, Org } from '../../src/org/types.ts';
import { type Files, orgOf } from './folder.ts';

const opened: Org[] = [];

async function open(files: Files): Promise<Org> {
  const org = await orgOf(files);
  opened.push(org);
  return org;
}

afterEach(() => {
  for (const org of opened.splice(0)) org.close();
});

function field(org: Org, object: string, name: string): FieldSchema | undefined {
  return org
    .objects()
    .find((schema) => schema.name === object)
    ?.fields.find((candidate) => candidate.name === name);
}

test('org.json has defaults, and run_as defaults to the first active user with View All Data', async () => {
  const org = await open({
    'User.csv': [
      'Id,ProfileId,IsActive',
      '005000000000001AAA,00e000000000002AAA,true',
      '005000000000002AAA,00e000000000001AAA,false',
      '005000000000003AAA,00e000000000001AAA,true',
      '',
    ].join('\n'),
  });
  expect(org.settings).toEqual({
    clientId: 'sandbox',
    clientSecret: 'sandbox',
    certificate: null,
    audiences: [],
    costs: null,
    runAs: '005000000000003AAA',
    apiVersion: '67.0',
    sessionSeconds: 7200,
    dailyApiRequests: 100_000,
    pageSize: 2000,
    latencyMs: 0,
    longRequests: 25,
    faults: [],
    absent: [],
    fields: {},
    hiddenFields: [],
    virtual: null,
  });
});

test('run_as can have View All Data from an assigned permission set, and its 15 characters become 18', async () => {
  const org = await open({
    'User.csv': 'Id\n005000000000001AAA\n005000000000002AAA\n',
    'PermissionSet.csv': 'Id,PermissionsModifyAllData\n0PS000000000001,true\n',
    'PermissionSetAssignment.csv':
      'Id,AssigneeId,PermissionSetId\n0Pa000000000001CAA,005000000000002,0PS000000000001GAA\n',
  });
  expect(org.settings.runAs).toBe('005000000000002AAA');
});

test('values have the types that REST sends', async () => {
  const org = await open({
    'Opportunity.csv': [
      'Id,Name,Amount,IsPrivate,CloseDate,CreatedDate,OwnerId,AccountId,Probability,My_Field__c',
      '006000000000001,"Ten, ""big"" tugs\nand a pier",1250.50,TRUE,2026-02-28,2026-01-01T00:00:00.900Z,005000000000001,,40,7',
      '',
    ].join('\n'),
  });
  expect(org.rows('Opportunity')).toMatchObject([
    {
      Id: '006000000000001AAA',
      Name: 'Ten, "big" tugs\nand a pier',
      Amount: 1250.5,
      IsPrivate: true,
      CloseDate: '2026-02-28',
      CreatedDate: '2026-01-01T00:00:00.000+0000',
      OwnerId: '005000000000001AAA',
      AccountId: null,
      Probability: 40,
      My_Field__c: '7',
      Description: null,
    },
  ]);
});

test.each([
  [
    'SystemModstamp is the file’s value',
    'SystemModstamp,CreatedDate',
    '2026-03-01T00:00:00Z,2026-01-01T00:00:00Z',
    '2026-03-01',
  ],
  [
    '… or else LastModifiedDate',
    'LastModifiedDate,CreatedDate',
    '2026-02-01T00:00:00Z,2026-01-01T00:00:00Z',
    '2026-02-01',
  ],
  ['… or else CreatedDate', 'CreatedDate', '2026-01-01T00:00:00Z', '2026-01-01'],
  ['an empty value is like a missing column', 'SystemModstamp,CreatedDate', ',2026-01-01T00:00:00Z', '2026-01-01'],
  ['… or else a date long ago', 'Name', 'x', '2000-01-01'],
])('stamps: %s', async (_name, columns, values, day) => {
  const org = await open({ 'Account.csv': `Id,${columns}\n001000000000001AAA,${values}\n` });
  expect(org.rows('Account')).toMatchObject([{ SystemModstamp: `${day}T00:00:00.000+0000`, IsDeleted: false }]);
});

test('a flag that is missing from the file stays null, so that it does not count as switched off', async () => {
  const org = await open({});
  expect(org.rows('User')).toMatchObject([{ IsActive: true }]);
  const without = await open({ 'User.csv': 'Id,ProfileId\n005000000000001AAA,00e000000000001AAA\n' });
  expect(without.rows('User')).toMatchObject([{ IsActive: null }]);
});

test('fields that every org has are described without a column, fields that only some orgs have only with one', async () => {
  const without = await open({});
  expect(without.rows('Account')).toEqual([]);
  expect(field(without, 'Account', 'Industry')?.type).toBe('picklist');
  expect(field(without, 'Account', 'IsPersonAccount')).toBeUndefined();
  const org = await open({ 'Account.csv': 'Id,IsPersonAccount,RecordTypeId,Rank__c\n' });
  expect(field(org, 'Account', 'IsPersonAccount')?.type).toBe('boolean');
  expect(field(org, 'Account', 'RecordTypeId')?.type).toBe('reference');
  expect(field(org, 'Account', 'Rank__c')).toMatchObject({ type: 'string', relationshipName: null });
});

test('a compound address and its parts name each other', async () => {
  const org = await open({});
  expect(field(org, 'Account', 'BillingAddress')?.type).toBe('address');
  expect(field(org, 'Account', 'BillingCity')?.compoundFieldName).toBe('BillingAddress');
  expect(field(org, 'Contact', 'FirstName')?.compoundFieldName).toBe('Name');
});

test.each([
  ['an ordinary field', 'Account', 'Industry', true],
  ['an address part', 'Account', 'BillingCity', true],
  ['a custom field', 'Account', 'Rank__c', true],
  ['the name', 'Account', 'Name', false],
  ['the owner', 'Account', 'OwnerId', false],
  ['a stamp', 'Account', 'SystemModstamp', false],
  ["a part of a person's name", 'Contact', 'FirstName', false],
  ['a required field', 'Opportunity', 'StageName', false],
  ['a field of the same name that is not required', 'Lead', 'Industry', true],
  ['the status of a case', 'Case', 'Status', false],
  ['a field of a setup object', 'User', 'Title', false],
  ['a field of a share', 'AccountShare', 'RowCause', false],
])('field-level security: %s', async (_name, object, name, expected) => {
  const files = { 'Account.csv': 'Id,Rank__c\n' };
  const org = await open({ ...files, 'FieldPermissions.csv': 'Id,ParentId,SobjectType,Field,PermissionsRead\n' });
  expect(field(org, object, name)?.permissionable).toBe(expected);
  const without = await open(files);
  expect(field(without, object, name)?.permissionable).toBe(false);
});

test('an absent object is missing, but its neighbours exist', async () => {
  const org = await open({ 'org.json': { absent: ['Territory2'] }, 'Territory2.csv': 'Id\n0MI000000000001AAA\n' });
  const names = org.objects().map((schema) => schema.name);
  expect(names).not.toContain('Territory2');
  expect(names).toContain('Territory2Model');
  expect(names).not.toContain('UserRecordAccess');
});

test('an object that the sandbox does not know is served from its file', async () => {
  const org = await open({ 'Vessel__c.csv': 'Id,Name,IsDeleted,SystemModstamp\na00000000000001AAA,Halcyon,,\n' });
  expect(org.rows('Vessel__c')).toEqual([
    { Id: 'a00000000000001AAA', Name: 'Halcyon', IsDeleted: false, SystemModstamp: '2000-01-01T00:00:00.000+0000' },
  ]);
});

test('generated ObjectPermissions rows share an id that begins with 000', async () => {
  const row = '000000000000000AAA,0PS000000000001GAA,Account';
  const org = await open({ 'ObjectPermissions.csv': `Id,ParentId,SobjectType\n${row}\n${row}\n` });
  expect(org.rows('ObjectPermissions')).toHaveLength(2);
});

test('an open org leaves no file behind', async () => {
  const own = mkdtempSync(join(tmpdir(), 'temporary-'));
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = own;
  try {
    await open({ 'Account.csv': 'Id\n001000000000001AAA\n' });
    expect(readdirSync(own)).toEqual([]);
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    rmSync(own, { recursive: true });
  }
});
