import type { IndexLocation } from '../../index/location.ts';
import { HIGHEST_LIMIT } from '../../index/model/filters.ts';
import { openIndexReader } from '../../index/open.ts';
import type { IndexReader } from '../../index/port/reader.ts';
import { OBJECTS, type ObjectName } from '../../objects/index.ts';
import type { Person } from '../../serve/people.ts';
import { type OrgFacts, type OrgUser, readOrgFacts } from './org-facts.ts';

/** The word that everyone on the tour searches for. */
const WORD = 'renewal';

/**
 * Why a user finds a record: the first reason that applies. A record that is private and has none of the other reasons
 * is shared.
 */
const REASONS: readonly [what: string, holds: (facts: OrgFacts, user: OrgUser, id: string) => boolean][] = [
  ['owned by them or in their accounts', (facts, user, id) => facts.owns(user, id)],
  ['owned by people below them in the role hierarchy', (facts, user, id) => facts.isAboveOwner(user, id)],
  ['in their queue', (facts, user, id) => facts.isInQueueOf(user, id)],
  ['leads, which everyone can read', (_facts, _user, id) => objectOf(id) === 'Lead'],
  ['shared by a rule, a team, a territory or manually', () => true],
];

/**
 * Shows one search by a salesperson, their manager and a support agent: what each finds, and why. The reasons are
 * counted hit by hit from the org's files and the index, so that only true ones are shown.
 *
 * @param orgFolder the demo's own org; the people are chosen by title
 * @param typed see `typedSearch`
 */
export async function tourLines(location: IndexLocation, orgFolder: string, typed: string): Promise<string[]> {
  const facts = await readOrgFacts(orgFolder);
  const index = await openIndexReader({ index: location });
  try {
    const lines = [`The same search, "${WORD}", by three people, gives three answers:`];
    for (const user of cast(facts)) {
      const ids = await index.ids(WORD, { as: user.username });
      const why = [reasons(facts, user, ids), closedObjects(facts, user), await hiddenMatches(index, facts, user, ids)];
      lines.push(
        `  ${typed} ${WORD} --as ${user.username}   # finds ${ids.length}: ${byObject(ids)}`,
        `      ${user.name}, ${user.title}: ${why.filter((part) => part !== null).join('; ')}`,
      );
    }
    return lines;
  } finally {
    await index.close();
  }
}

/** Returns the people of the tour, for the search page. */
export async function tourPeople(orgFolder: string): Promise<Person[]> {
  return cast(await readOrgFacts(orgFolder)).map(({ name, title, username }) => ({
    name,
    title,
    user: `username:${encodeURIComponent(username)}`,
  }));
}

function cast({ users }: OrgFacts): OrgUser[] {
  const titled = (title: string) => users.find((user) => user.title === title);
  const seller = titled('Account Executive');
  const manager = users.find(({ id }) => id === seller?.managerId);
  return [seller, manager, titled('Support Agent')].filter((user) => user !== undefined);
}

function reasons(facts: OrgFacts, user: OrgUser, ids: readonly string[]): string {
  const counts = REASONS.map(() => 0);
  for (const id of ids) {
    const at = REASONS.findIndex(([, holds]) => holds(facts, user, id));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return REASONS.flatMap(([what], at) => (counts[at] ? [`${counts[at]} ${what}`] : [])).join(', ');
}

function closedObjects(facts: OrgFacts, user: OrgUser): string | null {
  const closed = facts.withoutRead(user);
  return closed.length === 0 ? null : `no Read on ${closed.join(', ')}`;
}

/**
 * Counts records that the user can read, but that have the word only in fields that the user cannot read. An
 * administrator finds them.
 */
async function hiddenMatches(
  index: IndexReader,
  { users }: OrgFacts,
  user: OrgUser,
  found: readonly string[],
): Promise<string | null> {
  const admin = users.find(({ title }) => title === 'Admin');
  if (admin === undefined) return null;
  const readable = new Set(await index.ids('', { as: user.username }));
  const places = new Map<string, number>();
  for (const { name } of OBJECTS) {
    const { hits } = await index.search(WORD, { as: admin.username, types: [name], limit: HIGHEST_LIMIT });
    for (const { id, snippetField } of hits) {
      if (!readable.has(id) || found.includes(id)) continue;
      const place = `${name}.${snippetField}`;
      places.set(place, (places.get(place) ?? 0) + 1);
    }
  }
  if (places.size === 0) return null;
  return `hidden from them: ${[...places].map(([place, count]) => `${count} more match only in ${place}`).join(', ')}`;
}

function byObject(ids: readonly string[]): string {
  const counts = OBJECTS.map(({ name }) => [name, ids.filter((id) => objectOf(id) === name).length] as const);
  return counts.flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`])).join(', ');
}

function objectOf(id: string): ObjectName | null {
  return OBJECTS.find(({ keyPrefix }) => id.startsWith(keyPrefix))?.name ?? null;
}
