import type { IndexLocation } from '../../index/location.ts';
import { openIndexReader, openRunStore } from '../../index/open.ts';
import { OBJECT_NAMES } from '../../objects/index.ts';
import { thousands } from '../../sentences/numbers.ts';
import type { EndedRun } from '../../temporal/follow-runs.ts';
import { rowsOf } from './org-facts.ts';

/** The number of the org's users to try, to find two with different results. */
const TRIED_USERS = 50;

/** Lists what the index has and what the run changed, one line per object. */
export async function indexedLines(location: IndexLocation, { result, seconds }: EndedRun): Promise<string[]> {
  const index = await openRunStore({ index: location, create: false });
  const documents = await index.counts().finally(() => index.close());
  const lines = OBJECT_NAMES.map((object) => {
    const { added = 0, changed = 0, renewed = 0, removed = 0 } = result.progress[object] ?? {};
    const held = thousands(documents[object]).padStart(9);
    return `  ${object.padEnd(12)}${held}   (${added} added, ${changed} changed, ${renewed} unchanged, ${removed} removed)`;
  });
  return [
    `Indexed by run ${result.run}, a complete backfill (${result.reason}), in ${seconds.toFixed(1)} s with ${result.apiCalls} API calls:`,
    ...lines,
    ...[...result.closed, ...result.warnings].map((line) => `  ! ${line}`),
  ];
}

/** Reports what the second run found. */
export function laterLine(run: EndedRun): string {
  return `Then ${whatRunDid(run)}`;
}

/** Reports what a run of the Schedule did, or why it was skipped. */
export function runLine(run: EndedRun): string {
  const { outcome, headline } = run.result;
  const at = new Date().toISOString().slice(11, 19);
  return `${at} ${outcome === 'skipped' ? headline : whatRunDid(run)}`;
}

function whatRunDid({ result, seconds }: EndedRun): string {
  const sums = Object.values(result.progress).map(({ added, changed, removed }) => added + changed + removed);
  const changes = sums.reduce((total, sum) => total + sum, 0);
  return `run ${result.run} (${result.kind}): ${changes === 0 ? 'no changes' : `${thousands(changes)} documents changed`}, ${seconds.toFixed(1)} s, ${result.apiCalls} API calls.`;
}

/**
 * Returns search commands of two real users of the org with different results, each with what it finds.
 *
 * @param typed see `typedSearch`
 */
export async function searchLines(location: IndexLocation, orgFolder: string, typed: string): Promise<string[]> {
  const index = await openIndexReader({ index: location });
  try {
    const seen: { username: string; total: number; word: string }[] = [];
    for (const username of await activeUsernames(orgFolder)) {
      const found = await index.search('', { as: username, limit: 1 }).catch(() => null);
      const word = found?.hits[0]?.title.split(/[^\p{L}\p{N}]+/u).find((part) => part.length > 2);
      if (found && word) seen.push({ username, total: found.total, word });
    }
    const [least, most] = [
      seen.toSorted((a, b) => a.total - b.total)[0],
      seen.toSorted((a, b) => b.total - a.total)[0],
    ];
    if (!least || !most) return [`  ${typed} --as <username>`];
    const users = least.total === most.total ? [most] : [most, least];
    return await Promise.all(
      users.map(async ({ username }) => {
        const { total } = await index.search(least.word, { as: username, limit: 1 });
        return `  ${typed} ${least.word.toLowerCase()} --as ${username}   # finds ${thousands(total)}`;
      }),
    );
  } finally {
    await index.close();
  }
}

async function activeUsernames(orgFolder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Username, IsActive } of rowsOf(orgFolder, 'User')) {
    if (Username && IsActive !== 'false') names.push(Username);
    if (names.length === TRIED_USERS) break;
  }
  return names;
}
