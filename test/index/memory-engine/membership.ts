import type { Member, UserName } from '../../../src/access/types.ts';
import type { UserNameKind } from '../../../src/index/model/user-name.ts';
import { foldName } from '../../../src/index/model/user-name.ts';
import type {
  NamedUser,
  NamedUsers,
  PublishedMembership,
  UserNameQuery,
} from '../../../src/index/port/search-engine.ts';
import type { FieldLists } from '../../../src/objects/index.ts';

/** Reports whether a user has that name. */
const HAS: Readonly<Record<UserNameKind, (user: UserName, name: string) => boolean>> = {
  id: ({ userId }, name) => userId === name,
  // A user without a username has the id in its place. Folded, the id would match in any case.
  username: ({ userId, username }, name) => foldName(username) === name && name !== foldName(userId),
  federationId: ({ federationId }, name) => federationId === name,
  email: ({ email }, name) => email !== null && foldName(email) === name,
};

/** A published membership. Never changes. */
export class Membership {
  /** See `PublishedMembership.fields`. */
  readonly fields: FieldLists;
  readonly #members: readonly Member[];
  readonly #names: readonly UserName[];

  constructor({ fields, members, names }: PublishedMembership) {
    this.fields = fields;
    this.#members = [...members];
    this.#names = [...names];
  }

  /** Finds users by one kind of name. */
  usersNamed({ kind, name, activeOnly }: UserNameQuery): NamedUsers {
    const users = this.#names.filter((user) => HAS[kind](user, name) && !(activeOnly && user.refused === 'inactive'));
    return { users: users.slice(0, 2).map(shown), count: users.length };
  }

  /** Returns the first of the user's rows that ends after `now`. */
  memberAt(userId: string, now: number): Member | null {
    const [first = null] = this.#members
      .filter((member) => member.userId === userId && endOf(member) > now)
      .sort((one, other) => endOf(one) - endOf(other));
    return first;
  }
}

function endOf({ validUntil }: Member): number {
  return validUntil === null ? Number.MAX_SAFE_INTEGER : Date.parse(validUntil);
}

function shown({ userId, name, username, refused }: UserName): NamedUser {
  return { userId, name, username: foldName(username), refused };
}
