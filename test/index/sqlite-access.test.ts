import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import { EmbeddedReads } from '../../src/index/sqlite/engine/reads.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { groupId, member, record, recordId, Started, shares, userId } from './contract/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };
const GROUPS = 24;
const groups = (maxLength: number) => fc.uniqueArray(fc.integer({ min: 1, max: GROUPS }), { maxLength });
const reach = fc.constantFrom('none', 'bare', 'principals', 'all');

it('finds the same by matching principals as words, on the map and one by one', async () => {
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
        for (const tokensUpTo of [0, 1_000]) {
          const reader = new SearchReader(new EmbeddedReads(await openForReading(path), { tokensUpTo }));
          for (const words of ['', 'solar']) {
            const { hits, total } = await reader.search(words, { as: userId(1) });
            expect(hits.map((hit) => hit.id).sort()).toEqual(expected.toSorted());
            expect(total).toBe(expected.length);
            expect((await reader.ids(words, { as: userId(1) })).sort()).toEqual(expected.toSorted());
          }
          await reader.close();
        }
      },
    ),
    { numRuns: 40, ...seed },
  );
});
