import { inOneGo, type Steps } from '../access/steps.ts';
import type { UserName } from '../access/types.ts';
import { recordId18 } from '../record-id.ts';
import { foldName } from './user-name.ts';

/** Users whom searches do not serve, or not by each of their names: by cause, in numbers only. */
export interface Unserved {
  /** By no name. */
  readonly inactive: number;
  /** By no name. */
  readonly frozen: number;
  /**
   * Served users who have the name together with others, so that it is refused. Usernames are unique in Salesforce:
   * those rows are damaged.
   */
  readonly sharedUsername: { readonly users: number; readonly usernames: number };
  readonly sharedFederationId: { readonly users: number; readonly ids: number };
  readonly sharedEmail: { readonly users: number; readonly addresses: number };
  /** Served users whose name of this kind is somebody else's name of a kind that is tried before, and means them. */
  readonly federationIdOfOthers: number;
  readonly emailOfOthers: number;
}

/** Users between two steps. */
const STEP = 10_000;

const KINDS = ['username', 'federationId', 'email'] as const;
export type Kind = (typeof KINDS)[number];

/** Who has a name of one kind. */
interface Holders {
  count: number;
  readonly first: string;
  active: number;
  firstActive: string;
}

/** What a name means: one user, or several (null). */
interface Meaning {
  readonly kind: Kind | 'id';
  readonly userId: string | null;
}

/** @param meet told each user whom the search serves, but not by a name of theirs of that kind */
export function unservedOf(names: Iterable<UserName>, meet?: (user: UserName, kind: Kind) => void): Unserved {
  return inOneGo(unservedInSteps(names, meet));
}

/** The unserved among a membership's users, by what `SearchOptions.as` means. */
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

/** How many users cannot be named by a name of that kind, a clause for each kind: nothing where all can. */
export function unservedClauses(unserved: Unserved): string[] {
  const counts: Readonly<Record<Kind, number>> = {
    username: unserved.sharedUsername.users,
    federationId: unserved.sharedFederationId.users + unserved.federationIdOfOthers,
    email: unserved.sharedEmail.users + unserved.emailOfOthers,
  };
  return KINDS.filter((kind) => counts[kind] > 0).map(
    (kind) => `${users(counts[kind])} cannot be named by ${KIND_NAMES[kind]}, because others have the same one`,
  );
}

/** `1 user`, `2,000 frozen users`. */
export function users(count: number, kind = ''): string {
  return `${count.toLocaleString('en')} ${kind}${count === 1 ? 'user' : 'users'}`;
}

/** Who has which names. */
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
