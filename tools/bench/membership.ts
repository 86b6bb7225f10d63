import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { membershipInSteps } from '../../src/access/membership.ts';
import type { Member } from '../../src/access/types.ts';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { STANDARD_FIELDS } from '../../src/objects/index.ts';
import { runCooperatively } from '../../src/sync/membership.ts';
import { idOf, largeOrg, sizeFor } from './large-org.ts';
import { watchPauses } from './pauses.ts';

const USERS = [2_000, 20_000] as const;
const { fields } = STANDARD_FIELDS;

interface Measured {
  readonly users: number;
  /** Pairs of a user and one of their principals: what the expansion writes. */
  readonly pairs: number;
  readonly seconds: number;
  readonly peakMb: number;
  readonly longestPauseMs: number;
  readonly fileMb: number;
}

/** Expands the membership of a small and a large org, each into an index, and compares the growth with the output's. */
export async function benchMembership(): Promise<void> {
  const [small, large] = [await measure(USERS[0]), await measure(USERS[1])];
  for (const each of [small, large])
    process.stdout.write(
      `${each.users} users: ${each.pairs} pairs of user and principal, ${each.seconds.toFixed(1)} s, ` +
        `${Math.round(each.peakMb)} MB more memory, longest pause of the event loop ${Math.round(each.longestPauseMs)} ms, index ${Math.round(each.fileMb)} MB\n`,
    );
  const output = large.pairs / small.pairs;
  const time = large.seconds / small.seconds;
  process.stdout.write(
    `growth: ${output.toFixed(1)} times the output in ${time.toFixed(1)} times the time (${(time / output).toFixed(2)}; 1 is linear)\n`,
  );
}

async function measure(users: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-membership-'));
  const path = join(folder, 'index.db');
  const tables = largeOrg(sizeFor(users));
  const store = await openRunStore({ index: indexAt(path), create: true });
  try {
    const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: idOf('00D', 1) };
    await store.admit(fence, { backfillStart: null, now: new Date().toISOString() });
    await store.begin(fence, null);
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 50);
    const longestPause = watchPauses();
    const begun = performance.now();
    const now = new Date().toISOString();
    const steps = membershipInSteps(tables, { fields, now, frozenUsers: 'closed', documents: null });
    const resolved = await runCooperatively(steps);
    let pairs = 0;
    function* counted(members: Iterable<Member>): Generator<Member> {
      for (const member of members) {
        pairs += member.principals.length;
        yield member;
      }
    }
    const generation = {
      asOf: Date.now(),
      gaps: resolved.gaps,
      fields,
      groups: [],
      shared: [],
      tables,
      readings: {},
    };
    await store.replaceMembership(fence, generation, counted(resolved.members), resolved.names);
    const seconds = (performance.now() - begun) / 1_000;
    const longestPauseMs = longestPause();
    clearInterval(watch);
    return {
      users,
      pairs,
      seconds,
      peakMb: (peak - before) / 2 ** 20,
      longestPauseMs,
      fileMb: statSync(path).size / 2 ** 20,
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}
