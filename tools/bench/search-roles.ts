import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import { caseOf, indexOfOrg, ownerShare } from './index-of-org.ts';
import { idOf } from './large-org.ts';
import { median } from './median.ts';

const USERS = 5_000;
const CASES = 100_000;
const ROUNDS = 40;
const LIMIT = 20;
/** A user in the top role, and one in a last role, with nobody below. */
const HEAD = 0;
const BOTTOM = USERS / 4 - 5;

/**
 * Runs the same searches on one index as the head of a role tree, who can read every record, and as a user at its
 * bottom.
 */
export async function benchSearchRoles(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-roles-'));
  const path = join(folder, 'index.db');
  try {
    await fill(path);
    const index = await openIndexReader({ index: indexAt(path) });
    const ask = (user: number, words: string) => index.search(words, { as: idOf('005', user), limit: LIMIT });
    const questions: readonly [string, string][] = [
      ['a word of 20 records that both read', `owner${BOTTOM}`],
      ['the newest 20 records', ''],
      ['20 records with a word that every fifth has', 'pump'],
      ['20 records by a prefix', 'pum'],
    ];
    for (const [name, words] of questions) {
      const times = { head: [] as number[], bottom: [] as number[] };
      const hits = { head: 0, bottom: 0 };
      // In turns, so that other load on the machine affects both equally.
      for (let round = 0; round < ROUNDS; round++)
        for (const [who, user] of [
          ['head', HEAD],
          ['bottom', BOTTOM],
        ] as const) {
          const begun = performance.now();
          hits[who] = (await ask(user, words)).hits.length;
          times[who].push(performance.now() - begun);
        }
      const [head, bottom] = [median(times.head), median(times.bottom)];
      process.stdout.write(
        `${name}: head ${head.toFixed(1)} ms (${hits.head} hits), bottom ${bottom.toFixed(1)} ms (${hits.bottom} hits), ratio ${(head / bottom).toFixed(2)}\n`,
      );
    }
    await index.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fill(path: string): Promise<void> {
  const { store, fence } = await indexOfOrg(path, USERS);
  for (let from = 0; from < CASES; from += 1_000) {
    const records = Array.from({ length: 1_000 }, (_, nth) => {
      const at = from + nth;
      const owner = at % USERS;
      const words = `owner${owner} ${at % 5 === 0 ? 'pump' : 'valve'} word${(at * 7919) % 5_003} word${(at * 104_729) % 50_021}`;
      return caseOf(at, owner, { Subject: words });
    });
    const shares = records.map(ownerShare);
    await store.write(fence, { records, shares });
  }
  await store.close();
}
