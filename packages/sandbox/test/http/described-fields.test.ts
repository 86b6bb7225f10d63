import { expect, test } from 'vitest';
import { type OrgTables, sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, type Served, served } from './served.ts';

const LEAD = sfId('00Q', 1);
const NOTES = '<p>caf&eacute; <b>R&amp;D</b></p>';
const listed = (value: string, label: string, more: object = {}) => ({
  value,
  label,
  active: true,
  defaultValue: false,
  validFor: null,
  ...more,
});

const FIELDS = {
  Lead: {
    Notes__c: { type: 'textarea', htmlFormatted: true, label: 'Visit notes' },
    Memo__c: { type: 'textarea', length: 255 },
    Tier__c: {
      type: 'picklist',
      picklistValues: [{ value: 'CUST_01', label: 'Strategic customer', defaultValue: true }, 'CUST_02'],
    },
    Regions__c: {
      type: 'multipicklist',
      picklistValues: [
        { value: 'N', label: 'North' },
        { value: 'S', label: 'South', active: false },
      ],
    },
    Partner__c: { type: 'reference', referenceTo: ['Account'] },
    Code__c: { required: true },
    Rating: { label: 'Temperature', picklistValues: [{ value: 'Hot', label: 'Burning' }] },
  },
};

const ORG: OrgTables = {
  ...SMALL_ORG,
  Lead: [
    {
      Id: LEAD,
      Name: 'Cy',
      OwnerId: USERS.rep,
      Rating: 'Hot',
      Status: 'Working - Contacted',
      Notes__c: NOTES,
      Tier__c: 'CUST_01',
      Regions__c: 'N;S;X',
      Partner__c: sfId('001', 1),
    },
    { Id: sfId('00Q', 2), Name: 'Di', OwnerId: USERS.rep, Rating: 'Warm', Tier__c: null },
  ],
};

async function fieldsOf(org: Served, object = 'Lead'): Promise<Map<unknown, unknown>> {
  const headers = await org.login();
  const { body } = await org.request('GET', `/services/data/v67.0/sobjects/${object}/describe`, { headers });
  const fields = pick(body, 'fields') as unknown[];
  return new Map(fields.map((field) => [pick(field, 'name'), field]));
}

test('describe shows what org.json declares for fields, including standard ones', async () => {
  const fields = await fieldsOf(await served(ORG, { fields: FIELDS }));
  expect(fields.get('Notes__c')).toMatchObject({
    type: 'textarea',
    label: 'Visit notes',
    length: 32_000,
    htmlFormatted: true,
    extraTypeInfo: 'richtextarea',
    filterable: false,
    picklistValues: [],
  });
  expect(fields.get('Description')).toMatchObject({ htmlFormatted: false, extraTypeInfo: 'plaintextarea' });
  expect(fields.get('Memo__c')).toMatchObject({ length: 255, filterable: true, sortable: true });
  expect(fields.get('Tier__c')).toMatchObject({
    type: 'picklist',
    defaultValue: 'CUST_01',
    picklistValues: [listed('CUST_01', 'Strategic customer', { defaultValue: true }), listed('CUST_02', 'CUST_02')],
  });
  expect(fields.get('Regions__c')).toMatchObject({
    type: 'multipicklist',
    sortable: false,
    picklistValues: [listed('N', 'North'), listed('S', 'South', { active: false })],
  });
  expect(fields.get('Partner__c')).toMatchObject({
    type: 'reference',
    referenceTo: ['Account'],
    relationshipName: 'Partner__r',
  });
  expect(fields.get('Code__c')).toMatchObject({ type: 'string', nillable: false, permissionable: false });
  expect(fields.get('Rating')).toMatchObject({
    type: 'picklist',
    label: 'Temperature',
    picklistValues: [listed('Hot', 'Burning')],
  });
});

test('an undeclared standard picklist has the values of a new org', async () => {
  const org = await served(SMALL_ORG);
  const [leads, cases, opportunities] = [
    await fieldsOf(org),
    await fieldsOf(org, 'Case'),
    await fieldsOf(org, 'Opportunity'),
  ];
  expect(pick(cases.get('Status'), 'picklistValues')).toEqual([
    listed('New', 'New', { defaultValue: true }),
    listed('Working', 'Working'),
    listed('Escalated', 'Escalated'),
    listed('Closed', 'Closed'),
  ]);
  expect(pick(leads.get('Rating'), 'picklistValues', 0)).toEqual(listed('Hot', 'Hot'));
  expect(pick(opportunities.get('ForecastCategory'), 'picklistValues', 4)).toEqual(listed('Forecast', 'Commit'));
  expect(pick(cases.get('Subject'), 'picklistValues')).toEqual([]);
});

