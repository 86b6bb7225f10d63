import { expect, it } from 'vitest';
import type { UserNameKind } from '../../../src/index/model/user-name.ts';
import { decidedFields, STANDARD_FIELDS } from '../../../src/objects/index.ts';
import { iso } from '../contract/setup.ts';
import {
  Claimed,
  documentOf,
  everywhere,
  FENCE,
  groupId,
  member,
  membershipOf,
  type NewEngine,
  START,
  scopeOf,
  userId,
  userName,
} from './setup.ts';

/** Who searches, and what they may read at which time. */
export function membership(newEngine: NewEngine): void {
  it('finds users by one kind of name', async () => {
    const world = await Claimed.begin(newEngine);
    const names = [
      userName(1, { username: 'Ada@Acme.example', email: 'Office@acme.example', federationId: 'Fed-1' }),
      userName(2, { email: 'office@acme.example', refused: 'frozen' }),
      userName(3, { email: 'OFFICE@acme.example', refused: 'inactive' }),
      userName(4, { username: userId(4) }),
    ];
    await world.side.publishMembership(FENCE, membershipOf([], names), 0);
    const named = (kind: UserNameKind, name: string, activeOnly = false) =>
      world.read(async (view): Promise<[users: string[], count: number]> => {
        const { users, count } = await view.usersNamed({ kind, name, activeOnly });
        return [users.map((user) => user.userId).sort(), count];
      });
    expect(await named('id', userId(1))).toEqual([[userId(1)], 1]);
    expect(await named('id', userId(9))).toEqual([[], 0]);
    expect(await named('username', 'ada@acme.example')).toEqual([[userId(1)], 1]);
    expect(await named('username', userId(4).toLowerCase())).toEqual([[], 0]);
    expect(await named('federationId', 'Fed-1')).toEqual([[userId(1)], 1]);
    expect(await named('federationId', 'fed-1')).toEqual([[], 0]);
    expect(await named('email', 'office@acme.example', true)).toEqual([[userId(1), userId(2)], 2]);
    const [users, count] = await named('email', 'office@acme.example');
    expect([users.length, count]).toEqual([2, 3]);
    const { users: frozen } = await world.read((view) =>
      view.usersNamed({ kind: 'id', name: userId(2), activeOnly: true }),
    );
    expect(frozen).toEqual([{ userId: userId(2), name: 'User 2', username: 'user2@acme.example', refused: 'frozen' }]);
  });

  it("a user's row that ends first counts until its end, then the next one", async () => {
    const world = await Claimed.begin(newEngine);
    const objects = (field: string) => everywhere({ reach: 'principals', fields: [field] });
    await world.side.publishMembership(
      FENCE,
      membershipOf([
        member(1, [groupId(2)], objects('Company'), iso(START + 2_000)),
        member(2, [], objects('City'), iso(START + 1_000)),
        member(1, [groupId(1)], objects('Name'), iso(START + 1_000)),
        member(3, [], objects('City')),
      ]),
      0,
    );
    await world.store(
      documentOf('Lead', 1, {}, { principals: [groupId(1)] }),
      documentOf('Lead', 2, {}, { principals: [groupId(2)] }),
    );
    const at = (n: number, now: number) =>
      world.read(async (view) => {
        const access = await view.accessOf(userId(n));
        const found = await view.ids({ words: '', terms: [], sort: 'relevance', scope: scopeOf(n, 'principals') });
        return [access?.objects.Lead.fields, found.map((id) => Number(id.slice(3, 15)))];
      }, now);
    expect(await at(1, START)).toEqual([['Name'], [1]]);
    expect(await at(1, START + 999)).toEqual([['Name'], [1]]);
    expect(await at(1, START + 1_000)).toEqual([['Company'], [2]]);
    expect(await at(1, START + 2_000)).toEqual([undefined, []]);
    expect(await at(2, START + 1_000)).toEqual([undefined, []]);
    expect(await at(3, Number.MAX_SAFE_INTEGER - 1)).toEqual([['City'], []]);
    expect(await at(9, START)).toEqual([undefined, []]);
  });

  it('returns the access as it was published, and the fields that `all` means', async () => {
    const world = await Claimed.begin(newEngine);
    const access = await world.read((view) => view.accessOf(userId(1)));
    expect(access).toEqual({ objects: member(1).objects, everyField: decidedFields(STANDARD_FIELDS) });
  });

  it('a new membership replaces the old one as a whole, at once and without a refresh', async () => {
    const world = await Claimed.begin(newEngine);
    const lead = documentOf('Lead', 1, { Name: 'Ada' }, { principals: [groupId(1)] });
    await world.store(lead);
    const scope = scopeOf(1, 'principals');
    expect(await world.found('', scope)).toEqual([]);
    await world.side.publishMembership(FENCE, membershipOf([member(1, [groupId(1)])], [userName(2)]), 0);
    expect(await world.found('', scope)).toEqual([lead.id]);
    const named = (n: number) =>
      world.read(async (view) => (await view.usersNamed({ kind: 'id', name: userId(n), activeOnly: false })).count);
    expect([await named(1), await named(2)]).toEqual([0, 1]);
    await world.side.publishMembership(FENCE, membershipOf([member(2)], []), 0);
    expect(await world.found('', scope)).toEqual([]);
    expect(await world.read((view) => view.accessOf(userId(1)))).toBeNull();
  });

  it('the old membership counts if the new one fails half-way', async () => {
    const world = await Claimed.begin(newEngine);
    function* members() {
      yield member(2);
      throw new Error('the org does not answer');
    }
    await expect(world.side.publishMembership(FENCE, membershipOf(members()), 0)).rejects.toThrow('does not answer');
    expect(await world.read((view) => view.accessOf(userId(1)))).not.toBeNull();
    expect(await world.read((view) => view.accessOf(userId(2)))).toBeNull();
  });
}
