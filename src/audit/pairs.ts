import type { IndexInspector, ServedUser } from '../index/port/inspector.ts';
import { drawRecords, drawUsers, type Pair, peersOf, userCount } from './draw.ts';
import type { Random } from './random.ts';

/** Roughly the number of borders to draw from. Each border gives an equal share, with a surplus to choose from. */
const BORDERS = 4;

/**
 * Draws the pairs of an audit: for the user named by `as`, or for users of every kind. Returns fewer than `sample`
 * where users have too few records.
 */
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
