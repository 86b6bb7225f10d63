import { beforeEach, expect, it } from 'vitest';
import type { ObjectAccess } from '../../../src/access/types.ts';
import { decidedFields, fieldLists, type ObjectName, STANDARD_FIELDS } from '../../../src/objects/index.ts';
import {
  generation,
  groupId,
  iso,
  member,
  type NewIndex,
  opened,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
} from './setup.ts';

const account = recordId('Account', 1);
const named = { id: account, name: 'Acme' };
const CHILDREN = ['Contact', 'Case', 'Opportunity'] as const;

const principals = (fields: ObjectAccess['fields']): ObjectAccess => ({ reach: 'principals', fields });
const NONE: ObjectAccess = { reach: 'none', fields: [] };
const all = decidedFields(STANDARD_FIELDS);
const without = (object: ObjectName, field: string) => all[object].filter((each) => each !== field);

/** A hit shows its account's present name to users who may read both the account and the field that names it. */
export function hits(newIndex: NewIndex): void {
  let world: Started;
  const V = START + 10_000;

  /** The account of each child hit that user 2 gets, by object. */
  const shown = async (options: { types?: readonly ObjectName[] } = { types: CHILDREN }) => {
    const { hits } = await world.search(2, '', options);
    const children = hits.filter(({ object }) => CHILDREN.some((child) => child === object));
    return Object.fromEntries(children.map((hit) => [hit.object, hit.account]));
  };
  const ofAll = (what: typeof named | null) => ({ Contact: what, Case: what, Opportunity: what });

  beforeEach(async () => {
    world = await Started.begin(newIndex, member(1), member(2, [groupId(1)]));
    // Contacts have their own sharing here, so a user can read one without its account.
    await world.begin(opening({ start: iso(START + 1), schema: 'own', contacts: 'own' }));
    await world.write({
      records: [
        record('Account', 1, { Name: 'Acme' }, { version: V }),
        ...CHILDREN.map((object) => record(object, 1, {}, { accountId: account, version: V })),
      ],
      shares: (['Account', ...CHILDREN] as const).map((object) => shares(object, 1, [groupId(1)], V)),
    });
  });

  const shownAs = async (user: number, id: string) => {
    const reader = await opened(world.index.reader());
    return reader.record(id, { as: userId(user) });
  };

  it('one record is shown as a hit shows it', async () => {
    for (const object of ['Account', ...CHILDREN] as const) {
      const id = recordId(object, 1);
      const { hits } = await world.search(2, id);
      const { snippet: _, snippetField: __, score: ___, ...expected } = hits[0] ?? expect.fail('no hit');
      expect(await shownAs(2, id)).toEqual(expected);
      expect(await shownAs(2, id.slice(0, 15))).toEqual(expected);
    }
  });

  it('one record is not shown to a user who may not read it, and looks like one that does not exist', async () => {
    await world.members(member(1), member(2, [groupId(1)]), member(3));
    expect(await shownAs(3, recordId('Case', 1))).toBeNull();
    expect(await shownAs(2, recordId('Case', 2))).toBeNull();
    expect(await shownAs(2, userId(1))).toBeNull();
    await expect(shownAs(2, 'Acme')).rejects.toThrow(RangeError);
  });

  it('one record shows only fields and an account that the user may read', async () => {
    await world.write({
      records: [record('Case', 2, { CaseNumber: '42', Subject: 'Secret' }, { accountId: account, version: V })],
      shares: [shares('Case', 2, [groupId(1)], V)],
    });
    const some = without('Case', 'Subject').filter((field) => field !== 'AccountId');
    await world.members(member(1), member(2, [groupId(1)], { Case: principals(some) }));
    const shown = await shownAs(2, recordId('Case', 2));
    expect(shown).toMatchObject({ title: '42', account: null, fields: { CaseNumber: '42' } });
    expect(JSON.stringify(shown)).not.toContain('Secret');
  });

  it('children show their account even if the search does not cover accounts', async () => {
    expect(await shown()).toEqual(ofAll(named));
    expect(await shown({})).toEqual(ofAll(named));
    const { hits } = await world.search(2, '', { types: ['Account'] });
    expect(hits).toMatchObject([{ id: account, account: null }]);
  });

  it('children show the present name of their account', async () => {
    await world.write({ records: [record('Account', 1, { Name: 'Acme Europe' }, { version: V + 1 })] });
    expect(await shown()).toEqual(ofAll({ id: account, name: 'Acme Europe' }));
  });

  it("an account's name does not find the children that show it", async () => {
    expect(await world.found(2, 'acme')).toEqual([account]);
  });

  it.each<[why: string, change: () => Promise<unknown>]>([
    ['does not read that account', () => world.write({ shares: [shares('Account', 1, [], V + 1)] })],
    ['reads no accounts', () => world.members(member(1), member(2, [groupId(1)], { Account: NONE }))],
    [
      'does not read Account.Name',
      () => world.members(member(1), member(2, [groupId(1)], { Account: principals(without('Account', 'Name')) })),
    ],
  ])('a user who %s sees no account on its children', async (_, change) => {
    await change();
    expect(await shown()).toEqual(ofAll(null));
  });

  it.each(CHILDREN)('a user who may not read %s.AccountId sees no account on that object', async (object) => {
    const some = principals(without(object, 'AccountId'));
    await world.members(member(1), member(2, [groupId(1)], { [object]: some }));
    expect(await shown()).toEqual({ ...ofAll(named), [object]: null });
    const more = principals([...without(object, 'AccountId'), 'AccountId']);
    await world.members(member(1), member(2, [groupId(1)], { [object]: more }));
    expect(await shown()).toEqual(ofAll(named));
  });

  it('nobody sees the account if the membership has not checked AccountId, not even full readers', async () => {
    const unaware = { ...generation(V), fields: STANDARD_FIELDS.fields };
    const name = { userId: userId(2), name: 'Two', username: 'two@a', federationId: null, email: null, refused: null };
    await world.store.replaceMembership(world.fence, unaware, [member(2, [groupId(1)])], [name]);
    expect(await shown()).toEqual(ofAll(null));
  });

  it('an account that is not indexed is not shown', async () => {
    await world.write({ removals: [{ id: account, object: 'Account', version: V + 1 }] });
    expect(await shown()).toEqual(ofAll(null));
  });

  it('an account that was switched off is not shown, even before it has left the index', async () => {
    const fields = fieldLists(({ name }) => (name === 'Account' ? [] : STANDARD_FIELDS.fields[name]));
    const indexed = { fields, titleFields: { ...STANDARD_FIELDS.titleFields, Account: [] } };
    const start = iso(START + 2);
    await world.begin(opening({ start, schema: 'off', contacts: 'own', indexed }));
    expect(await shown()).toEqual(ofAll(null));
  });

  it('a record without an account shows none', async () => {
    await world.write({
      records: [record('Case', 1, {}, { version: V + 1 })],
      shares: [shares('Case', 1, [groupId(1)], V + 1)],
    });
    expect(await shown()).toEqual({ ...ofAll(named), Case: null });
  });

  it('every hit links to its page', async () => {
    const { hits } = await world.search(2);
    expect(hits.map(({ url }) => url)).toEqual(hits.map(({ object, id }) => `/lightning/r/${object}/${id}/view`));
  });
}
