import { describe, expect, it } from 'vitest';
import type { HeldFields } from '../../src/index/port/state.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { DEFAULT_SETTINGS, type ObjectSettings, type SettingsByObject } from '../../src/objects/settings.ts';
import { type ResolvedSchema, resolveFields } from '../../src/sync/resolved-schema.ts';
import { wishes } from './wishes.ts';

const choice = (given: Partial<ObjectSettings>): ObjectSettings => ({ ...DEFAULT_SETTINGS, ...given });

/**
 * An org with the default fields and some custom ones of accounts, except those of `without` (`Object` or
 * `Object.Field`).
 */
function selected({
  settings = {},
  without = [],
  custom = [],
  held = null,
  most = wishes().limits.fields,
}: {
  settings?: SettingsByObject;
  without?: readonly string[];
  custom?: readonly string[];
  held?: HeldFields | null;
  most?: number;
} = {}): ResolvedSchema {
  const field = (name: string) => ({ name, type: 'string', permissionable: true, compoundFieldName: null });
  const describes = OBJECTS.flatMap(({ name, fields, accessFields, share }) => {
    const all = ['Id', ...fields, ...accessFields, ...(name === 'Account' ? custom : [])];
    const seen = all.filter((each) => !without.includes(`${name}.${each}`)).map(field);
    return [
      [name, without.includes(name) ? null : { name, fields: seen }] as const,
      [share.object, { name: share.object, fields: ['Id', share.parentField].map(field) }] as const,
    ];
  });
  return resolveFields(new Map(describes), wishes({ settings, held, limits: { fields: most } }));
}

/** The fields of the index once a backfill has begun with the selection. */
const heldBy = ({ indexed, everHeld }: ResolvedSchema): HeldFields => ({ indexed, everHeld });

const lost = (schema: ResolvedSchema): string[] =>
  schema.lost.map(({ object, field, cause }) => `${object}.${field} ${cause}`);

describe('the lost fields', () => {
  const before = heldBy(selected());

  it('are none if everything is visible', () => {
    expect(lost(selected({ held: before }))).toEqual([]);
  });

  it('exclude a default field that the integration user never saw', () => {
    const schema = selected({ without: ['Account.Fax', 'Contact.Department'] });
    expect(lost(schema)).toEqual([]);
    expect(lost(selected({ without: ['Account.Fax'], held: heldBy(schema) }))).toEqual([]);
  });

  it('include a default field that the index had and that is no longer visible', () => {
    const gone = selected({ without: ['Account.Phone'], held: before });
    expect(lost(gone)).toEqual(['Account.Phone hidden']);
    expect(gone.gaps).toContainEqual({ code: 'field_hidden', object: 'Account', field: 'Phone', count: 1 });
    // Even once the index no longer has it, and until it is visible again.
    const later = selected({ without: ['Account.Phone'], held: heldBy(gone) });
    expect(lost(later)).toEqual(['Account.Phone hidden']);
    expect(lost(selected({ held: heldBy(later) }))).toEqual([]);
  });

  it('include a default title that is not visible, seen before or not', () => {
    expect(lost(selected({ without: ['Case.Subject'] }))).toEqual(['Case.Subject hidden']);
  });

  it('include a configured title that was seen before, but not one that never was and may be mistyped', () => {
    const settings = { Account: choice({ title: 'Project__c' }) };
    expect(lost(selected({ settings }))).toEqual([]);
    const held = heldBy(selected({ settings, custom: ['Project__c'] }));
    expect(lost(selected({ settings, held }))).toEqual(['Account.Project__c hidden']);
  });

  it('exclude fields that the configuration leaves out, and objects that are off or not visible at all', () => {
    const without = ['Account.Phone', 'Case.Subject'];
    const settings = { Account: choice({ leaveOut: ['Phone'] }), Case: choice({ on: false }) };
    const leaving = selected({ without, settings, held: before });
    expect({ lost: lost(leaving), leftOut: leaving.leftOut }).toEqual({ lost: [], leftOut: [] });
    expect(lost(selected({ without: ['Lead'], held: before }))).toEqual([]);
    expect(lost(selected({ settings: { Case: choice({ leaveOut: ['Subject', 'CaseNumber'] }) } }))).toEqual([]);
  });

  it('exclude custom fields, which have a coverage gap', () => {
    const settings = { Account: choice({ add: ['Region__c', 'Zone__c'] }) };
    const held = heldBy(selected({ settings, custom: ['Region__c', 'Zone__c'] }));
    const gone = selected({ settings, custom: ['Zone__c'], held });
    expect(lost(gone)).toEqual([]);
    expect(gone.leftOut).toMatchObject([{ code: 'field_unknown', object: 'Account', field: 'Region__c' }]);
  });

  it('include a custom field that was the title', () => {
    const settings = { Account: choice({ title: 'Region__c' }) };
    const held = heldBy(selected({ settings, custom: ['Region__c'] }));
    const gone = selected({ settings, held });
    expect(lost(gone)).toEqual(['Account.Region__c hidden']);
    // Only once.
    expect(gone.gaps.filter((gap) => 'field' in gap)).toMatchObject([{ code: 'field_unknown', field: 'Region__c' }]);
  });

  it('include a default field without room', () => {
    const schema = selected({ most: 60 });
    expect(schema.lost.length).toBeGreaterThan(0);
    expect(new Set(schema.lost.map(({ cause }) => cause))).toEqual(new Set(['no_room']));
    expect(schema.leftOut).toEqual(
      schema.lost.map(({ object, field }) => ({ code: 'field_no_room', object, field, most: 60, count: 1 })),
    );
  });
});

