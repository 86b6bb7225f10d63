import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import type { SearchResult } from '../../src/index/port/reader.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import { EmbeddedReads } from '../../src/index/sqlite/engine/reads.ts';
import type { Tuning } from '../../src/index/sqlite/engine/tuning.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { groupId, member, record, recordId, Started, shares, userId } from './contract/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };
const GROUPS = 24;
const groups = (maxLength: number) => fc.uniqueArray(fc.integer({ min: 1, max: GROUPS }), { maxLength });
const reach = fc.constantFrom('none', 'bare', 'principals', 'all');

/** Ways to the same documents. */
const WAYS: readonly Partial<Tuning>[] = [
  { tokensUpTo: 1_000 },
  { tokensUpTo: 0 },
  { tokensUpTo: 0, firstWindow: 1, largestWindow: 2, testsPerPrincipal: 1_000 },
  { tokensUpTo: 0, firstWindow: 1, largestWindow: 1, testsPerPrincipal: 0, principalsPerQuery: 3 },
];

/** Searches page by page. A page that says that it was cut may be short, and one that does not may not. */
async function inPages(reader: SearchReader, words: string): Promise<{ id: string; score: number }[]> {
  const found: { id: string; score: number }[] = [];
  for (let cursor: string | null = null; ; ) {
    const { isCut, ...page }: SearchResult = await reader.search(words, { as: userId(1), limit: 3, cursor });
    found.push(...page.hits.map(({ id, score }) => ({ id, score })));
    if (!isCut && page.cursor !== null) expect(page.hits).toHaveLength(3);
    ({ cursor } = page);
    if (cursor === null) return found;
  }
}

it('finds the same by matching principals as words, on the map and one by one, at once and step by step', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(groups(14), { minLength: 1, maxLength: 12 }),
      groups(GROUPS),
      reach,
      reach,
      async (documents, held, leads, cases) => {
        const path = join(folder, `${++count}.sqlite`);
        const world = await Started.begin(async () => ({
          store: () => openRunStore({ index: indexAt(path), create: true }),
          reader: () => openIndexReader({ index: indexAt(path) }),
          inspector: () => openInspector({ index: indexAt(path) }),
          destroy: async () => rmSync(path),
        }));
        const object = (n: number) => (n % 2 === 0 ? 'Lead' : 'Case');
        await world.write({
          records: documents.map((_, n) =>
            record(object(n), n, n % 2 === 0 ? { Name: 'solar' } : { Subject: 'solar' }, { ownerId: userId(2) }),
          ),
          shares: documents.map((on, n) => shares(object(n), n, on.map(groupId))),
        });
        await world.members(
          member(1, held.map(groupId), {
            Lead: { reach: leads, fields: 'all' },
            Case: { reach: cases, fields: 'all' },
          }),
        );
        await world.store.close();
        const expected = documents.flatMap((on, n) => {
          const way = n % 2 === 0 ? leads : cases;
          const isShared = on.some((group) => held.includes(group));
          return way === 'all' || (way === 'principals' && isShared) ? [recordId(object(n), n)] : [];
        });
        for (const tuning of WAYS) {
          const reads = new EmbeddedReads(await openForReading(path), tuning);
          // Each question about the time comes after its end, so every search stops after its first step.
          let time = 0;
          const late = new SearchReader(reads, { clock: () => (time += 10_000) });
          const reader = new SearchReader(reads);
          for (const words of ['', 'solar']) {
            const { hits, total, isCut } = await reader.search(words, { as: userId(1) });
            expect(hits.map((hit) => hit.id).sort()).toEqual(expected.toSorted());
            expect({ total, isCut }).toEqual({ total: expected.length, isCut: false });
            expect((await reader.ids(words, { as: userId(1) })).sort()).toEqual(expected.toSorted());
            expect(await inPages(late, words)).toEqual(hits.map(({ id, score }) => ({ id, score })));
          }
          await reader.close();
        }
      },
    ),
    { numRuns: 40, ...seed },
  );
});
