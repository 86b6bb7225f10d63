import type { ObjectAccess } from '../../access/types.ts';
import type { FieldLists, ObjectName } from '../../objects/index.ts';
import { printable } from '../../printable.ts';
import { recordId18 } from '../../record-id.ts';
import { UserNotServedError } from '../errors.ts';
import { foldName, trimName } from '../user-name.ts';
import type { Database } from './database.ts';
import { ACCESS, FIELD_LISTS } from './forms.ts';
import { unpacked } from './principals.ts';
import { bytes, Damage, json, optional, text } from './stored.ts';

/** Who searches, and what reaches them now. */
export interface Searcher {
  readonly userId: string;
  readonly pids: Int32Array;
  readonly objects: Readonly<Record<ObjectName, ObjectAccess>>;
  /** What `all` means in `objects`. */
  readonly everyField: FieldLists;
}

const EVERY_FIELD = json('fields', FIELD_LISTS);
const MEMBER = [bytes('pids'), json('objects', ACCESS)] as const;
const USER = [text('user'), text('name'), text('username'), optional(text('refused'))] as const;

const WAYS = 'Name one by user id, username, federation identifier or e-mail.';

/**
 * The user who is named by id, username, FederationIdentifier or e-mail (all are tried; usernames and e-mails ignore the
 * case of A to Z, see `foldName`), with the membership row that is true at `now`. Throws `UserNotServedError`. Inside a
 * read transaction.
 */
export function findSearcher(db: Database, gen: number, named: string, now: number): Searcher {
  const { userId, refused } = findUser(db, gen, named);
  const name = trimName(named);
  if (refused !== null) throw new UserNotServedError(`The user '${shown(name)}' is ${refused}, and finds nothing.`);
  return { userId, everyField: everyFieldOf(db, gen), ...accessOf(db, gen, userId, name, now) };
}

/** The user who is so named, whether served or not. Throws `UserNotServedError` for nobody and for several. */
export function findUser(
  db: Database,
  gen: number,
  named: string,
): { readonly userId: string; readonly name: string; readonly username: string; readonly refused: string | null } {
  const name = trimName(named);
  const found = db.all(
    USER,
    `from user_name
     where (gen = ?1 and user = ?2) or (gen = ?1 and username = ?3) or (gen = ?1 and federation = ?4)
     or (gen = ?1 and email = ?3)`,
    gen,
    recordId18(name) ?? name,
    foldName(name),
    name,
  );
  const [first] = found;
  if (first === undefined) throw new UserNotServedError(`No user is named '${shown(name)}'. ${WAYS}`);
  if (found.length > 1)
    throw new UserNotServedError(
      `'${shown(name)}' names ${found.length} users. Name one by user id or username, which only one has.`,
    );
  const [userId, fullName, username, refused] = first;
  return { userId, name: fullName, username, refused };
}

function accessOf(
  db: Database,
  gen: number,
  userId: string,
  name: string,
  now: number,
): { readonly pids: Int32Array; readonly objects: Searcher['objects'] } {
  const member = db.get(
    MEMBER,
    'from member where gen = ? and user = ? and until > ? order by until limit 1',
    gen,
    userId,
    now,
  );
  if (member === undefined)
    throw new UserNotServedError(
      `What the user '${shown(name)}' may read is not known for now. It will be after the next run.`,
    );
  return { pids: unpacked(db, member[0]), objects: member[1] };
}

function everyFieldOf(db: Database, gen: number): FieldLists {
  const fields = db.value(EVERY_FIELD, 'from generation where gen = ?', gen);
  if (fields === undefined) throw new Damage(`the membership generation ${gen} is gone`);
  return fields;
}

/** One line, whatever was typed. */
function shown(name: string): string {
  const line = printable(name);
  return line.length > 100 ? `${printable(line.slice(0, 100))}…` : line;
}
