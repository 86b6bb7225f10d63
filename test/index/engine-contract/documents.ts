import { expect, it } from 'vitest';
import type { EngineSettings } from '../../../src/index/port/search-engine.ts';
import { STANDARD_FIELDS } from '../../../src/objects/index.ts';
import {
  Claimed,
  changeOf,
  documentOf,
  FENCE,
  groupId,
  type NewEngine,
  queryOf,
  removalOf,
  SETTINGS,
} from './setup.ts';

const ada = documentOf('Lead', 1, { Name: 'Ada', Description: 'solar' });
const bob = documentOf('Lead', 2, { Name: 'Bob' });

/** The settings without one of the leads' fields. */
function without(field: string): EngineSettings {
  const { fields, titleFields } = STANDARD_FIELDS;
  const rest = (names: readonly string[]) => names.filter((name) => name !== field);
  const indexed = {
    fields: { ...fields, Lead: rest(fields.Lead) },
    titleFields: { ...titleFields, Lead: rest(titleFields.Lead) },
  };
  return { ...SETTINGS, indexed };
}

/** How documents are stored, replaced and removed, and when searches see it. */
export function documents(newEngine: NewEngine): void {
  it('after a refresh, searches see the documents and removals that were applied', async () => {
    const world = await Claimed.begin(newEngine);
    await world.side.apply(FENCE, [changeOf(ada, 1), changeOf(bob, 2)]);
    await world.side.refresh();
    expect(await world.found()).toEqual([bob.id, ada.id]);
    await world.side.apply(FENCE, [removalOf(ada, 3)]);
    await world.side.refresh();
    expect(await world.found()).toEqual([bob.id]);
    await world.side.apply(FENCE, [changeOf({ ...bob, strings: { Name: 'Bert' } }, 4)]);
    await world.side.refresh();
    expect([await world.found('bob'), await world.found('bert')]).toEqual([[], [bob.id]]);
  });

  it('the change of a record with the highest sequence counts, in any order', async () => {
    const removal = removalOf(ada, 3);
    const named = (Name: string, sequence: number) => changeOf({ ...ada, strings: { Name } }, sequence);
    const orders = [
      { changes: [named('Eve', 2), named('Ada', 1)], expected: ['Eve'] },
      { changes: [named('Eve', 2), removal], expected: [] },
      { changes: [removal, named('Eve', 2)], expected: [] },
      { changes: [removal, named('Zoe', 4), named('Eve', 2)], expected: ['Zoe'] },
      { changes: [named('Zoe', 4), removal], expected: ['Zoe'] },
    ];
    for (const { changes, expected } of orders) {
      const [one, each] = [await Claimed.begin(newEngine), await Claimed.begin(newEngine)];
      await one.side.apply(FENCE, changes);
      for (const change of changes) {
        await each.side.apply(FENCE, [change]);
        await each.side.refresh();
      }
      await one.side.refresh();
      for (const world of [one, each])
        expect((await world.find(queryOf(''))).map(({ strings }) => strings.Name)).toEqual(expected);
    }
  });

  it('an equal sequence changes nothing', async () => {
    const world = await Claimed.begin(newEngine);
    await world.side.apply(FENCE, [changeOf(ada, 5)]);
    await world.side.apply(FENCE, [removalOf(ada, 5), changeOf({ ...ada, strings: {} }, 5)]);
    await world.side.refresh();
    expect(await world.found('ada')).toEqual([ada.id]);
  });

  it('documents come in the order of their numbers, and the next page begins after one', async () => {
    const world = await Claimed.begin(newEngine);
    const orders = [3, Number.MAX_SAFE_INTEGER - 1, 1, 2 ** 52 + 1, 2 ** 52];
    const leads = orders.map((order, n) => documentOf('Lead', 1 + n, { Name: 'x' }, { order }));
    await world.store(...leads);
    const sorted = leads.toSorted((one, other) => other.order - one.order).map(({ id }) => id);
    for (const words of ['', 'x']) {
      const found = await world.find(queryOf(words));
      expect(found.map(({ id }) => id)).toEqual(sorted);
      expect(found.map(({ order }) => order)).toEqual(orders.toSorted((one, other) => other - one));
      const next = await world.read((view) => view.find(queryOf(words), found[1] ?? null, 2));
      expect(next.documents.map(({ id }) => id)).toEqual(sorted.slice(2, 4));
    }
    await world.store({ ...documentOf('Lead', 1, { Name: 'x' }), order: 2 ** 52 + 2 });
    expect((await world.found())[1]).toBe(leads[0]?.id);
  });

  it('new settings count at once', async () => {
    const world = await Claimed.begin(newEngine);
    await world.side.configure(FENCE, { ...SETTINGS, refusedOrganizationId: '00D000000000009EAA' }, 0);
    expect(await world.read(async ({ settings }) => settings)).toEqual({
      ...SETTINGS,
      refusedOrganizationId: '00D000000000009EAA',
    });
  });

  it('strings of a field that is no longer indexed do not come back with the field', async () => {
    const world = await Claimed.begin(newEngine);
    await world.store(ada);
    await world.side.apply(FENCE, [changeOf({ ...bob, strings: { Description: 'solar' } }, 100)]);
    expect(await world.found('solar')).toEqual([ada.id]);
    await world.side.configure(FENCE, without('Description'), 0);
    await world.side.configure(FENCE, SETTINGS, 0);
    await world.side.refresh();
    expect(await world.found('solar')).toEqual([]);
    expect((await world.find(queryOf(''))).map(({ strings }) => strings)).toEqual([{}, { Name: 'Ada' }]);
  });

  it('refuses strings of a field that is not indexed', async () => {
    const world = await Claimed.begin(newEngine);
    await world.side.configure(FENCE, without('Description'), 0);
    await expect(world.store(ada)).rejects.toThrow('Lead.Description is not an indexed field.');
  });

  it('counts the documents that carry a principal, up to a limit', async () => {
    const world = await Claimed.begin(newEngine);
    const carrying = (n: number, principals: readonly string[]) => documentOf('Lead', n, {}, { principals });
    await world.store(
      carrying(1, [groupId(1), groupId(2)]),
      carrying(2, [groupId(2)]),
      carrying(3, [groupId(3)]),
      carrying(4, []),
    );
    const count = (groups: readonly number[], upTo: number) => world.side.countCarrying(groups.map(groupId), upTo);
    expect([await count([1, 2], 10), await count([1, 2, 3], 2), await count([4], 10), await count([], 10)]).toEqual([
      2, 2, 0, 0,
    ]);
    await world.remove(carrying(1, []));
    expect(await count([1, 2], 10)).toBe(1);
  });
}
