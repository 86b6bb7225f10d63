import type { UserName } from '../access/types.ts';
import { type Unserved, unservedClauses, unservedOf, users } from '../index/model/unserved.ts';
import { thousands } from '../sentences/numbers.ts';
import { type Finding, good } from './finding.ts';
import type { TableSizes } from './table-sizes.ts';

/** How many usernames a finding lists. */
const SHOWN = 5;

/** Users whom searches refuse, or accept by only some of their names. The finding lists the latter. */
export function namesFinding(names: Iterable<UserName>): { readonly finding: Finding; readonly unserved: Unserved } {
  const all = [...names];
  const met = new Set<string>();
  const unserved = unservedOf(all, ({ username }) => met.add(username));
  const { inactive, frozen } = unserved;
  const closed = [
    ...(inactive === 0 ? [] : [users(inactive, 'inactive ')]),
    ...(frozen === 0 ? [] : [users(frozen, 'frozen ')]),
  ];
  const notServed = closed.length === 0 ? '' : `; not served: ${closed.join(', ')}`;
  const lost = unservedClauses(unserved);
  if (lost.length === 0) {
    const served = all.length - inactive - frozen;
    const found = `every name identifies one of the ${served} served users${notServed}`;
    return { unserved, finding: good('names', null, found) };
  }
  const usernames = [...met].sort();
  const more = usernames.length > SHOWN ? ` and ${usernames.length - SHOWN} more` : '';
  return {
    unserved,
    finding: {
      test: 'names',
      step: null,
      status: 'warning',
      found: `${lost.join('; ')} (${usernames.slice(0, SHOWN).join(', ')}${more})${notServed}`,
      closes: 'their results under that name: the name is refused, or belongs to another user',
      remedy: 'Search as them by username or user id, or give each a unique e-mail address and federation identifier.',
    },
  };
}

/** If the membership tables are too large to read. */
export function unreadNames(sizes: TableSizes): Finding {
  const known = [...sizes.values()].filter((rows) => rows !== null);
  const rows = known.reduce((sum, some) => sum + some, 0);
  const about = known.length < sizes.size ? 'more than' : 'about';
  const users = sizes.get('User') ?? null;
  const ofUsers = users === null ? '' : ` (${thousands(users)} of users)`;
  return {
    test: 'names',
    step: null,
    status: 'unknown',
    found: `users, groups and permissions have ${about} ${thousands(rows)} rows${ofUsers}, too many to read in a minute: names that several users share, and what a run would hide, were not tested`,
    closes: null,
    remedy: '`status` shows what is hidden after the first run.',
  };
}
