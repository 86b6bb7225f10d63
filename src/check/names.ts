import type { UserName } from '../access/types.ts';
import { type Unserved, unservedClauses, unservedOf, users } from '../index/unserved.ts';
import { type Finding, good } from './finding.ts';
import { count } from './schedule.ts';
import type { TableSizes } from './table-sizes.ts';

/** Usernames that a finding lists. */
const SHOWN = 5;

/** Whom searches do not serve, or not by each of their names; users of whom that is true of a name are listed. */
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
    const found = `every name means one of the ${served} users who are served${notServed}`;
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
      closes: 'searches as these users by that name: it is refused, or means another user',
      remedy:
        'Search as them by username or user id, or give each an address and a federation identifier of their own.',
    },
  };
}

/** Where the tables of who is who are too large to be read. */
export function unreadNames(sizes: TableSizes): Finding {
  const known = [...sizes.values()].filter((rows) => rows !== null);
  const rows = known.reduce((sum, some) => sum + some, 0);
  const about = known.length < sizes.size ? 'more than' : 'about';
  const users = sizes.get('User') ?? null;
  const ofUsers = users === null ? '' : ` (${count(users)} of users)`;
  return {
    test: 'names',
    step: null,
    status: 'unknown',
    found: `users, groups and permissions have ${about} ${count(rows)} rows${ofUsers}, too many to read in a minute: names that several users share, and what a run would close, are not tested`,
    closes: null,
    remedy: '`status` says what is closed after the first run.',
  };
}
