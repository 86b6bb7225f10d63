import { describe, expect, it } from 'vitest';
import type { HeldFields } from '../../src/index/port.ts';
import { type Choices, type ObjectChoice, USUAL_CHOICE } from '../../src/objects/choice.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { type Selection, selectFields } from '../../src/sync/selection.ts';

const choice = (given: Partial<ObjectChoice>): ObjectChoice => ({ ...USUAL_CHOICE, ...given });

/** An org with the usual fields and some custom ones of accounts, but for those of `without` (`Object` or `Object.Field`). */
function selected({
  choices = {},
  without = [],
  custom = [],
  held = null,
  most,
}: {
  choices?: Choices;
  without?: readonly string[];
  custom?: readonly string[];
  held?: HeldFields | null;
  most?: number;
} = {}): Selection {
  const field = (name: string) => ({ name, type: 'string', permissionable: true, compoundFieldName: null });
  const describes = OBJECTS.flatMap(({ name, fields, accessFields, share }) => {
    const all = ['Id', ...fields, ...accessFields, ...(name === 'Account' ? custom : [])];
    const seen = all.filter((each) => !without.includes(`${name}.${each}`)).map(field);
    return [
      [name, without.includes(name) ? null : { name, fields: seen }] as const,
      [share.object, { name: share.object, fields: ['Id', share.parentField].map(field) }] as const,
    ];
  });
  return selectFields(new Map(describes), choices, held, most);
}

/** What the index holds once a backfill has begun with the selection. */
const heldBy = ({ indexed, everHeld }: Selection): HeldFields => ({ indexed, everHeld });

const lost = (selection: Selection): string[] =>
  selection.lost.map(({ object, field, cause }) => `${object}.${field} ${cause}`);

describe('lost is', () => {
  const before = heldBy(selected());

  it('nothing, where all is seen', () => {
    expect(lost(selected({ held: before }))).toEqual([]);
  });

  it('no usual field that the integration user never saw', () => {
    const selection = selected({ without: ['Account.Fax', 'Contact.Department'] });
    expect(lost(selection)).toEqual([]);
    expect(lost(selected({ without: ['Account.Fax'], held: heldBy(selection) }))).toEqual([]);
  });

  it('a usual field that the index held, and that it does not see any more', () => {
    const gone = selected({ without: ['Account.Phone'], held: before });
    expect(lost(gone)).toEqual(['Account.Phone hidden']);
    expect(gone.gaps).toContainEqual({ code: 'field_hidden', object: 'Account', field: 'Phone', count: 1 });
    // Also once the index holds it no longer, and until it is seen again.
    const later = selected({ without: ['Account.Phone'], held: heldBy(gone) });
    expect(lost(later)).toEqual(['Account.Phone hidden']);
    expect(lost(selected({ held: heldBy(later) }))).toEqual([]);
  });

  it('a usual title that is not seen, whether or not it ever was', () => {
    expect(lost(selected({ without: ['Case.Subject'] }))).toEqual(['Case.Subject hidden']);
  });

  it('a title of the configuration that was seen before; one that never was may be mistyped', () => {
    const choices = { Account: choice({ title: 'Project__c' }) };
    expect(lost(selected({ choices }))).toEqual([]);
    const held = heldBy(selected({ choices, custom: ['Project__c'] }));
    expect(lost(selected({ choices, held }))).toEqual(['Account.Project__c hidden']);
  });

  it('nothing that the configuration leaves out, and nothing of an object that is off or not seen at all', () => {
    const without = ['Account.Phone', 'Case.Subject'];
    const choices = { Account: choice({ leaveOut: ['Phone'] }), Case: choice({ on: false }) };
    const leaving = selected({ without, choices, held: before });
    expect({ lost: lost(leaving), leftOut: leaving.leftOut }).toEqual({ lost: [], leftOut: [] });
    expect(lost(selected({ without: ['Lead'], held: before }))).toEqual([]);
    expect(lost(selected({ choices: { Case: choice({ leaveOut: ['Subject', 'CaseNumber'] }) } }))).toEqual([]);
  });

  it('no custom field: a gap names it', () => {
    const choices = { Account: choice({ add: ['Region__c', 'Zone__c'] }) };
    const held = heldBy(selected({ choices, custom: ['Region__c', 'Zone__c'] }));
    const gone = selected({ choices, custom: ['Zone__c'], held });
    expect(lost(gone)).toEqual([]);
    expect(gone.leftOut).toMatchObject([{ code: 'field_unknown', object: 'Account', field: 'Region__c' }]);
  });

  it('a custom field that was the title', () => {
    const choices = { Account: choice({ title: 'Region__c' }) };
    const held = heldBy(selected({ choices, custom: ['Region__c'] }));
    const gone = selected({ choices, held });
    expect(lost(gone)).toEqual(['Account.Region__c hidden']);
    // Once.
    expect(gone.gaps.filter((gap) => 'field' in gap)).toMatchObject([{ code: 'field_unknown', field: 'Region__c' }]);
  });

  it('a usual field that has no room', () => {
    const selection = selected({ most: 60 });
    expect(selection.lost.length).toBeGreaterThan(0);
    expect(new Set(selection.lost.map(({ cause }) => cause))).toEqual(new Set(['no_room']));
    expect(selection.leftOut).toEqual(
      selection.lost.map(({ object, field }) => ({ code: 'field_no_room', object, field, most: 60, count: 1 })),
    );
  });
});

