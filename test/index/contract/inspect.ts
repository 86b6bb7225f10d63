import { expect, it } from 'vitest';
import type { Member } from '../../../src/access/types.ts';
import { SearchRefusedError, UserNotServedError } from '../../../src/index/port/errors.ts';
import type { Border } from '../../../src/index/port/inspector.ts';
import { standardProfile, tablesOf, user } from '../../access/org.ts';
import {
  generation,
  groupId,
  iso,
  member,
  type NewIndex,
  OTHER_ORG,
  opened,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
  userName,
} from './setup.ts';

const ACCOUNT = recordId('Account', 1);
const ZERO = () => 0;

/** Explanations, and the data for an audit's draw. User 3 has left; user 4 is in no membership row. */
async function world(newIndex: NewIndex, ...members: Member[]): Promise<Started> {
  const made = await Started.begin(newIndex);
  const users = [1, 2, 3].map((n) => user(userId(n), { Name: `User ${n}`, IsActive: n !== 3 }));
  const tables = tablesOf({ ...standardProfile(), User: users });
  const names = [userName(1), userName(2), userName(3, { refused: 'inactive' })];
  const all = members.length > 0 ? members : [member(1), member(2)];
  await made.store.replaceMembership(made.fence, { ...generation(START + 1), tables }, all, names);
  return made;
}

