import type { UserRow } from '../access/tables.ts';
import { type Finding, good } from './finding.ts';
import { count } from './schedule.ts';
import type { TableSizes } from './table-sizes.ts';

const SHOWN = 5;

/** A name that several users share. */
interface SharedName {
  readonly kind: 'e-mail' | 'federation identifier';
  readonly usernames: readonly string[];
}

/**
 * Names that a search refuses because several users have them: an e-mail address (in any case, and also where it is
 * another's username) or a federation identifier (also where it is another's address). Those that only inactive users
 * share harm nobody.
 */
function sharedNames(users: readonly UserRow[]): SharedName[] {
  const byEmail = new Map<string, Set<UserRow>>();
  const byFederation = new Map<string, Set<UserRow>>();
  const note = (names: Map<string, Set<UserRow>>, name: string | null | undefined, user: UserRow): void => {
    if (!name) return;
    const sharing = names.get(name) ?? new Set();
    names.set(name, sharing.add(user));
  };
  for (const user of users) {
    note(byEmail, user.Email?.toLowerCase(), user);
    note(byEmail, user.Username?.toLowerCase(), user);
    note(byFederation, user.FederationIdentifier, user);
  }
  for (const [name, sharing] of byFederation)
    for (const other of byEmail.get(name.toLowerCase()) ?? []) sharing.add(other);
  const shared = (names: ReadonlyMap<string, ReadonlySet<UserRow>>, kind: SharedName['kind']): SharedName[] =>
    [...names.values()]
      .filter((sharing) => sharing.size > 1 && [...sharing].some((user) => user.IsActive !== false))
      .map((sharing) => ({ kind, usernames: [...sharing].map((user) => user.Username ?? user.Id ?? '').sort() }));
  return [...shared(byEmail, 'e-mail'), ...shared(byFederation, 'federation identifier')];
}

/** Users that no rule can tell apart, for a person. */
export function namesFinding(users: readonly UserRow[]): Finding {
  const shared = sharedNames(users);
  const active = users.filter((user) => user.IsActive !== false).length;
  if (shared.length === 0) return good('names', null, `every name means one of the ${active} active users`);
  const usernames = [...new Set(shared.flatMap((name) => name.usernames))].sort();
  const more = usernames.length > SHOWN ? ` and ${usernames.length - SHOWN} more` : '';
  const kinds = (['e-mail', 'federation identifier'] as const).flatMap((kind) => {
    const count = shared.filter((name) => name.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`];
  });
  return {
    test: 'names',
    step: null,
    status: 'warning',
    found: `${kinds.join(' and ')} shared by several users: ${usernames.slice(0, SHOWN).join(', ')}${more}`,
    closes: 'searches as these users by that name: they are refused',
    remedy: 'Search as them by username or user id, or give each an address and a federation identifier of their own.',
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
