import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SelectionFacts } from '../../src/sync/selection-facts.ts';
import { printSelection, readSelection } from '../../src/sync/selection-text.ts';
import { holds } from '../salesforce/seeded.ts';
import { anyFacts, oldLine, USUAL, usualBut } from './selection-facts.ts';

describe('the text of a selection', () => {
  it('is JSON with a version, and its objects in the order in which they are read', () => {
    const facts: SelectionFacts = {
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
    expect(printSelection(facts)).toBe(
      `{"version":1,"objects":{${[
        `"Account":{"state":"read","fields":["Region__c","Name","Type","Notes__c"],"accessFields":["OwnerId"],"shares":true,"richFields":["Notes__c"],"labelledFields":["Type"],"titleFields":["Region__c","Name"],"where":"Type = 'a;b'","eitherKind":false}`,
        '"Contact":{"state":"off","shares":false}',
        '"Case":{"state":"unseen"}',
        '"Opportunity":{"state":"off","shares":false}',
        '"Lead":{"state":"off","shares":false}',
      ].join()}}}`,
    );
  });

  it('is read as the same selection, as is the line that earlier releases wrote of it', () => {
    holds(
      'test/sync/selection-text.test.ts',
      fc.property(anyFacts, (facts) => {
        expect(readSelection(printSelection(facts))).toEqual(facts);
        expect(readSelection(oldLine(facts))).toEqual(facts);
      }),
    );
  });

  it('may lack an object, which then was not indexed', () => {
    const { Lead: _, ...objects } = USUAL;
    expect(readSelection(JSON.stringify({ version: 1, objects }))).toEqual(
      usualBut('Lead', { state: 'off', shares: false }),
    );
  });

  it('of a later version is another selection, whatever its form', () => {
    const later = JSON.stringify({ version: 2, chosen: [] });
    expect(readSelection(later)).toEqual({ code: 'selection_newer', version: 2 });
  });

  const stored = JSON.parse(printSelection(USUAL));
  const withObject = (name: string, facts: unknown) =>
    JSON.stringify({ ...stored, objects: { ...stored.objects, [name]: facts } });
  it.each([
    ['nothing', ''],
    ['no JSON', printSelection(USUAL).slice(0, -1)],
    ['no version', JSON.stringify({ objects: stored.objects })],
    ['a version that is none', JSON.stringify({ ...stored, version: 'one' })],
    ['a version before the first', JSON.stringify({ ...stored, version: 0 })],
    ['an object that nobody knows', withObject('Task', { state: 'unseen' })],
    ['a state that nobody knows', withObject('Lead', { state: 'asleep' })],
    ['a fact too few', withObject('Lead', { state: 'off' })],
    ['a fact too many', withObject('Lead', { state: 'unseen', since: 7 })],
    ['a fact of another form', withObject('Lead', { ...stored.objects.Lead, fields: 'Name' })],
    ['no line of an earlier release', 'all'],
    ['a line without share rows', 'Account:Name'],
    ['a line of an object that nobody knows', 'Task:Subject,shares'],
    ['a line with a mark that nobody knows', 'Account:Name,shares,bold=Name'],
    ['a line with more than fields', 'Account:Name,Full Name,shares'],
    ['a line with a filter that is cut off', 'Account:Name,shares,where=%F0%9'],
    ['a line of an object that is off and read', 'Account:off,Name,shares'],
    ['a line of an object that is not seen and read', 'Account:-,Name,shares'],
  ])('that has %s is unreadable', (_, text) => {
    expect(readSelection(text)).toEqual({ code: 'selection_unreadable' });
  });
});
