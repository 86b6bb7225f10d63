import { openIndex } from '../../index/open.ts';
import type { IndexReader } from '../../index/port.ts';
import { OBJECTS, type ObjectName } from '../../objects/index.ts';
import { type OrgFacts, type OrgUser, readOrgFacts } from './org-facts.ts';

/** What everybody on the tour searches for. */
const WORD = 'renewal';
/** Hits that one search gives at most. */
const MOST_HITS = 200;

/** What one person finds, and why: a search command, and a line of reasons. */
export interface Answer {
  readonly user: OrgUser;
  readonly ids: readonly string[];
  readonly lines: readonly string[];
}

/**
 * The same word, searched by a salesperson, their manager, a support agent. Every reason is told by counting the hits
 * that it holds for, so that none is told that does not hold.
 *
 * @param orgFolder the demo's own org; who plays is found by title
 */
export async function tour(indexPath: string, orgFolder: string): Promise<Answer[]> {
  const facts = await readOrgFacts(orgFolder);
  const index = await openIndex({ path: indexPath });
  try {
    const answers: Answer[] = [];
    const admin = facts.users.find(({ title }) => title === 'Admin');
    if (admin === undefined) return answers;
    for (const user of cast(facts)) answers.push(await answerTo(index, facts, user, admin));
    return answers;
  } finally {
    await index.close();
  }
}

/** The tour as it is printed. */
export function tourLines(answers: readonly Answer[]): string[] {
  return [
    `The same search for "${WORD}" by three people, who get three answers:`,
    ...answers.flatMap(({ lines }) => lines),
  ];
}

function cast({ users }: OrgFacts): OrgUser[] {
  const titled = (title: string) => users.filter((user) => user.title === title);
  const seller = titled('Account Executive')[0];
  const manager = users.find(({ id }) => id === seller?.managerId);
  const agent = titled('Support Agent')[0];
  return [seller, manager, agent].filter((user) => user !== undefined);
}

async function answerTo(index: IndexReader, facts: OrgFacts, user: OrgUser, everything: OrgUser): Promise<Answer> {
  const ids = await index.ids(WORD, { as: user.username });
  const isRest = (reason: (id: string) => boolean, among: readonly string[]) => among.filter((id) => !reason(id));
  const notOwn = isRest((id) => facts.owns(user, id), ids);
  const notBelow = isRest((id) => facts.isAboveOwner(user, id), notOwn);
  const notQueued = isRest((id) => facts.isInQueueOf(user, id), notBelow);
  const shared = notQueued.filter((id) => objectOf(id) !== 'Lead');
  const reasons = [
    counted(ids.length - notOwn.length, 'their own or of an account of theirs'),
    counted(
      notOwn.length - notBelow.length,
      "of people below them in the role hierarchy, or of these people's accounts",
    ),
    counted(notBelow.length - notQueued.length, 'of a queue that they are in'),
    counted(notQueued.length - shared.length, 'leads, which are open to all who work with leads'),
    counted(shared.length, 'shared with them by rules, teams, territories or by hand'),
  ].filter((reason) => reason !== null);
  const limits = [closedObjects(facts, user), await hiddenMatches(index, everything, user, ids)].filter(
    (limit) => limit !== null,
  );
  return {
    user,
    ids,
    lines: [
      `  npx salesforce-connector search ${WORD} --as ${user.username}   # finds ${ids.length}: ${byObject(ids)}`,
      `      ${user.name}, ${user.title}: ${reasons.join(', ')}.${limits.map((limit) => ` ${limit}.`).join('')}`,
    ],
  };
}

function counted(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}`;
}

function closedObjects(facts: OrgFacts, user: OrgUser): string | null {
  const closed = facts.withoutRead(user);
  return closed.length === 0 ? null : `No ${closed.join(' and no ')}: the profile has no Read on them`;
}

/** Records that the user reads, and that have the word in fields only that the user does not: what `everything` finds. */
async function hiddenMatches(
  index: IndexReader,
  everything: OrgUser,
  user: OrgUser,
  found: readonly string[],
): Promise<string | null> {
  const readable = new Set(await index.ids('', { as: user.username }));
  const places = new Map<string, number>();
  for (const { name } of OBJECTS) {
    const { hits } = await index.search(WORD, { as: everything.username, types: [name], limit: MOST_HITS });
    for (const { id, snippetField } of hits) {
      if (!readable.has(id) || found.includes(id)) continue;
      const place = `${name}.${snippetField}`;
      places.set(place, (places.get(place) ?? 0) + 1);
    }
  }
  if (places.size === 0) return null;
  const list = [...places].map(([place, count]) => `${count} in ${place}`).join(', ');
  return `Not found, for the word stands only in a field hidden from them: ${list}`;
}

function byObject(ids: readonly string[]): string {
  const counts = OBJECTS.map(({ name }) => [name, ids.filter((id) => objectOf(id) === name).length] as const);
  return counts.flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`])).join(', ');
}

function objectOf(id: string): ObjectName | null {
  return OBJECTS.find(({ keyPrefix }) => id.startsWith(keyPrefix))?.name ?? null;
}
