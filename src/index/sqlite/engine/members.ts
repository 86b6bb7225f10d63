import type { UserNameKind } from '../../model/user-name.ts';
import type { NamedUser, NamedUsers, UserAccess, UserNameQuery } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { ACCESS } from '../file/forms.ts';
import { bytes, json, optional, text } from '../file/stored.ts';
import { unpacked } from '../store/principals.ts';

/** The principals that a user holds. */
export interface HeldPrincipals {
  /** Ascending. */
  readonly numbers: Int32Array;
  /** One byte per principal number: 1 if the user has the principal. */
  readonly map: Buffer;
}

/** A user's row of the membership. */
export interface StoredMember {
  readonly held: HeldPrincipals;
  readonly objects: UserAccess['objects'];
}

/** Held by a user whom the membership does not know. */
export const NOTHING_HELD: HeldPrincipals = { numbers: new Int32Array(), map: Buffer.alloc(1) };

const MEMBER = [bytes('m.pids'), json('a.objects', ACCESS)] as const;
const USER = [text('user'), text('name'), text('username'), optional(text('refused'))] as const;

/**
 * The conditions for each kind of name; ?2 is the name. A user without a username has the id in its place. Folded, the
 * id would match in any case, so it is excluded.
 */
const NAMED: Readonly<Record<UserNameKind, string>> = {
  id: 'user = ?2',
  username: 'username = ?2 and username <> lower(user)',
  federationId: 'federation = ?2',
  email: 'email = ?2',
};
const ACTIVE = "refused is not 'inactive'";

/** Finds the users of a generation with that name. */
export function usersNamed(db: Database, gen: number, { kind, name, activeOnly }: UserNameQuery): NamedUsers {
  const matching = `from user_name where gen = ?1 and ${NAMED[kind]}${activeOnly ? ` and ${ACTIVE}` : ''}`;
  const users = db
    .all(USER, `${matching} limit 2`, gen, name)
    .map(([userId, fullName, username, refused]): NamedUser => ({ userId, name: fullName, username, refused }));
  return { users, count: users.length > 1 ? db.count(matching, gen, name) : users.length };
}

/** Reads a user's row that is valid at `now`. Null: there is none. */
export function memberOf(db: Database, gen: number, userId: string, now: number): StoredMember | null {
  const member = db.get(
    MEMBER,
    `from member m join access a on a.gen = m.gen and a.number = m.access
     where m.gen = ? and m.user = ? and m.until > ? order by m.until limit 1`,
    gen,
    userId,
    now,
  );
  if (member === undefined) return null;
  const [packed, objects] = member;
  const numbers = unpacked(db, packed);
  return { held: { numbers, map: mapOf(numbers) }, objects };
}

/** @param principalNumbers ascending */
function mapOf(principalNumbers: Int32Array): Buffer {
  const map = Buffer.alloc((principalNumbers.at(-1) ?? 0) + 1);
  for (const principalNumber of principalNumbers) map[principalNumber] = 1;
  return map;
}
