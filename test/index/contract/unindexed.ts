import { expect, it } from 'vitest';
import type { UnindexedCause } from '../../../src/facts/unindexed.ts';
import type { Removal } from '../../../src/index/port/documents.ts';
import {
  groupId,
  guard,
  iso,
  member,
  type NewIndex,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
} from './setup.ts';

const V = START + 10_000;
const lead = recordId('Lead', 1);
const CAUSE: UnindexedCause = { code: 'field_holds_object', field: 'Name' };

const ada = (version: number, rest = {}) => record('Lead', 1, { Name: 'Ada' }, { version, ...rest });
const broken = (n: number, version: number, rest: Partial<Removal> = {}): Removal => ({
  id: recordId('Lead', n),
  object: 'Lead',
  version,
  cause: CAUSE,
  ...rest,
});
/** Text that no engine can split into words: it cannot become a string. */
const noText = Object.create(null) as string;

/** Records that are in the org, but cannot be indexed. */
export function unindexed(newIndex: NewIndex): void {
  const begin = () => Started.begin(newIndex, member(1), member(3, [groupId(1)]));
  const listed = async (world: Started) => (await world.store.health()).unindexed;

  it('removes the old document, and lists the record with its cause', async () => {
    const world = await begin();
    expect(await listed(world)).toEqual({ count: 0, records: [] });
    await world.write({ records: [ada(V)] });
    expect(await world.write({ removals: [broken(1, V + 2)] })).toMatchObject({ removed: 1 });
    expect([await world.found(1), await world.found(1, 'ada')]).toEqual([[], []]);
    expect(await listed(world)).toEqual({ count: 1, records: [{ id: lead, object: 'Lead', cause: CAUSE }] });
    expect((await world.store.counts()).Lead).toBe(0);
  });

  it('an older page does not restore the old document, and an older failure removes no newer one', async () => {
    const world = await begin();
    await world.write({ removals: [broken(1, V + 2)] });
    expect(await world.write({ records: [ada(V + 1)] })).toMatchObject({ added: 0, outdated: 1 });
    expect([await world.found(1), (await listed(world)).count]).toEqual([[], 1]);
    await world.write({ records: [ada(V + 3)] });
    expect(await world.write({ removals: [broken(1, V + 2)] })).toMatchObject({ removed: 0, outdated: 1 });
    expect([await world.found(1), (await listed(world)).count]).toEqual([[lead], 0]);
  });

  it('a record leaves the list when it is written, and its share rows are due', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)], shares: [shares('Lead', 1, [groupId(1)], V)] });
    await world.write({ removals: [broken(1, V + 1)] });
    expect(await world.write({ records: [ada(V + 2)] })).toMatchObject({ added: 1, sharesUnknown: [lead] });
    expect(await listed(world)).toEqual({ count: 0, records: [] });
    expect(await world.found(1, 'ada')).toEqual([lead]);
  });

  it('a record leaves the list when it is deleted', async () => {
    const world = await begin();
    await world.write({ removals: [broken(1, V)] });
    await world.write({ removals: [{ id: lead, object: 'Lead', version: V + 1 }] });
    expect((await listed(world)).count).toBe(0);
  });

  it('a sweep drops records from the list that its backfill did not see, of that object only', async () => {
    const world = await begin();
    await world.write({
      removals: [broken(1, V - 1), broken(2, V), broken(3, V - 1, { id: recordId('Case', 3), object: 'Case' })],
    });
    expect(await world.sweep('Lead', V, guard(20))).toEqual({ removed: 0, stopped: null });
    expect((await listed(world)).records.map(({ id }) => id)).toEqual(
      [recordId('Lead', 2), recordId('Case', 3)].sort(),
    );
  });

  it('a listed record survives a complete backfill that left it alone, until it is written later', async () => {
    const world = await begin();
    await world.write({ removals: [broken(1, START + 1)] });
    const later = { ...world.fence, run: 2 };
    await world.begin(opening({ start: iso(V) }), later);
    await world.endBackfill(later);
    expect((await listed(world)).count).toBe(1);
    await world.store.write(later, { records: [ada(V + 1)] });
    expect([await world.found(1), (await listed(world)).count]).toEqual([[lead], 0]);
  });

  it('reports twenty records, and returns all on request, the ones that were tried longest ago first', async () => {
    const world = await begin();
    const removals = Array.from({ length: 25 }, (_, n) => broken(n + 1, V + (n === 7 ? 0 : 1)));
    await world.write({ removals: [...removals, broken(99, V, { id: recordId('Case', 99), object: 'Case' })] });
    const { count, records } = await listed(world);
    expect([count, records.length]).toEqual([26, 20]);
    const ids = async () => (await world.store.unindexed(['Lead'], 25)).map(({ id }) => id);
    expect((await ids())[0]).toBe(recordId('Lead', 8));
    await world.write({ removals: [broken(8, V + 2, { cause: { code: 'modified_malformed' } })] });
    expect((await ids()).at(-1)).toBe(recordId('Lead', 8));
    expect(await world.store.unindexed(['Lead', 'Case'], 1)).toMatchObject([{ object: 'Case' }]);
    expect(await world.store.unindexed([], 25)).toEqual([]);
  });

  it.each([
    ['a value that is not text', { fields: { Name: noText } }],
    ['an invalid time', { modified: 'yesterday' }],
  ])('loses only the record with %s, with a cause that quotes nothing', async (_, spoilt) => {
    const world = await begin();
    const before = [ada(V), record('Lead', 2, { Name: 'Bob' }, { version: V })];
    await world.write({ records: before });
    const position = {
      object: 'Lead',
      position: { cursor: { kind: 'keyset', after: lead }, done: true, recordsRead: 3 },
    } as const;
    const result = await world.write({
      records: [
        ada(V + 1, spoilt),
        record('Lead', 2, { Name: 'Bert' }, { version: V + 1 }),
        record('Lead', 3, { Name: 'Cleo' }, { version: V + 1 }),
      ],
      shares: [shares('Lead', 1, [groupId(1)], V + 1), shares('Lead', 3, [groupId(1)], V + 1)],
      position,
    });
    expect(result).toMatchObject({ added: 1, changed: 1, removed: 1 });
    expect(await world.found(1)).toEqual([recordId('Lead', 2), recordId('Lead', 3)]);
    expect([await world.found(1, 'bert'), await world.found(3)]).toEqual([
      [recordId('Lead', 2)],
      [recordId('Lead', 3)],
    ]);
    expect((await world.store.state()).backfill?.positions).toEqual({ Lead: position.position });
    const { records } = await listed(world);
    expect(records).toEqual([
      { id: lead, object: 'Lead', cause: { code: 'engine_refused', engineCode: expect.stringMatching(/^\w+$/) } },
    ]);
    expect(await world.write({ records: [ada(V)] })).toMatchObject({ added: 0, outdated: 1 });
  });

  it('throws and changes nothing if a batch has more than a few broken records', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)] });
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => record('Lead', n + 1, { Name: noText }, { version: V + 1 }));
    await expect(world.write({ records: many(21) })).rejects.toThrow();
    expect([await world.found(1), (await listed(world)).count]).toEqual([[lead], 0]);
    await world.write({ records: many(20) });
    expect([await world.found(1), (await listed(world)).count]).toEqual([[], 20]);
  });

  it.each([
    ["Salesforce's longest text", `${'lorem ipsum '.repeat(10_922)}zuletzt`],
    ['the same with accents', `${'lörem ipsüm '.repeat(10_922)}zuletzt`],
    ['a million letters without a space before the word', `${'x'.repeat(1_000_000)} zuletzt`],
    ['halves of surrogate pairs', 'one\ud83d \ude00two zuletzt'],
    ['NUL and other control characters', 'one\0two\u0007 zuletzt'],
    ['a hundred thousand marks on one letter', `e${'\u0301'.repeat(100_000)} zuletzt`],
  ])('indexes %s whole, finds and shows it by its last word, and leaves no word behind', async (_, text) => {
    const world = await begin();
    await world.write({ records: [ada(V, { fields: { Name: 'Ada', Description: text } })] });
    expect((await listed(world)).count).toBe(0);
    const [hit] = (await world.search(1, 'zuletzt')).hits;
    expect([hit?.id, hit?.fields.Description]).toEqual([lead, text]);
    expect(hit?.snippet).toMatch(/⟦zuletzt⟧$/);
    await world.write({ records: [ada(V + 1)] });
    expect([await world.found(1, 'zuletzt'), await world.found(1, 'ada')]).toEqual([[], [lead]]);
  });
}
