import { beforeEach, expect, it } from 'vitest';
import type { ObjectAccess } from '../../../src/access/types.ts';
import { member, type NewIndex, record, recordId, Started } from './setup.ts';

const lead = recordId('Lead', 1);

/**
 * A field that a user cannot read is neither seen nor matched, and adds nothing to a score. User 1 reads all fields,
 * user 2 some.
 */
export function fields(newIndex: NewIndex): void {
  let world: Started;
  const only = (...names: string[]): ObjectAccess => ({ reach: 'principals', fields: names });
  beforeEach(async () => {
    world = await Started.begin(newIndex);
    await world.write({
      records: [
        record('Lead', 1, { Name: 'Ada', Phone: '(415) 555-1234', Description: 'solar energy', City: 'Paris' }),
        record('Account', 1, { Name: 'Solar Works', Phone: '(415) 555-1234' }),
      ],
    });
    await world.members(member(1), { ...member(2, [member(1).userId], { Lead: only('Name', 'City') }) });
  });

  it.each(['energy', 'ener', '4155551234 ada', '555', 'ada energy', 'solar ada'])(
    'only a user who reads the hidden field finds %s in it',
    async (typed) => {
      expect(await world.found(1, typed)).toContain(lead);
      expect(await world.found(2, typed)).not.toContain(lead);
    },
  );

  it.each(['ada', 'paris', 'ada par'])('both users find %s in a readable field', async (typed) => {
    expect(await world.found(1, typed)).toEqual([lead]);
    expect(await world.found(2, typed)).toEqual([lead]);
  });

  it('hiding a field of one object does not hide a field of the same name on another object', async () => {
    expect(await world.found(2, '4155551234')).toEqual([recordId('Account', 1)]);
  });

  it('a hit shows no hidden field, and no title or snippet from one', async () => {
    await world.write({ records: [record('Case', 1, { Subject: 'Secret', CaseNumber: '00007', Status: 'New' })] });
    await world.members(member(1), member(2, [member(1).userId], { Case: only('CaseNumber', 'Status') }));
    const [all] = (await world.search(1, 'new')).hits;
    const [some] = (await world.search(2, 'new')).hits;
    expect([all?.title, all?.fields.Subject]).toEqual(['Secret', 'Secret']);
    expect([some?.title, some?.fields]).toEqual(['00007', { CaseNumber: '00007', Status: 'New' }]);
    expect(some?.snippet).toBe('⟦New⟧');
  });

  it('if the user may read no field, records are listed by id and no word finds them', async () => {
    await world.members(member(2, [member(1).userId], { Lead: only() }));
    const { hits } = await world.search(2, '', { types: ['Lead'] });
    expect(hits).toMatchObject([{ id: lead, title: lead, fields: {}, snippet: '' }]);
    expect(await world.found(2, 'ada')).toEqual([]);
    expect(await world.found(2, lead)).toEqual([lead]);
  });

  it('a score does not reveal what a hidden field contains, nor how long it is', async () => {
    const hidden = ['', 'sun', 'sun sun sun sun', 'long '.repeat(2_000)];
    await world.write({
      records: hidden.map((Description, n) =>
        record('Lead', 10 + n, { Name: 'Wind', City: 'Sun', ...(Description === '' ? {} : { Description }) }),
      ),
    });
    const { hits } = await world.search(2, 'sun');
    expect([hits.length, new Set(hits.map(({ score }) => score)).size]).toEqual([4, 1]);
  });

  it('a title that the user may not read does not count as a title, and a word in it does not raise a hit', async () => {
    await world.write({
      records: [
        record('Case', 1, { Subject: 'Solar', CaseNumber: '00001', Status: 'Solar' }),
        record('Case', 2, { Subject: 'Wind', CaseNumber: '00002', Status: 'Solar' }),
      ],
    });
    await world.members(member(1), member(2, [member(1).userId], { Case: only('CaseNumber', 'Status') }));
    const ids = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);
    const options = { types: ['Case'] as const };
    const [one, two] = [recordId('Case', 1), recordId('Case', 2)];
    expect(ids((await world.search(1, 'solar', options)).hits)).toEqual([one, two]);
    expect(ids((await world.search(2, 'solar', options)).hits)).toEqual([two, one]);
  });
}
