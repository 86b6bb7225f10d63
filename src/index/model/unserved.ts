import type { UserName } from '../../access/types.ts';
import { recordId18 } from '../../lib/record-ids.ts';
import { runSynchronously, type Steps } from '../../lib/steps.ts';
import { thousands } from '../../sentences/numbers.ts';
import { foldName } from './user-name.ts';

/** Numbers of users whom searches refuse, or accept by only some of their names, by cause. */
export interface Unserved {
  /** Refused by every name. */
  readonly inactive: number;
  /** Refused by every name. */
  readonly frozen: number;
  /**
   * Served users who share the name with others, so that it is refused. Usernames are unique in Salesforce: those rows
   * are damaged.
   */
  readonly sharedUsername: { readonly users: number; readonly usernames: number };
  readonly sharedFederationId: { readonly users: number; readonly ids: number };
  readonly sharedEmail: { readonly users: number; readonly addresses: number };
  /**
   * Served users whose name of this kind is also somebody else's name of an earlier kind, and so means the other user.
   */
  readonly federationIdOfOthers: number;
  readonly emailOfOthers: number;
}

/** The number of users between two pauses. */
const STEP = 10_000;

const KINDS = ['username', 'federationId', 'email'] as const;
export type Kind = (typeof KINDS)[number];

/** The users who have one name of one kind. */
interface Holders {
  count: number;
  readonly first: string;
  active: number;
  firstActive: string;
}

/** The meaning of a name: one user, or several (null). */
interface Meaning {
  readonly kind: Kind | 'id';
  readonly userId: string | null;
}

/**
 * Counts the unserved users synchronously.
 *
 * @param meet called with each served user whose name of that kind does not find them
 */
export function unservedOf(names: Iterable<UserName>, meet?: (user: UserName, kind: Kind) => void): Unserved {
  return runSynchronously(unservedInSteps(names, meet));
}

/** Counts the unserved users of a membership, by the rules of `SearchOptions.as`. */
export function* unservedInSteps(
  names: Iterable<UserName>,
  meet: (user: UserName, kind: Kind) => void = () => {},
): Steps<Unserved> {
  const all: UserName[] = [];
  const known = new Names();
  for (const user of names) {
    all.push(user);
    known.note(user);
    if (all.length % STEP === 0) yield;
  }
  const tally = () => ({ users: 0, names: new Set<string>(), ofOthers: 0 });
  const found = { username: tally(), federationId: tally(), email: tally() };
  for (const [at, user] of all.entries()) {
    if (at % STEP === 0) yield;
    if (user.refused !== null) continue;
    for (const [kind, name] of namesOf(user)) {
      const { kind: meant, userId } = known.meaning(name);
      if (userId === user.userId) continue;
      meet(user, kind);
      if (meant !== kind) found[kind].ofOthers += 1;
      else {
        found[kind].users += 1;
        found[kind].names.add(keyOf(kind, name));
      }
    }
  }
  const { username, federationId, email } = found;
  return {
    inactive: all.filter(({ refused }) => refused === 'inactive').length,
    frozen: all.filter(({ refused }) => refused === 'frozen').length,
    sharedUsername: { users: username.users, usernames: username.names.size },
    sharedFederationId: { users: federationId.users, ids: federationId.names.size },
    sharedEmail: { users: email.users, addresses: email.names.size },
    federationIdOfOthers: federationId.ofOthers,
    emailOfOthers: email.ofOthers,
  };
}

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  username: 'username',
  federationId: 'federation identifier',
  email: 'e-mail',
};

/** Returns a clause for each kind of name, with the number of users who cannot be named by it. Empty: all can. */
export function unservedClauses(unserved: Unserved): string[] {
  const counts: Readonly<Record<Kind, number>> = {
    username: unserved.sharedUsername.users,
    federationId: unserved.sharedFederationId.users + unserved.federationIdOfOthers,
    email: unserved.sharedEmail.users + unserved.emailOfOthers,
  };
  return KINDS.filter((kind) => counts[kind] > 0).map(
    (kind) => `${users(counts[kind])} cannot be identified by ${KIND_NAMES[kind]}, because others have the same one`,
  );
}

/** Returns the count with its noun: `1 user`, `2,000 frozen users`. */
export function users(count: number, kind = ''): string {
  return `${thousands(count)} ${kind}${count === 1 ? 'user' : 'users'}`;
}

/** An index of users by their names. */
class Names {
  readonly #ids = new Set<string>();
  readonly #held = { username: new Map(), federationId: new Map(), email: new Map() } satisfies Record<
    Kind,
    Map<string, Holders>
  >;

  note(user: UserName): void {
    const { userId } = user;
    this.#ids.add(userId);
    for (const [kind, name] of namesOf(user)) {
      const key = keyOf(kind, name);
      const isActive = user.refused !== 'inactive';
      const holders = this.#of(kind, key) ?? { count: 0, first: userId, active: 0, firstActive: userId };
      holders.count += 1;
      if (isActive && holders.active === 0) holders.firstActive = userId;
      if (isActive) holders.active += 1;
      this.#held[kind].set(key, holders);
    }
  }

  meaning(name: string): Meaning {
    const id = recordId18(name);
    if (id !== null && this.#ids.has(id)) return { kind: 'id', userId: id };
    for (const kind of KINDS) {
      const holders = this.#of(kind, keyOf(kind, name));
      if (holders === undefined) continue;
      const { count, first, active, firstActive } = holders;
      if (kind === 'username' || active === 0) return { kind, userId: count > 1 ? null : first };
      return { kind, userId: active > 1 ? null : firstActive };
    }
    return { kind: 'id', userId: null };
  }

  #of(kind: Kind, key: string): Holders | undefined {
    return this.#held[kind].get(key);
  }
}

function namesOf({ userId, username, federationId, email }: UserName): (readonly [Kind, string])[] {
  return [
    // A user without a username has the id in its place.
    ...(username === userId ? [] : [['username', username] as const]),
    ...(federationId === null ? [] : [['federationId', federationId] as const]),
    ...(email === null ? [] : [['email', email] as const]),
  ];
}

function keyOf(kind: Kind, name: string): string {
  return kind === 'federationId' ? name : foldName(name);
}
