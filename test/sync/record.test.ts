import { describe, expect, it } from 'vitest';
import { OBJECTS, objectNamed } from '../../src/objects/index.ts';
import { TransientError } from '../../src/salesforce/errors.ts';
import { isRecord, recordOf } from '../../src/sync/record.ts';
import { type ObjectSchema, resolveFields } from '../../src/sync/resolved-schema.ts';
import { caseId, recordId } from './org-folder.ts';
import { wishes } from './wishes.ts';

const VERSION = 1_000;

function selected(): ObjectSchema {
  const describes = new Map(
    OBJECTS.map((object) => [
      object.name,
      {
        name: object.name,
        fields: ['Id', ...object.fields, ...object.accessFields].map((name) => ({
          name,
          type: 'string',
          permissionable: true,
          compoundFieldName: null,
        })),
      },
    ]),
  );
  return resolveFields(describes, wishes()).objects.Case;
}

const cases = selected();
const row = {
  Id: caseId(1),
  SystemModstamp: '2026-01-01T00:00:00.000+0000',
  CaseNumber: '00001001',
  Subject: 'Winch jammed',
  OwnerId: recordId('005', 1),
  AccountId: null,
};

describe('a row that can be indexed', () => {
  it.each([
    ['text', 'Winch', 'Winch'],
    ['a number', 7.5, '7.5'],
    ['a boolean', false, 'false'],
    ['null', null, undefined],
    ['empty text', '', undefined],
    ["Salesforce's longest text", 'x'.repeat(131_072), 'x'.repeat(131_072)],
    ['a text of the limit', 'x'.repeat(1_000_000), 'x'.repeat(1_000_000)],
    ['half of a surrogate pair', '\ud83d', '\ud83d'],
  ])('%s', (_, Subject, indexed) => {
    const write = recordOf(cases, { ...row, Subject }, VERSION);
    expect(isRecord(write) && write.fields.Subject).toBe(indexed);
  });
});

describe('a row that cannot be indexed becomes a removal with a cause that quotes nothing', () => {
  it.each([
    ['a compound address', { Subject: { city: 'Porto' } }, { code: 'field_holds_object', field: 'Subject' }],
    ['a list', { Subject: ['Porto'] }, { code: 'field_holds_list', field: 'Subject' }],
    ['an access field', { OwnerId: { Id: recordId('005', 1) } }, { code: 'field_holds_object', field: 'OwnerId' }],
    [
      'a text above the limit',
      { Subject: 'x'.repeat(1_000_001) },
      { code: 'field_too_long', field: 'Subject', characters: 1_000_001, most: 1_000_000 },
    ],
    ['a stamp', { SystemModstamp: 'Porto' }, { code: 'modified_malformed' }],
    ['a stamp of another kind', { SystemModstamp: { time: 1 } }, { code: 'modified_malformed' }],
  ])('%s', (_, spoilt, cause) => {
    const removal = { id: caseId(1), object: 'Case', version: VERSION, cause };
    expect(recordOf(cases, { ...row, ...spoilt }, VERSION)).toEqual(removal);
  });

  it('a deleted row is a plain removal with any content', () => {
    const removal = { id: caseId(1), object: 'Case', version: VERSION };
    expect(recordOf(cases, { ...row, Subject: {}, IsDeleted: true }, VERSION)).toEqual(removal);
  });

  it('ignores a field that is not selected', () => {
    expect(objectNamed('Case').fields).not.toContain('Place__c');
    expect(isRecord(recordOf(cases, { ...row, Place__c: { latitude: 1 } }, VERSION))).toBe(true);
  });
});

it.each([[undefined], [null], [7], ['500'], [{ id: caseId(1) }]])(
  'rejects a row with the Id %j as unreadable',
  (Id) => {
    expect(() => recordOf(cases, { ...row, Id }, VERSION)).toThrow(TransientError);
  },
);
