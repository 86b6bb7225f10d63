import type { ObjectAccess } from '../../../access/types.ts';
import { printable } from '../../../lib/printable.ts';
import { recordId18 } from '../../../lib/record-ids.ts';
import type { FieldLists, ObjectName } from '../../../objects/index.ts';
import { UserNotServedError } from '../../errors.ts';
import { foldName, trimName } from '../../model/user-name.ts';
import type { Database } from '../file/database.ts';
import { ACCESS, FIELD_LISTS } from '../file/forms.ts';
import { bytes, Damage, json, optional, text } from '../file/stored.ts';
import { unpacked } from '../store/principals.ts';

/** A searcher, and what they may read now. */
export interface Searcher {
  readonly userId: string;
  readonly principalNumbers: Int32Array;
  readonly objects: Readonly<Record<ObjectName, ObjectAccess>>;
  /** The fields that `all` means in `objects`. */
  readonly everyField: FieldLists;
}

const EVERY_FIELD = json('fields', FIELD_LISTS);
const MEMBER = [bytes('m.pids'), json('a.objects', ACCESS)] as const;
const USER = [text('user'), text('name'), text('username'), optional(text('refused'))] as const;

const WAYS = 'Give a user id, username, federation identifier or e-mail.';

/** The ends of messages about several users with the name. */
const BY_ID = '. Give the user id, which only one of them has.';
const BY_ID_OR_USERNAME = '. Give the user id or username, which only one of them has.';
const NONE_ACTIVE = ', none of them active.';

/** A row of `user_name`. */
interface Named {
  readonly userId: string;
  readonly name: string;
  readonly username: string;
  readonly refused: string | null;
}

/**
 * The kinds of names, in order of precedence. `?2` is the name as typed, `?3` its folded form, `?4` the user id that it
 * may be. A user without a username has the id in its place. Folded, the id would match in any case, so it is excluded.
 */
const ID = 'user = ?4';
const USERNAME = 'username = ?3 and username <> lower(user)';
/** Inactive users cannot sign in with these, so active users take precedence. */
const BY_ACTIVE = ['federation = ?2', 'email = ?3'] as const;
const ACTIVE = "refused is not 'inactive'";

/**
 * Finds the user with that name (see `SearchOptions.as`), and the membership row that is valid at `now`. Throws
 * `UserNotServedError`. Call it in a read transaction.
 */
export function findSearcher(db: Database, gen: number, named: string, now: number): Searcher {
  const { userId, refused } = findUser(db, gen, named);
  const name = trimName(named);
  if (refused !== null)
    throw new UserNotServedError(
      `The user '${shown(name)}' is ${refused} and cannot search.`,
      refused === 'inactive' ? refused : 'frozen',
    );
  return { userId, everyField: everyFieldOf(db, gen), ...accessOf(db, gen, userId, name, now) };
}

/**
 * Finds the user with that name, whether or not searches serve them. The name is a user id, username, federation
 * identifier or e-mail; the first kind with a match decides. Throws `UserNotServedError` for no user, and for several.
 */
export function findUser(db: Database, gen: number, named: string): Named {
  const name = trimName(named);
  const values = [gen, name, foldName(name), recordId18(name) ?? name] as const;
  const of = (where: string, remedy: string): Named | null => {
    const rows = db.all(USER, `${matching(where)} limit 2`, ...values);
    if (rows.length > 1) throw severalAre(name, db.count(matching(where), ...values), remedy);
    return (
      rows.map(([userId, fullName, username, refused]) => ({ userId, name: fullName, username, refused }))[0] ?? null
    );
  };
  const sure = of(ID, BY_ID) ?? of(USERNAME, BY_ID);
  if (sure !== null) return sure;
  for (const kind of BY_ACTIVE) {
    const found = of(`${kind} and ${ACTIVE}`, BY_ID_OR_USERNAME) ?? of(kind, NONE_ACTIVE);
    if (found !== null) return found;
  }
  throw new UserNotServedError(`No user is named '${shown(name)}'. ${WAYS}`, 'unknown');
}

function matching(where: string): string {
  return `from user_name where gen = ?1 and ${where}`;
}

/** Makes the error without saying who the users are. */
function severalAre(name: string, count: number, remedy: string): UserNotServedError {
  return new UserNotServedError(`'${shown(name)}' matches ${count} users${remedy}`, 'ambiguous');
}

function accessOf(
  db: Database,
  gen: number,
  userId: string,
  name: string,
  now: number,
): { readonly principalNumbers: Int32Array; readonly objects: Searcher['objects'] } {
  const member = db.get(
    MEMBER,
    `from member m join access a on a.gen = m.gen and a.number = m.access
     where m.gen = ? and m.user = ? and m.until > ? order by m.until limit 1`,
    gen,
    userId,
    now,
  );
  if (member === undefined)
    throw new UserNotServedError(
      `The index does not know yet what the user '${shown(name)}' can read. The next run finds out.`,
      'unresolved',
    );
  return { principalNumbers: unpacked(db, member[0]), objects: member[1] };
}

function everyFieldOf(db: Database, gen: number): FieldLists {
  const fields = db.value(EVERY_FIELD, 'from generation where gen = ?', gen);
  if (fields === undefined) throw new Damage(`the membership generation ${gen} is gone`);
  return fields;
}

/** Returns any input as one line. */
function shown(name: string): string {
  const line = printable(name);
  return line.length > 100 ? `${printable(line.slice(0, 100))}…` : line;
}