export function inspect(newIndex: NewIndex): void {
  it('explains a record that the user finds from the index alone', async () => {
    const made = await world(newIndex);
    await made.write({
      records: [
        record('Account', 1, { Name: 'Acme' }),
        record('Case', 7, { Subject: 'Pump' }, { accountId: ACCOUNT, ownerId: null }),
      ],
      shares: [shares('Account', 1, [{ grantee: userId(2), cause: 'Team', opens: ['Account', 'Case'] }])],
    });
    const inspector = await opened(made.index.inspector());
    const told = await inspector.explain(recordId('Case', 7), { as: 'user2@acme.example' });
    expect(told).toMatchObject({
      user: { id: userId(2), name: 'User 2', username: 'user2@acme.example' },
      record: { id: recordId('Case', 7), object: 'Case', title: 'Pump', indexedAsOf: iso(START + 1_000) },
      finds: true,
      reads: true,
      ways: 1,
      missing: [],
      usersAsOf: iso(START + 1),
    });
    expect(told.chain.map(({ text }) => text)).toEqual([
      'User 2 has Read on Case through profile standard',
      'Case Pump belongs to its account Acme, which is shared with User 2 (Team, Case included)',
    ]);
    const short = await inspector.explain(recordId('Case', 7).slice(0, 15), { as: userId(1) });
    expect(short).toMatchObject({ finds: false, reads: false, chain: [], record: { id: recordId('Case', 7) } });
    expect(short.missing.map(({ text }) => text).join()).toContain('which is shared with User 2');
  });

  it('gives the likely causes for a record that is missing', async () => {
    const made = await world(newIndex);
    await made.write({
      records: [record('Lead', 1, { Name: 'Gone' })],
      shares: [shares('Lead', 3, [userId(1)])],
    });
    const removal = { id: recordId('Lead', 1), object: 'Lead' as const, version: START + 5_000 };
    await made.write({ removals: [removal] });
    const inspector = await opened(made.index.inspector());
    const causes: [string, RegExp][] = [
      [
        recordId('Lead', 1),
        new RegExp(`was removed from the index, as of ${iso(START + 5_000)}: it was deleted, converted`),
      ],
      [recordId('Lead', 2), /newer than the last run, it does not exist/],
      [recordId('Lead', 3), /is not in the index, although its share rows are/],
      [userId(1), /of an object that is not indexed/],
      ['Acme', /'Acme' is not a record id/],
    ];
    for (const [id, cause] of causes) {
      const { finds, reads, missing } = await inspector.explain(id, { as: userId(1) });
      expect({ finds, reads, texts: missing.map(({ text }) => text) }).toEqual({
        finds: false,
        reads: false,
        texts: [expect.stringMatching(cause)],
      });
    }
  });

  it('says that a user is not served, and refuses an unknown user and an index that serves nobody', async () => {
    const made = await world(newIndex);
    await made.write({ records: [record('Lead', 1, { Name: 'Ada' }, { ownerId: userId(3) })] });
    const inspector = await opened(made.index.inspector());
    const told = await inspector.explain(recordId('Lead', 1), { as: userId(3) });
    expect(told).toMatchObject({ finds: false, reads: false, missing: [{ kind: 'user', ids: [userId(3)] }] });
    await expect(inspector.explain(recordId('Lead', 1), { as: 'nobody' })).rejects.toThrow(UserNotServedError);
    await made.store.refuse(OTHER_ORG);
    await expect(inspector.explain(recordId('Lead', 1), { as: userId(1) })).rejects.toThrow(SearchRefusedError);
    await expect(inspector.users()).rejects.toThrow(SearchRefusedError);
  });

  it('shows a membership that does not follow from the tables: it finds what the rules deny', async () => {
    const made = await world(newIndex, member(1), member(2, [userId(1)]));
    await made.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    const inspector = await opened(made.index.inspector());
    expect(await inspector.explain(recordId('Lead', 1), { as: userId(2) })).toMatchObject({
      finds: true,
      reads: false,
    });
    expect(await inspector.explain(recordId('Lead', 1), { as: userId(1) })).toMatchObject({ finds: true, reads: true });
  });

  it('lists the served users with how they reach objects', async () => {
    const made = await world(newIndex, member(1), member(2, [], { Case: { reach: 'none', fields: [] } }));
    const inspector = await opened(made.index.inspector());
    const [one, two, ...rest] = await inspector.users();
    expect([one?.id, two?.id, rest.length]).toEqual([userId(1), userId(2), 0]);
    expect(one?.reach).not.toBe(two?.reach);
    expect((await inspector.users('USER2@acme.example')).map(({ id }) => id)).toEqual([userId(2)]);
    await expect(inspector.users(userId(3))).rejects.toThrow('inactive');
  });

  it('draws records at every boundary, with the same result as a search', async () => {
    const made = await world(
      newIndex,
      member(1, [groupId(1), '@open:Lead'], { Opportunity: { reach: 'all', fields: 'all' } }),
      member(2, [groupId(2)]),
    );
    const others = { ownerId: userId(9) };
    await made.write({
      records: [
        record('Account', 1, { Name: 'Acme' }, others),
        record('Case', 1, { Subject: 'by group' }, { ...others, accountId: ACCOUNT }),
        record('Case', 2, { Subject: 'of the same account' }, { ...others, accountId: ACCOUNT }),
        record('Case', 3, { Subject: 'owned and by group' }),
        record('Case', 4, { Subject: "a colleague's" }, others),
        record('Case', 5, { Subject: 'of nobody near' }, others),
        record('Contact', 1, { Name: 'Cy' }, others),
        record('Lead', 1, { Name: 'Ada' }, others),
        record('Opportunity', 1, { Name: 'Deal' }, others),
      ],
      shares: [shares('Case', 1, [groupId(1)]), shares('Case', 3, [groupId(1)]), shares('Case', 4, [groupId(2)])],
    });
    const inspector = await opened(made.index.inspector());
    const drawn = await inspector.borders(userId(1), { each: 10, peers: [userId(2)], random: ZERO });
    const borders = Object.fromEntries(drawn.map(({ id, border }) => [id, border]));
    const expected: [string, Border][] = [
      [recordId('Case', 1), 'one way'],
      [recordId('Case', 2), 'same account'],
      [ACCOUNT, 'same account'],
      [recordId('Case', 3), 'several ways'],
      [recordId('Case', 4), "neighbour's"],
      [recordId('Contact', 1), 'contact without account'],
      [recordId('Lead', 1), 'default'],
      [recordId('Opportunity', 1), 'View All'],
    ];
    expect(borders).toMatchObject(Object.fromEntries(expected));
    expect(
      drawn
        .filter(({ finds }) => finds)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(await made.found(1));
    // Without a peer who has it, and without View All.
    const near = await inspector.borders(userId(2), { each: 10, peers: [], random: ZERO });
    expect(
      near
        .filter(({ finds }) => finds)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(await made.found(2));
  });

  it('draws private opportunities as near misses, and nothing from an empty index', async () => {
    const made = await world(newIndex);
    const inspector = await opened(made.index.inspector());
    expect(await inspector.borders(userId(2), { each: 3, peers: [userId(1)], random: ZERO })).toEqual([]);
    await made.write({
      records: [record('Opportunity', 1, { Name: 'Secret' }, { isPrivate: true, ownerId: userId(9) })],
    });
    expect(await inspector.borders(userId(2), { each: 3, peers: [userId(1)], random: ZERO })).toEqual([
      { id: recordId('Opportunity', 1), object: 'Opportunity', border: 'private opportunity', finds: false },
    ]);
  });
}
