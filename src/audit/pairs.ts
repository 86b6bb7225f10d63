import type { IndexInspector, ServedUser } from '../index/inspector.ts';
import { drawRecords, drawUsers, type Pair, peersOf, userCount } from './draw.ts';
import type { Random } from './random.ts';

/** Borders of which records are drawn, more or less: each gives its share, and there is some left over to choose from. */
const BORDERS = 4;

/** Draws the pairs of an audit from an index, fewer where a user has fewer records: of the user who is named, or of users of every kind. */
export async function drawPairs(
  index: IndexInspector,
  { sample, random, as }: { readonly sample: number; readonly random: Random; readonly as: string | undefined },
): Promise<Pair[]> {
  const served = await index.users();
  const users = as === undefined ? drawUsers(served, userCount(sample, served.length), random) : await index.users(as);
  const pairs: Pair[] = [];
  for (const [at, user] of users.entries()) {
    const count = Math.ceil((sample - pairs.length) / (users.length - at));
    pairs.push(...(await recordsOf(index, user, { count, served, random })));
  }
  return pairs;
}

async function recordsOf(
  index: IndexInspector,
  user: ServedUser,
  {
    count,
    served,
    random,
  }: { readonly count: number; readonly served: readonly ServedUser[]; readonly random: Random },
): Promise<Pair[]> {
  const peers = peersOf(user, served, random).map(({ id }) => id);
  const records = await index.borders(user.id, { each: Math.ceil(count / BORDERS) + 1, peers, random });
  return drawRecords(records, count, random).map((record) => ({ ...record, user }));
}