describe('more fields than the index has room for', () => {
  const USUAL = OBJECTS.reduce((sum, { fields }) => sum + fields.length, 0);
  const every = { Account: choice({ add: ['*__c'] }) };
  const names = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => `Attr_${String(from + at).padStart(3, '0')}__c`);

  it('leave out those of the pattern, and no usual one of another object', () => {
    const selection = selected({ choices: every, custom: names(1, 130), most: USUAL + 50 });
    for (const { name, fields } of OBJECTS)
      expect(selection.indexed.fields[name]).toEqual(expect.arrayContaining([...fields]));
    expect(selection.indexed.fields.Account).toHaveLength(18 + 50);
    expect(selection.leftOut).toHaveLength(80);
    expect(selection.lost).toEqual([]);
  });

  it('take nothing away that is indexed, wherever describe lists them', () => {
    const before = selected({ choices: every, custom: names(31, 90), most: USUAL + 60 });
    const after = selected({ choices: every, custom: names(1, 90), held: heldBy(before), most: USUAL + 60 });
    expect(after.facts).toEqual(before.facts);
    expect(after.leftOut.map(({ object, field }) => `${object}.${field}`)).toEqual(
      names(1, 30).map((name) => `Account.${name}`),
    );
  });

  it('are the same for every activity of a run, before and after the index holds them', () => {
    const before = heldBy(selected({ choices: every, custom: names(31, 60), most: USUAL + 40 }));
    const asked = { choices: every, custom: names(1, 90), most: USUAL + 40 };
    const first = selected({ ...asked, held: before });
    const again = selected({ ...asked, held: heldBy(first) });
    expect(again.facts).toEqual(first.facts);
    expect(again.indexed).toEqual(first.indexed);
  });

  it('have all room of the default limit where the org has 130', () => {
    const { indexed, leftOut } = selected({ choices: every, custom: names(1, 130) });
    expect(indexed.fields.Account).toEqual(expect.arrayContaining(names(1, 130)));
    expect(leftOut).toEqual([]);
  });
});

describe('an object that is not seen for now', () => {
  const choices = { Account: choice({ add: ['Region__c'] }) };
  const custom = ['Region__c'];

  it('keeps the fields that the index holds of it, but for those that the configuration leaves out', () => {
    const before = selected({ choices, custom });
    const hidden = selected({ choices, without: ['Account'], held: heldBy(before) });
    expect(hidden.indexed).toEqual(before.indexed);
    const leaves = { Account: choice({ leaveOut: ['Fax', 'Region__c'] }) };
    const less = selected({ choices: leaves, without: ['Account'], held: heldBy(before) });
    expect(less.indexed.fields.Account).toEqual(
      before.indexed.fields.Account.filter((field) => field !== 'Fax' && field !== 'Region__c'),
    );
  });

  it('keeps its place in an index that holds nothing yet', () => {
    const hidden = selected({ without: ['Account'], most: 70 });
    expect(hidden.indexed.fields.Account).toEqual(OBJECTS[0]?.fields);
    expect(hidden.lost).toEqual([]);
    // What it was never read by is no loss once it is seen.
    expect(lost(selected({ without: ['Account.Fax'], held: heldBy(hidden) }))).toEqual([]);
  });
});
