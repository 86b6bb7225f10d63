import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveMembership } from '../src/access/membership.ts';
import { openIndexReader, openIndexWriter } from '../src/index/open.ts';
import { STANDARD_FIELDS } from '../src/objects/index.ts';
import { idOf, largeOrg, sizeFor } from './large-org.ts';

const USERS = 5_000;
const CASES = 100_000;
const ROUNDS = 40;
const LIMIT = 20;
/** In the top role, and in one of the last, which has nobody below. */
const HEAD = 0;
const BOTTOM = USERS / 4 - 5;

const { fields } = STANDARD_FIELDS;

/** Asks the same of one index as the head of a role tree, who reads every record, and as somebody at its bottom. */
export async function benchSearch(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
  const path = join(folder, 'index.db');
  try {
    await fill(path);
    const index = await openIndexReader({ path });
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
      // In turns, so that what else the machine does strikes both alike.
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
  const tables = largeOrg(sizeFor(USERS));
  const index = await openIndexWriter({ path, create: true });
  const ticket = { run: 1, indexId: (await index.state()).indexId, organizationId: idOf('00D', 1) };
  const now = new Date().toISOString();
  await index.admit(ticket, { backfillStart: null, now });
  await index.begin(ticket, null);
  const resolved = resolveMembership(tables, { fields, now, frozenUsers: 'closed', documents: null });
  await index.replaceMembership(
    ticket,
    { asOf: 1, closed: [], fields, groups: [], shared: [], tables, readings: {} },
    resolved.members,
    resolved.names,
  );
  for (let from = 0; from < CASES; from += 1_000) {
    const records = Array.from({ length: 1_000 }, (_, nth) => {
      const at = from + nth;
      const owner = at % USERS;
      const words = `owner${owner} ${at % 5 === 0 ? 'pump' : 'valve'} word${(at * 7919) % 5_003} word${(at * 104_729) % 50_021}`;
      return {
        id: idOf('500', at),
        object: 'Case' as const,
        ownerId: idOf('005', owner),
        accountId: null,
        isPrivate: false,
        isPersonAccount: false,
        fields: { CaseNumber: String(at).padStart(8, '0'), Subject: words },
        modified: new Date(1_700_000_000_000 + at * 60_000).toISOString(),
        version: 1,
      };
    });
    const shares = records.map(({ id, ownerId }) => ({
      parentId: id,
      object: 'Case' as const,
      rowCount: 1,
      rows: [{ grantee: ownerId, cause: 'Owner', opens: ['Case' as const] }],
      version: 1,
    }));
    await index.write(ticket, { records, shares });
  }
  await index.close();
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}
