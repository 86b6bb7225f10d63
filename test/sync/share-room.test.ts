import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldLists, OBJECT_NAMES, type ObjectName } from '../../src/objects/index.ts';
import { shareRoom, type WantedFields } from '../../src/sync/share-room.ts';
import { holds } from '../salesforce/seeded.ts';

const FILE = 'test/sync/share-room.test.ts';

type Given = Partial<Record<ObjectName, Partial<WantedFields>>>;

function wantedOf(given: Given): WantedFields[] {
  return OBJECT_NAMES.map((object) => ({ object, fields: [], usual: [], named: [], ...given[object] }));
}

/** What each object gets, as `Object: fields`. */
function shared(given: Given, room: number, held: Partial<Record<ObjectName, readonly string[]>> = {}): string[] {
  const taken = shareRoom(
    wantedOf(given),
    fieldLists(({ name }) => held[name] ?? []),
    room,
  );
  return [...taken].filter(([, fields]) => fields.size > 0).map(([object, fields]) => `${object}: ${[...fields]}`);
}

const CUSTOM = ['A', 'B', 'C', 'D', 'E', 'F'];

describe('room for few fields', () => {
  it('goes to default fields and titles of every object first', () => {
    const given = {
      Account: { fields: ['Name', ...CUSTOM], usual: ['Name'] },
      Lead: { fields: ['Name'], usual: ['Name'] },
    };
    expect(shared(given, 3)).toEqual(['Account: Name,A', 'Lead: Name']);
  });

  it('then goes to fields that are named one by one, in any order of objects', () => {
    const given = {
      Account: { fields: ['Name', ...CUSTOM], usual: ['Name'] },
      Lead: { fields: ['X', 'Y'], named: ['Y'] },
    };
    expect(shared(given, 3)).toEqual(['Account: Name,A', 'Lead: Y']);
  });

  it('then goes to fields of patterns in turn, so that no object takes everything', () => {
    const given = { Account: { fields: CUSTOM }, Case: { fields: CUSTOM }, Lead: { fields: ['X'] } };
    expect(shared(given, 6)).toEqual(['Account: A,B,C', 'Case: A,B', 'Lead: X']);
  });

  it('stays with indexed fields, and a new field takes no place of an old one', () => {
    const given = { Account: { fields: CUSTOM }, Lead: { fields: ['X', 'Y'] } };
    expect(shared(given, 4, { Account: ['D', 'E', 'F'] })).toEqual(['Account: D,E,F,A']);
  });

  it('is shared in turn if even the indexed fields do not fit', () => {
    const given = { Account: { fields: CUSTOM }, Lead: { fields: ['X', 'Y'] } };
    expect(shared(given, 3, { Account: CUSTOM, Lead: ['X', 'Y'] })).toEqual(['Account: A,B', 'Lead: X']);
  });

  it('is reserved for default and named fields that are not visible now', () => {
    const given = {
      Account: { fields: CUSTOM },
      Lead: { fields: ['Name'], usual: ['Name', 'Company', 'Title'], named: ['Region__c'] },
    };
    expect(shared(given, 6)).toEqual(['Account: A,B', 'Lead: Name']);
    // And yields to visible fields that count more.
    expect(shared(given, 2)).toEqual(['Lead: Name']);
  });

  it('may be none', () => {
    expect(shared({ Account: { fields: CUSTOM, usual: ['A'] } }, 0)).toEqual([]);
  });
});

const fields = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 });
const wanted = fc.record({
  Account: fc.record({ fields, usual: fields, named: fields }),
  Case: fc.record({ fields, usual: fields, named: fields }),
  Lead: fc.record({ fields, usual: fields, named: fields }),
});

describe('room in any org', () => {
  it('is assigned the same way again, and a new field takes no place away', () => {
    const property = fc.property(
      wanted,
      fc.nat({ max: 40 }),
      fc.constantFrom<'Account' | 'Case' | 'Lead'>('Account', 'Case', 'Lead'),
      fc.uniqueArray(fc.constantFrom(...'klmnop'), { maxLength: 6 }),
      (given, room, object, comes) => {
        const first = shareRoom(wantedOf(given), null, room);
        expect([...first.values()].reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(room);
        const held = fieldLists(({ name }) => [...(first.get(name) ?? [])]);
        expect(shareRoom(wantedOf(given), held, room)).toEqual(first);

        const more = { ...given, [object]: { ...given[object], fields: [...comes, ...given[object].fields] } };
        const then = shareRoom(wantedOf(more), held, room);
        for (const [name, had] of first) for (const field of had) expect(then.get(name)).toContain(field);
      },
    );
    holds(FILE, property);
  });
});
