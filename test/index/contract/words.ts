import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { iso, member, type NewIndex, record, recordId, START, Started } from './setup.ts';

const ALL = ['Lead'] as const;

/** What words find, in which order, and with which snippet. */
export function words(newIndex: NewIndex): void {
  describe('matching', () => {
    let world: Started;
    beforeAll(async () => {
      world = await Started.begin(newIndex);
      await world.members(member(1));
      await world.write({
        records: [
          record('Lead', 1, {
            Name: 'José Müller',
            Company: 'Straßenbau AG',
            Email: 'jose.muller@acme.co.uk',
            Phone: '(415) 555-1234',
            MobilePhone: '+1 212 555 9876',
            Description: 'The ﬁnance team, ёлка, Łódź, Nguyễn Việt. O\u2019Brien; AT&T; well\u00ADknown',
            City: '株式会社東京電力',
            Title: 'เขากำลังกินข้าวที่โรงแรมกรุงเทพ',
            Street: 'किताब की दुकान; zero\u200bwidth',
            Website: '+44 20 7946 0958, 0044 20 7946 0959',
            Industry: '+49 (0) 30 1234567',
          }),
        ],
      });
    });
    const id = recordId('Lead', 1);

    it.each([
      'josé',
      'jose',
      'MULLER',
      'Müller José',
      'mul',
      'muller finance',
      'strassenbau',
      'Straßenbau',
      'jose.muller@acme.co.uk',
      'muller@acme',
      'acme',
      '(415) 555-1234',
      '415-555-1234',
      '4155551234',
      '+1 (415) 555 1234',
      '415555',
      '2125559876',
      '12125559876',
      'jose 4155551234 strassenbau',
      'елка',
      'lodz',
      'viet',
      'finance',
      'wellknown',
      "o'brien",
      'AT&T',
      '東京',
      '東京電力',
      '力',
      '会社 東京',
      'โรงแรม',
      'กรุงเทพ โรงแรม',
      'กรุ',
      'किताब',
      'दुकान किताब',
      'width',
      'zero',
      '020 7946 0958',
      '+442079460959',
      '+49301234567',
      '030 1234567',
      '٠٢٠ ٧٩٤٦ ٠٩٥٨',
      id,
      id.slice(0, 15),
    ])('finds %s', async (typed) => {
      expect(await world.found(1, typed)).toEqual([id]);
    });

    it.each([
      ['uller', 'a word by its middle'],
      ['jos muller', 'a first word that is only a beginning'],
      ['jose smith', 'one word of two'],
      ['muller.jose', 'the parts of a word in reverse order'],
      ['4155551235', 'another number'],
      ['1234555', 'digits in another order'],
      ['京東', 'letters in another order'],
      ['大', 'a letter that is not in the text'],
      ['แรงโรม', 'Thai letters in another order'],
      ['कताब', 'a word without its vowel sign'],
      ['widt x', 'a first word that is only a beginning'],
      ['+49 20 7946 0958', 'a phone number of another country'],
      ['0301234568', 'a national number with another ending'],
      ['???', 'nothing but punctuation'],
      ['🙂', 'an emoji'],
      [recordId('Lead', 2), 'the id of a record that does not exist'],
    ])('does not find %s: %s', async (typed) => {
      expect(await world.found(1, typed)).toEqual([]);
    });

    it.each([
      'josé OR smith',
      'jose NOT muller',
      'smith NEAR(jose muller)',
      'Lead_Name:jose x',
      '{acl} : p1',
      '"jose" OR "',
      'x"); drop table doc; --',
      'smith*muller^(',
      '\u{e000}p1',
      'p1',
      '-jose',
      '\u0000',
      "'",
    ])('takes %s as plain words without syntax', async (typed) => {
      expect(await world.found(1, typed)).toEqual(typed === '-jose' ? [id] : []);
    });
  });

  describe('results', () => {
    let world: Started;
    beforeEach(async () => {
      world = await Started.begin(newIndex);
      await world.members(member(1));
    });

    it("a record's text cannot pass for a principal", async () => {
      await world.members(member(1), member(2));
      await world.write({
        records: [record('Lead', 1, { Name: Array.from({ length: 20 }, (_, n) => `\u{e000}p${n}`).join(' ') })],
      });
      expect(await world.found(2)).toEqual([]);
      expect(await world.found(2, 'p1')).toEqual([]);
      expect(await world.found(1, 'p1')).toEqual([recordId('Lead', 1)]);
    });

    it('a word in the title counts more than one elsewhere', async () => {
      const rest = 'about what was said, and by whom, in a text of the usual length';
      await world.write({
        records: [
          record('Lead', 1, { Name: 'Acme', Description: `solar ${rest}` }),
          record('Lead', 2, { Name: 'Solar', Description: `acme ${rest}` }),
          record('Lead', 3, { Name: 'Acme', Description: `solar ${rest}` }),
          record('Lead', 4, { Name: 'Acme', Description: rest }),
        ],
      });
      const { hits } = await world.search(1, 'solar');
      expect(hits.map((hit) => hit.id)).toEqual([2, 3, 1].map((n) => recordId('Lead', n)));
      expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 0);
      expect(hits[2]?.score).toBeGreaterThan(0);
    });

    it.each<[typed: string, Name: Record<number, string>, Description: Record<number, string>, order: number[]]>([
      [
        'solar',
        {
          1: 'Solar',
          2: 'Solar Roof',
          3: 'The Solar',
          4: 'Solarium',
          5: 'The Solarium',
          6: 'x',
          7: 'y',
        },
        { 6: 'a solar cell', 7: 'a solarium' },
        [1, 2, 3, 4, 5, 6, 7],
      ],
      [
        'solar roof',
        {
          1: 'Solar Roof',
          2: 'Solar Roof Ltd',
          3: 'The Solar Roof',
          4: 'Roof, Solar',
          5: 'Solar Roofing',
          6: 'The Solar Roofing',
          7: 'Solar',
          8: 'x',
          9: 'x',
          10: 'x',
        },
        { 7: 'with a roof', 8: 'a solar roof', 9: 'a roof for solar cells', 10: 'solar roofing' },
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      ],
      [
        'solar roof solar',
        { 1: 'Solar Roof', 2: 'Solar Roofing', 3: 'x', 4: 'x' },
        { 2: 'with a roof', 3: 'a roof for solar cells', 4: 'a roof for a solarium' },
        [1, 2, 3, 4],
      ],
      ['4155551234', { 1: 'Call (415) 555-1234', 2: 'x' }, { 2: '415-555-1234' }, [1, 2]],
      ['東京', { 1: '東京電力', 2: '株式会社東京', 3: 'x' }, { 3: '東京' }, [1, 2, 3]],
    ])('ranks %s by where and how the words appear', async (typed, Name, Description, order) => {
      const records = order.map((n) =>
        record('Lead', n, { Name: Name[n] ?? 'x', ...(Description[n] ? { Description: Description[n] } : {}) }),
      );
      await world.write({ records });
      const { hits } = await world.search(1, typed);
      expect(hits.map((hit) => hit.id)).toEqual(order.map((n) => recordId('Lead', n)));
    });

    it('a word that is typed again at the end may be a beginning, and the word before it may not', async () => {
      await world.write({
        records: [
          record('Lead', 1, { Name: 'Solar Roofing' }),
          record('Lead', 2, { Name: 'Solar Roofing', Description: 'with a roof' }),
          record('Lead', 3, { Name: 'Solarium', Description: 'with a roof' }),
        ],
      });
      expect(await world.found(1, 'solar roof solar')).toEqual([2, 3].map((n) => recordId('Lead', n)));
    });

    it('ranks records with equal matches by last modified, regardless of the object', async () => {
      const at = (minutes: number) => ({ modified: iso(START + minutes * 60_000) });
      await world.write({
        records: [
          record('Lead', 1, { Name: 'Solar' }, at(2)),
          record('Account', 1, { Name: 'Solar' }, at(3)),
          record('Case', 1, { Subject: 'Solar' }, at(1)),
        ],
      });
      const order = async () => (await world.search(1, 'solar')).hits.map(({ object }) => object);
      expect(await order()).toEqual(['Account', 'Lead', 'Case']);
      const later = { ...at(4), version: START + 2_000 };
      await world.write({ records: [record('Case', 1, { Subject: 'Solar' }, later)] });
      expect(await order()).toEqual(['Case', 'Account', 'Lead']);
    });

    it('ignores how often a word occurs, and how long the text is', async () => {
      const text = (words: string, length: number) => `${words} ${'filler '.repeat(length)}`;
      await world.write({
        records: [
          record('Lead', 1, { Description: text('solar roof', 400) }),
          record('Lead', 2, { Description: text('solar solar solar roof', 1) }),
        ],
      });
      const { hits } = await world.search(1, 'roof solar');
      expect(hits.map((hit) => hit.id)).toEqual([2, 1].map((n) => recordId('Lead', n)));
      expect(new Set(hits.map(({ score }) => score)).size).toBe(1);
    });

    it('without words, the last modified come first, with all objects mixed', async () => {
      const modified = (minutes: number) => ({ modified: iso(START + minutes * 60_000) });
      await world.write({
        records: [
          record('Lead', 1, { Name: 'a' }, modified(3)),
          record('Account', 1, { Name: 'b' }, modified(1)),
          record('Lead', 2, { Name: 'c' }, modified(2)),
          record('Case', 1, { Subject: 'd' }, modified(4)),
        ],
      });
      const { hits, total } = await world.search(1, '  ', { limit: 3 });
      expect(hits.map((hit) => hit.title)).toEqual(['d', 'a', 'c']);
      expect([total, hits[0]?.snippet, hits[0]?.snippetField]).toEqual([4, '', null]);
    });

    it('a hit shows the title, the fields and the text around the match', async () => {
      const Description = `${'before '.repeat(60)}Ein Schiff für Müller & Söhne. ${'after '.repeat(60)}`;
      await world.write({ records: [record('Case', 1, { CaseNumber: '00001', Subject: 'Ship', Description })] });
      const [hit] = (await world.search(1, 'muller sohne')).hits;
      expect(hit).toMatchObject({
        id: recordId('Case', 1),
        object: 'Case',
        title: 'Ship',
        snippetField: 'Description',
        fields: { CaseNumber: '00001', Subject: 'Ship', Description },
      });
      expect(hit?.snippet).toContain('Ein Schiff für ⟦Müller⟧ & ⟦Söhne⟧.');
      expect(hit?.snippet.length).toBeLessThan(250);
    });

    it('limit applies to the hits, not to the total, and beyond 1,000 the total is a lower bound', async () => {
      const leads = (from: number, count: number) =>
        Array.from({ length: count }, (_, n) => record('Lead', from + n, { Name: 'solar' }));
      await world.write({ records: leads(1, 1_000) });
      for (const typed of ['solar', '']) {
        const { hits, total, totalIsLowerBound } = await world.search(1, typed, { limit: 7 });
        expect([hits.length, total, totalIsLowerBound]).toEqual([7, 1_000, false]);
      }
      await world.write({ records: leads(1_001, 1) });
      const reader = await world.index.reader();
      for (const typed of ['solar', '']) {
        const { hits, total, totalIsLowerBound } = await world.search(1, typed);
        expect([hits.length, total, totalIsLowerBound]).toEqual([20, 1_000, true]);
        const ids = await reader.ids(typed, { as: member(1).userId, types: ALL });
        expect([ids.length, new Set(ids).size]).toEqual([1_001, 1_001]);
      }
      await reader.close();
      for (const limit of [0, 201, 1.5]) await expect(world.search(1, '', { limit })).rejects.toThrow('1 to 200');
    });

    it('a record found by its id is counted once, and comes first', async () => {
      const id = recordId('Lead', 1);
      await world.write({
        records: [
          record('Lead', 1, { Name: 'Ada', Description: id }),
          record('Lead', 2, { Name: 'Bob', Description: id }),
        ],
      });
      const { hits, total } = await world.search(1, id);
      expect([hits.map((hit) => hit.title), total]).toEqual([['Ada', 'Bob'], 2]);
    });
  });
}
