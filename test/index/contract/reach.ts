import { beforeEach, expect, it } from 'vitest';
import type { ObjectAccess } from '../../../src/access/types.ts';
import { OBJECT_NAMES, type ObjectName } from '../../../src/objects/index.ts';
import { groupId, member, type NewIndex, record, recordId, START, Started, shares, userId } from './setup.ts';

const access = (reach: ObjectAccess['reach']): ObjectAccess => ({ reach, fields: 'all' });
const each = (reach: ObjectAccess['reach']) =>
  Object.fromEntries(OBJECT_NAMES.map((name) => [name, access(reach)])) as Record<ObjectName, ObjectAccess>;

/** What each reach finds, alone and mixed. Every text contains the word `solar`. */
export function reach(newIndex: NewIndex): void {
  let world: Started;
  const leadOfGroup = recordId('Lead', 1);
  const leadOfOther = recordId('Lead', 2);
  const leadOfNobody = recordId('Lead', 3);
  const leadOfMany = recordId('Lead', 4);
  const account = recordId('Account', 1);
  const ownerOnlyContact = recordId('Contact', 1);
  const accountContact = recordId('Contact', 2);
  const hidden = recordId('Opportunity', 1);

  beforeEach(async () => {
    world = await Started.begin(newIndex);
    const Name = 'Solar';
    const many = Array.from({ length: 12 }, (_, n) => groupId(20 + n));
    await world.write({
      records: [
        record('Lead', 1, { Name }, { ownerId: groupId(1) }),
        record('Lead', 2, { Name }, { ownerId: userId(9) }),
        record('Lead', 3, { Name }, { ownerId: null }),
        record('Lead', 4, { Name }, { ownerId: userId(9) }),
        record('Account', 1, { Name }, { ownerId: userId(9) }),
        record('Contact', 1, { Name }, { ownerId: userId(1) }),
        record('Contact', 2, { Name }, { ownerId: userId(1), accountId: account }),
        record('Opportunity', 1, { Name }, { ownerId: null, isPrivate: true }),
      ],
      shares: [shares('Lead', 4, many)],
    });
  });

  const rows: [string, string[], Partial<Record<ObjectName, ObjectAccess>>, string[]][] = [
    [
      "reach none finds nothing, regardless of the user's principals",
      [groupId(1), '@open:Lead', '@account'],
      each('none'),
      [],
    ],
    ['by principals: a group of the record', [groupId(1)], each('principals'), [leadOfGroup, ownerOnlyContact]],
    ['by principals: another group', [groupId(2)], each('principals'), [ownerOnlyContact]],
    [
      'by principals: the ninth principal of a document and later',
      [groupId(31)],
      each('principals'),
      [leadOfMany, ownerOnlyContact],
    ],
    ['by principals: not the one after the last', [groupId(32)], each('principals'), [ownerOnlyContact]],
    [
      'by principals: the marker of an open default',
      ['@open:Lead'],
      each('principals'),
      [leadOfGroup, leadOfOther, leadOfNobody, leadOfMany, ownerOnlyContact],
    ],
    [
      'by principals: the marker of every account',
      ['@account'],
      each('principals'),
      [ownerOnlyContact, accountContact],
    ],
    [
      'owner-only: only records that carry the user as owner-only',
      ['@account', groupId(1)],
      { ...each('none'), Contact: access('bare') },
      [ownerOnlyContact],
    ],
    [
      'owner-only on leads: no lead carries an owner-only user',
      [groupId(1)],
      { ...each('none'), Lead: access('bare') },
      [],
    ],
    [
      'all: every document of the object, including those without a principal',
      [],
      { ...each('none'), Lead: access('all'), Opportunity: access('all') },
      [leadOfGroup, leadOfOther, leadOfNobody, leadOfMany, hidden],
    ],
    [
      'mixed: all accounts, leads by principals, contacts owner-only, no opportunity',
      [groupId(1), '@account'],
      { ...each('none'), Account: access('all'), Lead: access('principals'), Contact: access('bare') },
      [account, leadOfGroup, ownerOnlyContact],
    ],
    [
      'a document without a principal is found only by reach all',
      ['@open:Opportunity'],
      each('principals'),
      [ownerOnlyContact],
    ],
  ];

  it.each(rows)('%s', async (_, principals, objects, expected) => {
    await world.members(member(1, principals, objects));
    expect(await world.found(1)).toEqual(expected.toSorted());
    expect(await world.found(1, 'solar')).toEqual(expected.toSorted());
    expect(await world.found(1, 'lunar')).toEqual([]);
  });

  it.each(rows)('by record id: %s', async (_, principals, objects, expected) => {
    await world.members(member(1, principals, objects));
    for (const id of [
      leadOfGroup,
      leadOfOther,
      leadOfNobody,
      leadOfMany,
      account,
      ownerOnlyContact,
      accountContact,
      hidden,
    ])
      expect(await world.found(1, id)).toEqual(expected.includes(id) ? [id] : []);
  });

  it('a removed record is gone, even for a user who reads all', async () => {
    await world.members(member(1, [], each('all')));
    await world.write({ removals: [{ id: account, object: 'Account', version: START + 9_000 }] });
    expect(await world.found(1, '', ['Account'])).toEqual([]);
    expect(await world.found(1, account)).toEqual([]);
    expect(await world.found(1)).toHaveLength(7);
  });

  it('types narrow the result', async () => {
    await world.members(member(1, [groupId(1), '@account']));
    expect(await world.found(1, '', ['Contact'])).toEqual([ownerOnlyContact, accountContact]);
    expect(await world.found(1, 'solar', ['Lead', 'Case'])).toEqual([leadOfGroup]);
    expect(await world.found(1, 'solar', ['Case'])).toEqual([]);
    expect(await world.found(1, leadOfGroup, ['Case'])).toEqual([]);
    await expect(world.found(1, '', ['Task' as ObjectName])).rejects.toThrow('Task');
  });
}
