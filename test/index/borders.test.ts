import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EmbeddedReads } from '../../src/index/sqlite/engine/reads.ts';
import { type Carriers, INDEXED_CARRIERS, SCANNED_CARRIERS } from '../../src/index/sqlite/inspect/carriers.ts';
import { SqliteInspector } from '../../src/index/sqlite/inspect/inspector.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { groupId, member, record, shares, userId } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

const nextPath = temporaryPaths();
const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };
const GROUPS = 20;
const groups = (maxLength: number) => fc.uniqueArray(fc.integer({ min: 1, max: GROUPS }), { maxLength });

it('draws the same records by a scan of documents as by the full-text table', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(groups(12), { minLength: 1, maxLength: 15 }),
      groups(6),
      groups(6),
      fc.infiniteStream(fc.nat()),
      async (documents, held, ofPeer, numbers) => {
        const path = nextPath();
        const world = await startedIn(path);
        await world.write({
          records: documents.map((_, n) => record('Case', n, { Subject: 'pump' }, { ownerId: userId(9) })),
          shares: documents.map((on, n) => shares('Case', n, on.map(groupId))),
        });
        await world.members(member(1, held.map(groupId)), member(2, ofPeer.map(groupId)));
        await world.store.close();
        const some = [...numbers.take(50)];
        const drawnBy = async (carriers: Carriers) => {
          const db = await openForReading(path);
          const inspector = new SqliteInspector(db, new EmbeddedReads(db), carriers);
          let at = 0;
          const random = (below: number) => (some[at++ % some.length] ?? 0) % below;
          const drawn = await inspector.borders(userId(1), { each: 2, peers: [userId(2)], random });
          await inspector.close();
          return drawn;
        };
        const scanned = await drawnBy(SCANNED_CARRIERS);
        expect(scanned.length).toBeGreaterThan(0);
        expect(scanned).toEqual(await drawnBy(INDEXED_CARRIERS));
      },
    ),
    { numRuns: 25, ...seed },
  );
});
