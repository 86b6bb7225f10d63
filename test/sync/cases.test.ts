import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IndexReader, openIndexReader, UserNotServedError } from '../../src/index/open.ts';
import { wordIn } from '../access/cases/field-org.ts';
import { type HandSync, syncByHand } from './by-hand.ts';
import { caseOrgs } from './case-org.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';

/** Few enough for several slices an object in an org of many cases. */
const SLICE = 40;

/** A way to ask the index who reads what: the ids of those records that the user finds. */
type Way = (index: IndexReader, userId: string, records: readonly string[], words: string) => Promise<string[]>;

const WAYS: readonly (readonly [string, Way])[] = [
  [
    'search',
    async (index, userId, records, words) => {
      try {
        const found = new Set(await index.ids(words, { as: userId }));
        return records.filter((id) => found.has(id));
      } catch (error) {
        if (error instanceof UserNotServedError) return [];
        throw error;
      }
    },
  ],
];

describe.each(caseOrgs())('', ({ cases, write }) => {
  let files: ReturnType<typeof write>;
  let org: SandboxOrg;
  const syncs: HandSync[] = [];
  /** By how what the cases put came into it. */
  const indexes = new Map<string, IndexReader>();

  async function synced(route: string, bringIn: (sync: HandSync) => Promise<unknown>): Promise<void> {
    const sync = syncByHand(org.url, { sliceRecords: SLICE });
    syncs.push(sync);
    await bringIn(sync);
    indexes.set(route, await openIndexReader({ path: sync.path }));
  }

  beforeAll(async () => {
    files = write();
    org = await sandboxOrg(files.folder);
    await synced('an incremental sync', async (sync) => {
      await sync.complete();
      // The overlap of the windows must not hide what a wrong one would lose.
      await org.advanceClock(3_600);
      await org.change(...cases.flatMap(({ rows }) => rows.map(([put, row]) => ({ put, row }))));
      await org.advanceClock(60);
      await sync.incremental();
      // A default that moves contacts asks for a complete backfill, which the next tick is.
      if (sync.state().completeNext !== null) await sync.run();
    });
    await synced('a full sync', (sync) => sync.complete());
    await synced('an interrupted sync that was resumed', async (sync) => {
      await sync.completeInterrupted(3);
      await sync.resume();
    });
  });
  afterAll(async () => {
    for (const index of indexes.values()) await index.close();
    for (const sync of syncs) sync.close();
    await org?.close();
    files?.remove();
  });

  it.each(cases.map((one) => [one.rule, one] as const))('%s', async (_rule, one) => {
    for (const [route, index] of indexes)
      for (const [way, ask] of WAYS) {
        const reads = [];
        for (const [who, what] of one.reads) {
          const words = what.includes('.') ? wordIn(what) : '';
          const found = await ask(index, one.user(who), one.records(what), words);
          reads.push([who, what, found.length > 0]);
        }
        expect({ route, way, reads }).toEqual({ route, way, reads: one.reads });
      }
  });
});
