import { expect, it } from 'vitest';
import { ownerOnly } from '../../../src/access/markers.ts';
import type { EngineDocument, Finding, Place, Scope } from '../../../src/index/port/search-engine.ts';
import {
  Claimed,
  documentOf,
  FENCE,
  groupId,
  member,
  membershipOf,
  type NewEngine,
  queryOf,
  recordId,
  START,
  scopeOf,
  userId,
} from './setup.ts';

const numbers = (ids: readonly string[]) => ids.map((id) => Number(id.slice(3, 15)));

/** What a query finds, and in which order. */
export function searches(newEngine: NewEngine): void {
  let world: Claimed;
  const store = async (...documents: readonly EngineDocument[]): Promise<void> => {
    world = await Claimed.begin(newEngine);
    await world.side.publishMembership(FENCE, membershipOf([member(1, [groupId(1)])]), 0);
    await world.store(...documents);
  };

  it('finds each reach of a scope in its own objects', async () => {
    const of = (object: 'Lead' | 'Account' | 'Contact', n: number, ...principals: string[]) =>
      documentOf(object, n, { Name: 'solar' }, { principals });
    await store(
      of('Lead', 1),
      of('Lead', 2, groupId(1)),
      of('Account', 3, groupId(2)),
      of('Account', 4, groupId(2), groupId(1)),
      of('Contact', 5, groupId(1), userId(1)),
      of('Contact', 6, ownerOnly(userId(1))),
    );
    const [all, some, bare] = [
      scopeOf(1, 'all', { objects: ['Lead'] }),
      scopeOf(1, 'principals', { objects: ['Account'] }),
      scopeOf(1, 'bare', { objects: ['Contact'] }),
    ];
    const scope = { ...all, groups: [...all.groups, ...some.groups, ...bare.groups] };
    for (const words of ['', 'solar']) {
      expect(numbers(await world.found(words, all))).toEqual([2, 1]);
      expect(numbers(await world.found(words, some))).toEqual([4]);
      expect(numbers(await world.found(words, bare))).toEqual([6]);
      expect(numbers(await world.found(words, scope))).toEqual([6, 4, 2, 1]);
      expect(await world.found(words, { ...all, groups: [] })).toEqual([]);
    }
  });

  it('matches only the fields of the scope, and returns their texts', async () => {
    await store(documentOf('Lead', 1, { Name: 'Ada', Company: 'Solar', City: 'Berlin' }));
    const of = (fields: string[], titleFields: string[]): Scope => ({
      ...scopeOf(1),
      groups: [{ reach: 'all', objects: [{ name: 'Lead', fields, titleFields }] }],
    });
    const [hit] = await world.find(queryOf('berlin', of(['Company', 'City'], ['Company'])));
    expect(hit?.strings).toMatchObject({ Company: 'Solar', City: 'Berlin' });
    expect(await world.found('ada', of(['Company', 'City'], ['Company']))).toEqual([]);
    expect(await world.found('solar berlin', of(['City'], []))).toEqual([]);
    const score = async (scope: Scope) => (await world.find(queryOf('solar', scope)))[0]?.score;
    expect([await score(of(['Company'], ['Company'])), await score(of(['Company'], []))]).toEqual([10, 3]);
    expect(await world.found('', of([], []))).toEqual([recordId('Lead', 1)]);
    expect(await world.found('ada', of([], []))).toEqual([]);
  });

  it('filters by time, owner and account, and by all of them together', async () => {
    const [owner, account] = [userId(5), recordId('Account', 9)];
    const contact = (n: number, rest: Partial<EngineDocument>) => documentOf('Contact', n, { Name: 'solar' }, rest);
    await store(
      contact(1, { modified: START }),
      contact(2, { modified: START + 1, ownerId: owner }),
      contact(3, { modified: START + 1_000, accountId: account }),
      contact(4, { modified: START + 2_000, ownerId: owner, accountId: account }),
      contact(5, { modified: START + 3_000, ownerId: null }),
    );
    for (const words of ['', 'solar']) {
      const found = async (filters: Partial<Scope['filters']>) =>
        numbers(await world.found(words, scopeOf(1, 'all', filters))).toSorted();
      expect(await found({ modifiedFrom: START + 1 })).toEqual([2, 3, 4, 5]);
      expect(await found({ modifiedBefore: START + 1_000 })).toEqual([1, 2]);
      expect(await found({ owner })).toEqual([2, 4]);
      expect(await found({ account })).toEqual([3, 4]);
      expect(await found({ modifiedFrom: START + 2, modifiedBefore: START + 2_001, owner, account })).toEqual([4]);
    }
  });

  it('ranks by level, then by order, and by order alone if sorted by date', async () => {
    const lead = (n: number, Name: string, Description = 'x') => documentOf('Lead', n, { Name, Description });
    await store(
      lead(1, 'Solar Roof'),
      lead(2, 'Solar Roof Ltd'),
      lead(3, 'The Solar Roof'),
      lead(4, 'Roof, Solar'),
      lead(5, 'Solar Roofing'),
      lead(6, 'The Solar Roofing'),
      lead(7, 'Solar', 'with a roof'),
      lead(8, 'x', 'a solar roof'),
      lead(9, 'x', 'a roof for solar cells'),
      lead(10, 'x', 'solar roofing'),
      lead(11, 'x', 'a solar roof'),
      lead(12, 'Solar', 'with a floor'),
    );
    const ranked = await world.find(queryOf('solar roof'));
    expect(numbers(ranked.map(({ id }) => id))).toEqual([1, 2, 3, 4, 5, 6, 7, 11, 8, 9, 10]);
    expect(ranked.map(({ score }) => score)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 3, 2, 1]);
    const dated = await world.find(queryOf('solar roof', scopeOf(1), 'modified'));
    expect(numbers(dated.map(({ id }) => id))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(new Set(dated.map(({ score }) => score))).toEqual(new Set([0]));
    expect(new Set((await world.find(queryOf(''))).map(({ score }) => score))).toEqual(new Set([0]));
  });

  it('a word may be in another field than the next, but a phrase is in one field', async () => {
    await store(
      documentOf('Lead', 1, { Name: 'AT', Company: 'T' }),
      documentOf('Lead', 2, { Name: 'AT&T' }),
      documentOf('Lead', 3, { Name: 'x', City: '東京', State: '京都' }),
      documentOf('Lead', 4, { Name: 'x', City: '東京都' }),
    );
    expect(numbers(await world.found('AT T'))).toEqual([2, 1]);
    expect(numbers(await world.found('AT&T'))).toEqual([2]);
    expect(numbers(await world.found('東京 京都')).toSorted()).toEqual([3, 4]);
    expect(numbers(await world.found('東京都'))).toEqual([4]);
  });

  it('finds phone numbers in national and international form', async () => {
    await store(
      documentOf('Lead', 1, { Phone: '+49 30 1234567' }),
      documentOf('Lead', 2, { Phone: '030 1234567' }),
      documentOf('Lead', 3, { Phone: '+43 30 1234567' }),
    );
    expect(numbers(await world.found('030/1234567'))).toEqual([3, 2, 1]);
    expect(numbers(await world.found('0049 30 1234567'))).toEqual([2, 1]);
  });

  it('pages by place return every hit once, despite writes between them', async () => {
    const texts = ['solar', 'the solar', 'solarium', 'x'];
    const leads = Array.from({ length: 40 }, (_, n) =>
      documentOf('Lead', 1 + n, { Name: texts[n % 4] ?? '', City: 'solar' }, { modified: START + (n % 3) * 1_000 }),
    );
    await store(...leads);
    for (const query of [queryOf('solar'), queryOf('sol'), queryOf(''), queryOf('solar', scopeOf(1), 'modified')]) {
      const whole = (await world.find(query)).filter(({ id }) => leads.some((lead) => lead.id === id));
      expect(whole).toHaveLength(40);
      const seen: string[] = [];
      for (let after: (typeof whole)[number] | null = null; ; ) {
        const place: Place | null = after === null ? null : { score: after.score, order: after.order };
        const { documents: page }: Finding = await world.read((view) => view.find(query, place, 7));
        seen.push(...page.map(({ id }) => id));
        after = page.at(-1) ?? null;
        if (after === null) break;
        await world.store(documentOf('Lead', 100 + seen.length, { Name: 'solar' }, { modified: START }));
      }
      expect(seen.filter((id) => leads.some((lead) => lead.id === id))).toEqual(whole.map(({ id }) => id));
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it('counts up to a limit, lists all ids, and says whether one document matches', async () => {
    await store(
      documentOf('Lead', 1, { Name: 'Solar' }),
      documentOf('Lead', 2, { Name: 'Solarium' }),
      documentOf('Lead', 3, { Name: 'x' }),
      documentOf('Account', 4, { Name: 'Solar' }),
    );
    const query = queryOf('solar', scopeOf(1, 'all', { objects: ['Lead'] }));
    const every = { ...query, words: '', terms: [] };
    await world.read(async (view) => {
      expect([await view.count(query, 10), await view.count(query, 1), await view.count(every, 10)]).toEqual([2, 1, 3]);
      expect(numbers(await view.ids(query)).toSorted()).toEqual([1, 2]);
      expect(numbers(await view.ids(every)).toSorted()).toEqual([1, 2, 3]);
      const matches = (object: 'Lead' | 'Account', n: number) => view.matches(query, recordId(object, n));
      expect([await matches('Lead', 2), await matches('Lead', 3), await matches('Account', 4)]).toEqual([
        true,
        false,
        false,
      ]);
      expect(await matches('Lead', 99)).toBe(false);
    });
  });

  it('returns the records that are in the scope, each once', async () => {
    const account = recordId('Account', 9);
    const shown = { strings: { Name: 'Ada' }, modified: START + 1, accountId: account };
    await store(documentOf('Contact', 1, shown.strings, { ...shown, ownerId: userId(5) }), documentOf('Lead', 2, {}));
    const ids = [recordId('Contact', 1), recordId('Lead', 2), recordId('Lead', 99), recordId('Contact', 1)];
    const records = (scope: Scope) => world.read((view) => view.records(ids, scope));
    expect(await records(scopeOf(1, 'all', { objects: ['Contact'] }))).toEqual([
      { id: recordId('Contact', 1), object: 'Contact', ...shown },
    ]);
    expect(await records(scopeOf(1))).toHaveLength(2);
    expect(await records(scopeOf(1, 'all', { owner: userId(1) }))).toMatchObject([{ id: recordId('Lead', 2) }]);
    expect(await records(scopeOf(2, 'principals'))).toEqual([]);
  });
}
