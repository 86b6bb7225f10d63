import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SchemaFacts } from '../../src/sync/schema-facts.ts';
import { printSchema, readSchema } from '../../src/sync/schema-text.ts';
import { holds } from '../salesforce/seeded.ts';
import { anyFacts, oldLine, USUAL, usualBut } from './schema-facts.ts';

describe('the text of a selection', () => {
  it('is JSON with a version, and lists its objects in the order in which they are read', () => {
    const facts: SchemaFacts = {
      Lead: { state: 'off', shares: false },
      Case: { state: 'unseen' },
      Opportunity: { state: 'off', shares: false },
      Contact: { state: 'off', shares: false },
      Account: {
        eitherKind: false,
        where: "Type = 'a;b'",
        titleFields: ['Region__c', 'Name'],
        labelledFields: ['Type'],
        richFields: ['Notes__c'],
        shares: true,
        accessFields: ['OwnerId'],
        fields: ['Region__c', 'Name', 'Type', 'Notes__c'],
        state: 'read',
      },
    };
    expect(printSchema(facts)).toBe(
      `{"version":1,"objects":{${[
        `"Account":{"state":"read","fields":["Region__c","Name","Type","Notes__c"],"accessFields":["OwnerId"],"shares":true,"richFields":["Notes__c"],"labelledFields":["Type"],"titleFields":["Region__c","Name"],"where":"Type = 'a;b'","eitherKind":false}`,
        '"Contact":{"state":"off","shares":false}',
        '"Case":{"state":"unseen"}',
        '"Opportunity":{"state":"off","shares":false}',
        '"Lead":{"state":"off","shares":false}',
      ].join()}}}`,
    );
  });

  it('is read as the same selection, in JSON and as a line of earlier releases', () => {
    holds(
      'test/sync/schema-text.test.ts',
      fc.property(anyFacts, (facts) => {
        expect(readSchema(printSchema(facts))).toEqual(facts);
        expect(readSchema(oldLine(facts))).toEqual(facts);
      }),
    );
  });

  it('may lack an object, which then was not indexed', () => {
    const { Lead: _, ...objects } = USUAL;
    expect(readSchema(JSON.stringify({ version: 1, objects }))).toEqual(
      usualBut('Lead', { state: 'off', shares: false }),
    );
  });

  it('of a later version is another selection, regardless of its form', () => {
    const later = JSON.stringify({ version: 2, chosen: [] });
    expect(readSchema(later)).toEqual({ code: 'selection_newer', version: 2 });
  });

  const stored = JSON.parse(printSchema(USUAL));
  const withObject = (name: string, facts: unknown) =>
    JSON.stringify({ ...stored, objects: { ...stored.objects, [name]: facts } });
  it.each([
    ['nothing', ''],
    ['no JSON', printSchema(USUAL).slice(0, -1)],
    ['no version', JSON.stringify({ objects: stored.objects })],
    ['an invalid version', JSON.stringify({ ...stored, version: 'one' })],
    ['a version before the first', JSON.stringify({ ...stored, version: 0 })],
    ['an unknown object', withObject('Task', { state: 'unseen' })],
    ['an unknown state', withObject('Lead', { state: 'asleep' })],
    ['a fact too few', withObject('Lead', { state: 'off' })],
    ['a fact too many', withObject('Lead', { state: 'unseen', since: 7 })],
    ['a fact of another form', withObject('Lead', { ...stored.objects.Lead, fields: 'Name' })],
    ['no line of an earlier release', 'all'],
    ['a line without share rows', 'Account:Name'],
    ['a line of an unknown object', 'Task:Subject,shares'],
    ['a line with an unknown mark', 'Account:Name,shares,bold=Name'],
    ['a line with more than fields', 'Account:Name,Full Name,shares'],
    ['a line with a filter that is cut off', 'Account:Name,shares,where=%F0%9'],
    ['a line of an object that is off and read', 'Account:off,Name,shares'],
    ['a line of an object that is not visible and read', 'Account:-,Name,shares'],
  ])('is unreadable if it has %s', (_, text) => {
    expect(readSchema(text)).toEqual({ code: 'selection_unreadable' });
  });
});
