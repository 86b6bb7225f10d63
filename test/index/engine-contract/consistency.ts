import { expect, it } from 'vitest';
import { STANDARD_FIELDS } from '../../../src/objects/index.ts';
import {
  Claimed,
  documentOf,
  FENCE,
  groupId,
  member,
  membershipOf,
  type NewEngine,
  queryOf,
  SETTINGS,
  scopeOf,
  userId,
  type Weaker,
} from './setup.ts';

/** A search sees one state, although others write. */
export function consistency(newEngine: NewEngine, { wipe }: Weaker = {}): void {
  const others = wipe === undefined ? 'others write' : `others write (but not if they wipe: ${wipe})`;
  it(`a search reads one state until it ends, although ${others}`, async () => {
    const world = await Claimed.begin(newEngine);
    const one = documentOf('Lead', 1, { Name: 'Ada', City: 'Berlin' }, { principals: [groupId(1)] });
    await world.side.publishMembership(FENCE, membershipOf([member(1, [groupId(1)])]), 0);
    await world.store(one);
    const query = queryOf('', scopeOf(1, 'principals'));
    const writes = [
      () => world.store(documentOf('Lead', 2, { Name: 'Bob' }, { principals: [groupId(1)] })),
      () => world.store({ ...one, strings: { Name: 'Eve' } }),
      () => world.side.publishMembership(FENCE, membershipOf([]), 0),
      () =>
        world.side.configure(
          FENCE,
          {
            ...SETTINGS,
            indexed: { ...STANDARD_FIELDS, fields: { ...STANDARD_FIELDS.fields, Lead: ['Name'] } },
          },
          0,
        ),
      () => world.remove(one),
      ...(wipe === undefined ? [() => world.side.wipe(FENCE)] : []),
    ];
    await world.read(async (view) => {
      const whole = async () => [
        view.settings,
        view.cursorKey,
        (await view.find(query, null, 10)).documents,
        await view.count(query, 10),
        await view.records([one.id], query.scope),
        await view.accessOf(userId(1)),
        await view.usersNamed({ kind: 'id', name: userId(1), activeOnly: false }),
      ];
      const before = await whole();
      expect(before[2]).toHaveLength(1);
      for (const write of writes) {
        await write();
        expect(await whole()).toEqual(before);
      }
    });
  });

  it('many searches run at once, each on one state', async () => {
    const world = await Claimed.begin(newEngine);
    const pair = (Name: string) => [1, 2].map((n) => documentOf('Lead', n, { Name }));
    await world.store(...pair('zero'));
    let isOver = false;
    const search = async () => {
      while (!isOver) {
        const names = (await world.find(queryOf(''))).map(({ strings }) => strings.Name);
        expect([names.length, new Set(names).size]).toEqual([2, 1]);
      }
    };
    const searches = [search(), search(), search()];
    for (const name of ['one', 'two', 'three', 'four', 'five']) await world.store(...pair(name));
    isOver = true;
    await Promise.all(searches);
  });
}
