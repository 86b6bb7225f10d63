import { expect, it } from 'vitest';
import type { ObjectName } from '../../../src/objects/index.ts';
import {
  generation,
  groupId,
  guard,
  iso,
  member,
  type NewIndex,
  ORG,
  opened,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
  userName,
} from './setup.ts';

const V = START + 10_000;
const account = recordId('Account', 1);
const contact = recordId('Contact', 1);
const theCase = recordId('Case', 1);

/** What children inherit from their account, and how they follow when it changes. */
export function accounts(newIndex: NewIndex): void {
  const begin = () => Started.begin(newIndex, member(1), member(2), member(3, [groupId(1)]));
  const ofAccount = { accountId: account, ownerId: null, version: V };
  const children = [
    record('Contact', 1, { Name: 'Ada' }, ofAccount),
    record('Case', 1, { Subject: 'Broken' }, ofAccount),
    record('Contact', 2, { Name: 'Bob' }, { ...ofAccount, accountId: recordId('Account', 2) }),
  ];
  const row = (opens: ObjectName[]) => ({ grantee: groupId(1), cause: 'Rule', opens });
  const acme = (version: number, ownerId = userId(1)) => record('Account', 1, { Name: 'Acme' }, { version, ownerId });

  it('a changed account share reaches exactly the children that it gives access to, in the same write', async () => {
    const world = await begin();
    await world.write({ records: [acme(V), ...children] });
    expect(await world.found(3)).toEqual([]);
    const opening = { shares: [shares('Account', 1, [row(['Account', 'Case'])], V)] };
    expect(await world.write(opening)).toMatchObject({ changed: 3 });
    expect(await world.found(3)).toEqual([account, contact, theCase].sort());
    await world.write({ shares: [shares('Account', 1, [row(['Account'])], V + 1)] });
    expect(await world.found(3)).toEqual([account, contact].sort());
    await world.write({ shares: [shares('Account', 1, [], V + 2)] });
    expect(await world.found(3)).toEqual([]);
  });

  it('the new owner of an account reads its contacts, and the old owner no longer does', async () => {
    const world = await begin();
    await world.write({ records: [acme(V), ...children] });
    expect([await world.found(1), await world.found(2)]).toEqual([[account, contact].sort(), []]);
    await world.write({ records: [acme(V + 1, userId(2))] });
    expect([await world.found(1), await world.found(2)]).toEqual([[], [account, contact].sort()]);
  });

  it('children that arrive before their account get its principals when the account arrives', async () => {
    const world = await begin();
    await world.write({ records: children });
    expect(await world.found(1)).toEqual([]);
    await world.write({ records: [acme(V)], shares: [shares('Account', 1, [row(['Account', 'Case'])], V)] });
    expect(await world.found(1)).toEqual([account, contact].sort());
    expect(await world.found(3)).toEqual([account, contact, theCase].sort());
  });

  it('an account that is not indexed still gives access to its children by its share rows', async () => {
    const world = await begin();
    await world.write({ shares: [shares('Account', 1, [row(['Account', 'Case'])], V)] });
    await world.write({ records: children });
    expect(await world.found(3)).toEqual([contact, theCase].sort());
    await world.write({ shares: [shares('Account', 1, [], V + 1)] });
    expect(await world.found(3)).toEqual([]);
  });

  it('an account that leaves the index takes its owner from its children, but not its share rows', async () => {
    const world = await begin();
    await world.write({ records: [acme(V), ...children], shares: [shares('Account', 1, [row(['Account'])], V)] });
    await world.write({ removals: [{ id: account, object: 'Account', version: V + 1 }] });
    expect([await world.found(1), await world.found(3)]).toEqual([[], [contact]]);
  });

  it('a child that moves to another account changes its readers', async () => {
    const world = await begin();
    await world.write({ records: [acme(V), ...children] });
    await world.write({
      records: [
        record('Contact', 1, { Name: 'Ada' }, { ...ofAccount, accountId: recordId('Account', 2), version: V + 1 }),
      ],
    });
    expect(await world.found(1)).toEqual([account]);
  });

  it('an account that is written again unchanged touches no child', async () => {
    const world = await begin();
    const batch = (version: number) => ({
      records: [acme(version)],
      shares: [shares('Account', 1, [row(['Account'])], version)],
    });
    await world.write(batch(V));
    await world.write({ records: children });
    expect(await world.write(batch(V + 1))).toEqual({
      added: 0,
      changed: 0,
      renewed: 1,
      removed: 0,
      outdated: 0,
      sharesUnknown: [],
    });
  });

  it('many children follow their account', async () => {
    const world = await begin();
    const many = Array.from({ length: 1_200 }, (_, n) => record('Contact', n + 10, { Name: `N${n}` }, ofAccount));
    await world.write({ records: [acme(V), ...many] });
    expect(await world.write({ records: [acme(V + 1, userId(2))] })).toMatchObject({ changed: 1_201 });
    expect((await world.search(2, '', { limit: 1 })).totalIsLowerBound).toBe(true);
    expect(await world.found(1)).toEqual([]);
  });

  it('before the first backfill the contact sharing is unknown, and contacts are denied', async () => {
    const index = await newIndex();
    const store = await opened(index.store());
    const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: ORG };
    await store.admit(fence, { backfillStart: null, now: iso(START) });
    await store.begin(fence, null);
    await store.write(fence, { records: [acme(V), ...children] });
    await store.replaceMembership(fence, generation(V), [member(1)], [userName(1)]);
    const reader = await opened(index.reader());
    expect(await reader.ids('', { as: userId(1) })).toEqual([account]);
  });

  it('contacts change their sharing with the next backfill, and are mixed until it has ended', async () => {
    const world = await begin();
    await world.write({
      records: [
        acme(V),
        ...children.slice(0, 1),
        record('Contact', 3, { Name: 'Cy' }, { ...ofAccount, ownerId: userId(2) }),
      ],
      shares: [shares('Contact', 1, [groupId(1)], V)],
    });
    expect((await world.store.state()).contacts).toBe('controlled');
    expect(await world.found(3)).toEqual([]);

    const start = V + 1_000;
    const fence = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(start), contacts: 'own' }), fence);
    expect((await world.store.state()).contacts).toBe('mixed');
    await world.store.write(fence, {
      records: [record('Contact', 1, { Name: 'Ada' }, { ...ofAccount, version: start })],
    });
    expect(await world.found(3)).toEqual([contact]);
    expect(await world.found(2)).toEqual([]);
    await world.endBackfill(fence, { contactsMixed: true });
    expect((await world.store.state()).contacts).toBe('mixed');
    await world.begin(opening({ start: iso(start + 1), contacts: 'own' }), fence);
    expect((await world.store.state()).contacts).toBe('mixed');
    // A run that reports none left is not believed: it did not see some contacts.
    await world.endBackfill(fence);
    expect((await world.store.state()).contacts).toBe('mixed');
    await world.begin(opening({ start: iso(start + 2), contacts: 'own' }), fence);
    await world.readToEnd(fence);
    await world.store.sweep(fence, 'Contact', start + 2, guard(20));
    await world.endBackfill(fence);
    expect((await world.store.state()).contacts).toBe('own');
  });

  it('contacts that a backfill wrote before the default changed stay mixed when it ends', async () => {
    const world = await begin();
    const start = V + 1_000;
    const fence = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(start), contacts: 'controlled' }), fence);
    await world.store.write(fence, {
      records: [record('Contact', 1, { Name: 'Ada' }, { ...ofAccount, version: start })],
    });
    await world.begin(opening({ start: iso(start), contacts: 'own' }), fence);
    await world.readToEnd(fence);
    await world.endBackfill(fence);
    expect((await world.store.state()).contacts).toBe('mixed');

    await world.begin(opening({ start: iso(start + 1), contacts: 'own' }), fence);
    await world.store.write(fence, {
      records: [record('Contact', 1, { Name: 'Ada' }, { ...ofAccount, version: start + 1 })],
    });
    await world.readToEnd(fence);
    await world.endBackfill(fence);
    expect((await world.store.state()).contacts).toBe('own');
  });
}
