import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { UnindexedCause } from '../../../src/facts/unindexed.ts';
import type { WriteBatch } from '../../../src/index/port/documents.ts';
import { groupId, member, type NewIndex, record, recordId, START, Started, shares, userId } from './setup.ts';

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);

/** Parts of four leads and of an account with two contacts, each part with another version. */
type Part =
  | { readonly kind: 'record'; readonly n: number; readonly owner: number; readonly word: number }
  | { readonly kind: 'removal'; readonly n: number; readonly cause?: UnindexedCause }
  | { readonly kind: 'shares'; readonly n: number; readonly groups: readonly number[] };

const n = fc.integer({ min: 1, max: 6 });
const part: fc.Arbitrary<Part> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      n,
      owner: fc.integer({ min: 1, max: 3 }),
      word: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('removal' as const), n }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('removal' as const),
      n,
      cause: fc.constantFrom('Name', 'Company').map((field) => ({ code: 'field_holds_list' as const, field })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('shares' as const),
      n,
      groups: fc.uniqueArray(fc.integer({ min: 1, max: 3 })),
    }),
  },
);

/** 1 to 3: leads; 4: an account; 5 and 6: its contacts. */
const objectOf = (at: number) => (at <= 3 ? 'Lead' : at === 4 ? 'Account' : 'Contact');
const idOf = (at: number) => recordId(objectOf(at), at);

function batchOf(parts: readonly (readonly [Part, number])[]): WriteBatch {
  return {
    records: parts.flatMap(([each, version]) =>
      each.kind === 'record'
        ? [
            record(
              objectOf(each.n),
              each.n,
              { Name: `word${each.word}` },
              {
                ownerId: userId(each.owner),
                accountId: each.n > 4 ? idOf(4) : null,
                version,
              },
            ),
          ]
        : [],
    ),
    removals: parts.flatMap(([each, version]) =>
      each.kind === 'removal'
        ? [
            {
              id: idOf(each.n),
              object: objectOf(each.n),
              version,
              ...(each.cause === undefined ? {} : { cause: each.cause }),
            } as const,
          ]
        : [],
    ),
    shares: parts.flatMap(([each, version]) =>
      each.kind === 'shares' ? [shares(objectOf(each.n), each.n, each.groups.map(groupId), version)] : [],
    ),
  };
}

function newest(parts: readonly (readonly [Part, number])[], at: number, isShare: boolean) {
  return parts
    .filter(([each]) => each.n === at && (each.kind === 'shares') === isShare)
    .reduce<readonly [Part, number] | null>((best, each) => (best === null || each[1] > best[1] ? each : best), null);
}

/** Which records cannot be indexed according to the newest parts, and why. */
function expectedUnindexed(parts: readonly (readonly [Part, number])[]) {
  return [1, 2, 3, 4, 5, 6].flatMap((at) => {
    const part = newest(parts, at, false)?.[0];
    return part?.kind === 'removal' && part.cause !== undefined
      ? [{ id: idOf(at), object: objectOf(at), cause: part.cause }]
      : [];
  });
}

/** What the newest version of every part says, in any order of arrival: owner → ids, group → ids, word → ids. */
function expected(parts: readonly (readonly [Part, number])[]) {
  const live = (at: number) => {
    const found = newest(parts, at, false)?.[0];
    return found?.kind === 'record' ? found : null;
  };
  const groups = (at: number): readonly number[] => {
    const found = newest(parts, at, true);
    if (found?.[0].kind !== 'shares') return [];
    return found[0].groups;
  };
  const readers = (at: number): string[] => {
    const source = Math.min(at, 4);
    const owner = live(source)?.owner;
    return [...(owner === undefined ? [] : [`user${owner}`]), ...groups(source).map((group) => `group${group}`)];
  };
  return [1, 2, 3, 4, 5, 6].flatMap((at) => {
    const word = live(at)?.word;
    return word === undefined ? [] : [{ id: idOf(at), word: `word${word}`, readers: readers(at).sort() }];
  });
}

async function actual(world: Started) {
  const documents = new Map<string, { id: string; word: string; readers: string[] }>();
  const { hits } = await world.search(9, '', { limit: 200 });
  for (const hit of hits) documents.set(hit.id, { id: hit.id, word: hit.title, readers: [] });
  for (const k of [1, 2, 3]) {
    for (const id of await world.found(k)) documents.get(id)?.readers.push(`user${k}`);
    for (const id of await world.found(10 + k)) documents.get(id)?.readers.push(`group${k}`);
    for (const id of await world.found(9, `word${k}`)) expect(documents.get(id)?.word).toBe(`word${k}`);
  }
  return [...documents.values()].map((each) => ({ ...each, readers: each.readers.sort() }));
}

/** Parts in any order and in any batches result in what the newest versions say. */
export function model(newIndex: NewIndex): void {
  it('the newest version of each part wins, in any order and in any batches', async () => {
    const all = { reach: 'all', fields: 'all' } as const;
    const everything = { Account: all, Contact: all, Case: all, Opportunity: all, Lead: all };
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 24 }).chain((parts) =>
          fc.record({
            parts: fc.constant(parts.map((each, at) => [each, START + 1_000 + at] as const)),
            order: fc.shuffledSubarray(
              parts.map((_, at) => at),
              { minLength: parts.length },
            ),
            size: fc.integer({ min: 1, max: 8 }),
          }),
        ),
        async ({ parts, order, size }) => {
          const world = await Started.begin(newIndex);
          try {
            await world.members(
              ...[1, 2, 3].flatMap((k) => [member(k), member(10 + k, [groupId(k)])]),
              member(9, [], everything),
            );
            const flat = order.map((at) => parts[at]).filter((each) => each !== undefined);
            for (let at = 0; at < flat.length; at += size) await world.write(batchOf(flat.slice(at, at + size)));
            const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
            expect((await actual(world)).sort(byId)).toEqual(expected(parts).sort(byId));
            const { count, records } = (await world.store.health()).unindexed;
            const unindexed = expectedUnindexed(parts);
            expect([count, [...records].sort(byId)]).toEqual([unindexed.length, unindexed.sort(byId)]);
          } finally {
            await world.store.close();
          }
        },
      ),
      { numRuns: 40, ...(seed === undefined ? {} : { seed }) },
    );
  }, 120_000);
}