describe('more fields than the index has room for', () => {
  const USUAL = OBJECTS.reduce((sum, { fields }) => sum + fields.length, 0);
  const every = { Account: choice({ add: ['*__c'] }) };
  const names = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => `Attr_${String(from + at).padStart(3, '0')}__c`);

  it('leave out those of the pattern, and no default field of another object', () => {
    const schema = selected({ settings: every, custom: names(1, 130), most: USUAL + 50 });
    for (const { name, fields } of OBJECTS)
      expect(schema.indexed.fields[name]).toEqual(expect.arrayContaining([...fields]));
    expect(schema.indexed.fields.Account).toHaveLength(18 + 50);
    expect(schema.leftOut).toHaveLength(80);
    expect(schema.lost).toEqual([]);
  });

  it('remove no indexed field, in any order of describe', () => {
    const before = selected({ settings: every, custom: names(31, 90), most: USUAL + 60 });
    const after = selected({ settings: every, custom: names(1, 90), held: heldBy(before), most: USUAL + 60 });
    expect(after.facts).toEqual(before.facts);
    expect(after.leftOut.map(({ object, field }) => `${object}.${field}`)).toEqual(
      names(1, 30).map((name) => `Account.${name}`),
    );
  });

  it('are the same for every activity of a run, before and after the index has them', () => {
    const before = heldBy(selected({ settings: every, custom: names(31, 60), most: USUAL + 40 }));
    const asked = { settings: every, custom: names(1, 90), most: USUAL + 40 };
    const first = selected({ ...asked, held: before });
    const again = selected({ ...asked, held: heldBy(first) });
    expect(again.facts).toEqual(first.facts);
    expect(again.indexed).toEqual(first.indexed);
  });

  it('use all room of the default limit if the org has 130', () => {
    const { indexed, leftOut } = selected({ settings: every, custom: names(1, 130) });
    expect(indexed.fields.Account).toEqual(expect.arrayContaining(names(1, 130)));
    expect(leftOut).toEqual([]);
  });
});

describe('an object that is temporarily not visible', () => {
  const settings = { Account: choice({ add: ['Region__c'] }) };
  const custom = ['Region__c'];

  it('keeps its fields in the index, except those that the configuration leaves out', () => {
    const before = selected({ settings, custom });
    const hidden = selected({ settings, without: ['Account'], held: heldBy(before) });
    expect(hidden.indexed).toEqual(before.indexed);
    const leaves = { Account: choice({ leaveOut: ['Fax', 'Region__c'] }) };
    const less = selected({ settings: leaves, without: ['Account'], held: heldBy(before) });
    expect(less.indexed.fields.Account).toEqual(
      before.indexed.fields.Account.filter((field) => field !== 'Fax' && field !== 'Region__c'),
    );
  });

  it('keeps its place in an empty index', () => {
    const hidden = selected({ without: ['Account'], most: 70 });
    expect(hidden.indexed.fields.Account).toEqual(OBJECTS[0]?.fields);
    expect(hidden.lost).toEqual([]);
    // A field that was never read is no loss once it is visible.
    expect(lost(selected({ without: ['Account.Fax'], held: heldBy(hidden) }))).toEqual([]);
  });
});
