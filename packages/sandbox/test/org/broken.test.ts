import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OrgFolderError } from '../../src/org/errors.ts';
import { openOrg } from '../../src/org/open.ts';
import { type Files, LEAST, withFolder } from './folder.ts';

const ROWS: readonly (readonly [name: string, files: Files, message: RegExp])[] = [
  ['a row with too few values', { 'Account.csv': 'Id,Name\n001000000000001AAA\n' }, /^Account\.csv line 2: .*header/],
  ['an unclosed quote', { 'Account.csv': 'Id,Name\n001000000000001AAA,"x\n' }, /^Account\.csv line \d: .*quote/],
  ['an empty file', { 'Account.csv': '' }, /^Account\.csv line 1: there is no header/],
  ['no Id column', { 'Account.csv': 'Name\nx\n' }, /^Account\.csv line 1: there is no column Id\. Add it/],
  ['two Id columns', { 'Account.csv': 'Id,Id\n1,2\n' }, /^Account\.csv line 1: column Id appears twice/],
  ['a column without a name', { 'Account.csv': 'Id,\n1,2\n' }, /^Account\.csv line 1: column 2 has no name/],
  ['a column in the wrong case', { 'Account.csv': 'Id,name\n' }, /^Account\.csv line 1: .*Write Name, not name/],
  ['a compound column', { 'Account.csv': 'Id,BillingAddress\n' }, /^Account\.csv line 1: BillingAddress is a compound/],
  ['a row without an Id', { 'Account.csv': 'Id,Name\n,x\n' }, /^Account\.csv line 2: there is no Id/],
  ['an invalid id', { 'Account.csv': 'Id\nabc\n' }, /^Account\.csv line 2: column Id: this is not a Salesforce id/],
  [
    'a wrong checksum',
    { 'Lead.csv': 'Id\n00Q000000000001AAA\n' },
    /^Lead\.csv line 2: .*wrong checksum .*'00Q000000000001EAA'/,
  ],
  [
    'a duplicate Id, after a value of three lines',
    { 'Account.csv': 'Id,Name\n001000000000001AAA,"a\nb\nc"\n001000000000002AAA,d\n001000000000001,e\n' },
    /^Account\.csv line 6: Id '001000000000001AAA' appears twice/,
  ],
  [
    'text for a number',
    { 'Opportunity.csv': 'Id,Amount\n006000000000001AAA,much\n' },
    /line 2: column Amount: this is not a number/,
  ],
  ['text for a flag', { 'Opportunity.csv': 'Id,IsPrivate\n006000000000001AAA,yes\n' }, /IsPrivate: this is neither/],
  ['an impossible date', { 'Opportunity.csv': 'Id,CloseDate\n006000000000001AAA,2026-02-30\n' }, /this is not a date/],
  [
    'a datetime without a zone',
    { 'Account.csv': 'Id,SystemModstamp\n001000000000001AAA,2026-01-01T00:00:00\n' },
    /not a datetime/,
  ],
  ['a file in the wrong case', { 'account.csv': 'Id\n' }, /^account\.csv: .*Rename it to Account\.csv/],
  [
    'a file that is not named like an sObject',
    { 'my accounts.csv': 'Id\n' },
    /^my accounts\.csv: this is not the name of an sObject/,
  ],
  ['computed rows as a file', { 'UserRecordAccess.csv': 'Id\n' }, /^UserRecordAccess\.csv: .*Remove the file/],
  ['org.json with invalid JSON', { 'org.json': '{\n "run_as": \n}' }, /org\.json line 3: this is not valid JSON/],
  [
    'an unknown key',
    { 'org.json': { page_sise: 5 } },
    /org\.json: unknown key "page_sise": remove it; known keys are .*page_size/,
  ],
  [
    'an unknown nested key',
    { 'org.json': { costs: { tables: { Account: { scales: 5 } } } } },
    /org\.json: unknown key "costs\.tables\.Account\.scales": remove it\.$/,
  ],
  [
    'fields of an unknown object',
    { 'org.json': { fields: { Nope: { A__c: {} } } } },
    /^org\.json: "fields" names Nope, which this org does not have\. Correct the name, or add Nope\.csv\./,
  ],
  [
    'an invalid certificate',
    { 'org.json': { certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' } },
    /^org\.json: "certificate" is not a PEM certificate: write the text of certificate\.pem, or its path\.$/,
  ],
  [
    'a picklist value without its value',
    { 'org.json': { fields: { Account: { A__c: { type: 'picklist', picklistValues: [{ label: 'x' }] } } } } },
    /must be a string, or an object with "value"/,
  ],
  [
    'a field in the wrong case',
    { 'org.json': { fields: { Account: { type: {} } } } },
    /^org\.json: "fields", Account\.type: .*Write Type, not type/,
  ],
  [
    'another type for a standard field',
    { 'org.json': { fields: { Account: { Type: { type: 'string' } } } } },
    /^org\.json: "fields", Account\.Type: its type is picklist: omit the type/,
  ],
  [
    'HTML outside a text area',
    { 'org.json': { fields: { Account: { A__c: { htmlFormatted: true } } } } },
    /^org\.json: "fields", Account\.A__c: htmlFormatted is for fields of type textarea/,
  ],
  [
    'the target of a text field',
    { 'org.json': { fields: { Account: { A__c: { referenceTo: ['Case'] } } } } },
    /^org\.json: "fields", Account\.A__c: referenceTo is for fields of type reference, but its type is string/,
  ],
  [
    'a key that describe lacks',
    { 'org.json': { fields: { Account: { A__c: { html: true } } } } },
    /org\.json: unknown key "fields\.Account\.A__c\.html": remove it\.$/,
  ],
  ['a factor above 1', { 'org.json': { costs: { real_factor: 2 } } }, /org\.json: "costs\.real_factor": /],
  [
    'generated rows that end before they begin',
    { 'org.json': { virtual: { accounts: 1, owners: ['005000000000001AAA'], to: '2019-01-01T00:00:00Z' } } },
    /org\.json: "virtual\.to": must not be before "from"/,
  ],
  ['a value of the wrong type', { 'org.json': { page_size: 'many' } }, /org\.json: "page_size": /],
  ['a page larger than Salesforce sends', { 'org.json': { page_size: 2001 } }, /org\.json: "page_size": /],
  ['a list instead of an object', { 'org.json': [] }, /org\.json: the file: /],
  ['run_as with an invalid id', { 'org.json': { run_as: 'admin' } }, /org\.json: "run_as": must be a User Id/],
  [
    'run_as with an unknown user',
    { 'org.json': { run_as: '005000000000009AAA' } },
    /"run_as" names 005000000000009AAA, who is not/,
  ],
  ['nobody with View All Data', { 'PermissionSet.csv': 'Id\n' }, /"run_as" has no default/],
];

test.each(ROWS)('%s is refused, with the place and the remedy', async (_name, files, message) => {
  const refused = withFolder({ ...LEAST, ...files }, openOrg);
  await expect(refused).rejects.toThrow(OrgFolderError);
  await expect(refused).rejects.toThrow(message);
});

test('an error does not quote record values', async () => {
  const files = { ...LEAST, 'Opportunity.csv': 'Id,Name,Amount\n006000000000001AAA,Secret deal,confidential\n' };
  const refused = withFolder(files, openOrg);
  await expect(refused).rejects.toThrow(/line 2: column Amount/);
  await expect(refused).rejects.not.toThrow(/Secret|confidential/);
});

test('a folder in place of a file is refused', async () => {
  const refused = withFolder(LEAST, async (folder) => {
    mkdirSync(join(folder, 'Account.csv'));
    return openOrg(folder);
  });
  await expect(refused).rejects.toThrow(OrgFolderError);
  await expect(refused).rejects.toThrow(/^Account\.csv cannot be read: .*Make it a readable file/);
});

test('a folder without CSV files is refused', async () => {
  await expect(withFolder({ 'org.json': {} }, openOrg)).rejects.toThrow(/has no CSV files/);
});

test('a missing folder is refused', async () => {
  await expect(withFolder({}, (folder) => openOrg(`${folder}/none`))).rejects.toThrow(/^There is no folder .*none\./);
});

test('the control: the same folder without the error opens', async () => {
  const org = await withFolder({ ...LEAST, 'Account.csv': 'Id,Name\n001000000000001AAA,x\n' }, openOrg);
  expect(org.rows('Account')).toHaveLength(1);
  org.close();
});
