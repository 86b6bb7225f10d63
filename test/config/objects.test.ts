import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-objects-'));
  file = join(folder, 'config.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function objects(yaml: string) {
  await writeFile(file, `base_url: https://acme.my.salesforce.com\nobjects:\n${yaml}\n`);
  return (await loadConfig(file, {})).objects;
}

const usual = { on: true, add: [], leaveOut: [], where: null, title: null };

it.each([
  ['an object that is off', '  Lead: off', { Lead: { ...usual, on: false } }],
  ['off as YAML 1.1 reads it', '  Lead: false', { Lead: { ...usual, on: false } }],
  ['an object that is on', '  Lead: on', { Lead: usual }],
  [
    'fields in and out',
    '  Account: { fields: { add: [Region__c, "Ext_*__c"], leave_out: [Fax] } }',
    { Account: { ...usual, add: ['Region__c', 'Ext_*__c'], leaveOut: ['Fax'] } },
  ],
  [
    'a filter with quotes and parentheses in its strings',
    `  Case: { where: "Subject != 'It\\\\'s (not' AND (Type = 'A')" }`,
    { Case: { ...usual, where: "Subject != 'It\\'s (not' AND (Type = 'A')" } },
  ],
  ['a title', '  Opportunity: { title: Project__c }', { Opportunity: { ...usual, title: 'Project__c' } }],
])('%s', async (_, yaml, chosen) => {
  expect(await objects(yaml)).toEqual(chosen);
});

it.each([
  ['a misspelt object', '  Acount: off', ': objects.Acount is not a known key: did you mean objects.Account?'],
  [
    'an object that is not indexed',
    '  Campaign__c: off',
    ': this is not a known key: the keys are objects.Account, objects.Contact, objects.Case, objects.Opportunity, objects.Lead.',
  ],
  [
    'a misspelt key',
    '  Case: { were: "x = 1" }',
    ': objects.Case.were is not a known key: did you mean objects.Case.where?',
  ],
  [
    'neither on nor off',
    '  Case: maybe',
    ', objects.Case: the text there is not allowed: write off, or set fields, where or title under it.',
  ],
  [
    'a field of another object',
    '  Case: { fields: { add: [Owner.Name] } }',
    ', objects.Case.fields.add.0: the text there is not allowed: write the API name of a field of this object; * matches any letters.',
  ],
  [
    'a parenthesis that closes the filter',
    `  Case: { where: "Type = 'A') OR (Type = 'B'" }`,
    ', objects.Case.where: the text there has an unbalanced parenthesis.',
  ],
  [
    'an open string',
    `  Case: { where: "Type = 'A" }`,
    ', objects.Case.where: the text there has a string without a closing quote.',
  ],
  [
    'more than a condition',
    `  Case: { where: "Type = 'A' ORDER BY Id" }`,
    ', objects.Case.where: the text there contains ORDER BY: write only the condition.',
  ],
])('%s is refused in one line', async (_, yaml, message) => {
  const error = await objects(yaml).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toBe(`${file}, line 3${message}`);
});