test('a query returns stored values, and toLabel returns their labels', async () => {
  const org = await served(ORG, { fields: FIELDS });
  const soql =
    'SELECT Notes__c, Tier__c, toLabel(Tier__c) seen, toLabel(Regions__c), toLabel(Status) FROM Lead ORDER BY Id';
  const { body } = await org.query(soql);
  expect(pick(body, 'records', 0)).toMatchObject({
    Notes__c: NOTES,
    Tier__c: 'CUST_01',
    seen: 'Strategic customer',
    Regions__c: 'North;South;X',
    Status: 'Working - Contacted',
  });
  expect(pick(body, 'records', 1)).toMatchObject({ Tier__c: null, seen: null, Regions__c: null });
});

test('a declared lookup is followed', async () => {
  const { body } = await (await served(ORG, { fields: FIELDS })).query('SELECT Partner__r.Name FROM Lead ORDER BY Id');
  expect(column(body, 'Partner__r')).toMatchObject([{ Name: 'Harbor' }, null]);
});

test.each([
  ['INCLUDES finds values of a multi-select picklist', "Regions__c INCLUDES ('S')", ['Cy']],
  ['a picklist is compared by value', "Tier__c = 'CUST_01'", ['Cy']],
  ['… and not by label', "Tier__c = 'Strategic customer'", []],
])('%s', async (_what, where, found) => {
  const org = await served(ORG, { fields: FIELDS });
  expect(column((await org.query(`SELECT Name FROM Lead WHERE ${where}`)).body, 'Name')).toEqual(found);
});

test.each([
  ['a filter on rich text', 'SELECT Id FROM Lead WHERE Notes__c = null', /can not be filtered/],
  ['sorting by a multi-select picklist', 'SELECT Id FROM Lead ORDER BY Regions__c', /can not be sorted/],
  [
    'a picklist field selected twice with one name',
    'SELECT Tier__c, toLabel(Tier__c) FROM Lead',
    /duplicate field selected/,
  ],
  ['INCLUDES on a picklist', "SELECT Id FROM Lead WHERE Tier__c INCLUDES ('A')", /invalid operator on picklist field/],
  ['toLabel in an aggregate query', 'SELECT toLabel(Tier__c), COUNT(Id) FROM Lead GROUP BY Tier__c', /toLabel/],
])('%s is refused', async (_what, soql, message) => {
  const reply = await (await served(ORG, { fields: FIELDS })).query(soql);
  expect(reply).toMatchObject({ status: 400, body: [{ message: expect.stringMatching(message) }] });
});

test('a field can be added with values or described differently, and records keep their values', async () => {
  const org = await served(ORG, { fields: FIELDS });
  const change = (...changes: object[]) => org.control('POST', 'change', { changes });
  const added = await change(
    { add_field: 'Lead', name: 'Notes2__c', type: 'textarea', htmlFormatted: true },
    { add_field: 'Lead', name: 'Size__c', type: 'picklist', picklistValues: ['S', { value: 'L', label: 'Large' }] },
    { change_field: 'Lead', name: 'Tier__c', picklistValues: [{ value: 'CUST_01', label: 'Partner' }] },
    { change_field: 'Lead', name: 'Rating', label: 'Heat' },
  );
  expect(added).toMatchObject({ status: 200, body: { changed: [{}, {}, { id: 'Tier__c', change: 'changed' }, {}] } });
  const fields = await fieldsOf(org);
  expect(fields.get('Notes2__c')).toMatchObject({ extraTypeInfo: 'richtextarea' });
  expect(pick(fields.get('Size__c'), 'picklistValues')).toEqual([listed('S', 'S'), listed('L', 'Large')]);
  expect(pick(fields.get('Rating'), 'label')).toBe('Heat');
  expect(pick(fields.get('Rating'), 'picklistValues')).toEqual([listed('Hot', 'Burning')]);
  const { body } = await org.query('SELECT toLabel(Tier__c) FROM Lead ORDER BY Id');
  expect(column(body, 'Tier__c')).toEqual(['Partner', null]);
});

test.each([
  ['another type', { change_field: 'Lead', name: 'Rating', type: 'string' }, /Lead\.Rating: its type is picklist/],
  ['an unknown field', { change_field: 'Lead', name: 'Nope__c', label: 'N' }, /Lead has no field Nope__c/],
  [
    'values on a text field',
    { add_field: 'Lead', name: 'X__c', picklistValues: ['a'] },
    /Lead\.X__c: picklistValues are for fields of type picklist/,
  ],
  [
    'a lookup without targets',
    { add_field: 'Lead', name: 'X__c', type: 'reference' },
    /Lead\.X__c: a reference needs referenceTo/,
  ],
])('a change to %s is refused', async (_what, broken, message) => {
  const org = await served(SMALL_ORG);
  const reply = await org.control('POST', 'change', { changes: [broken] });
  expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
});
