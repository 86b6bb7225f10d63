import type { ObjectAccess } from '../../access/types.ts';
import type { FieldLists, ObjectName } from '../../objects/index.ts';
import { UserNotServedError } from '../errors.ts';
import { recordId18 } from '../record-id.ts';
import type { Database } from './database.ts';
import { unpacked } from './principals.ts';

/** Who searches, and what reaches them now. */
export interface Searcher {
  readonly userId: string;
  readonly pids: Int32Array;
  readonly objects: Readonly<Record<ObjectName, ObjectAccess>>;
  /** What `all` means in `objects`. */
  readonly everyField: FieldLists;
}

const WAYS = 'Name one by user id, username, federation identifier or e-mail.';

/**
 * The user who is named by id, username, FederationIdentifier or e-mail (all are tried; only the federation identifier
 * minds its case), with the membership row that is true at `now`. Throws `UserNotServedError`. Inside a read transaction.
 */
export function findSearcher(db: Database, gen: number, named: string, now: number): Searcher {
  const { userId, refused } = findUser(db, gen, named);
  const name = named.trim();
  if (refused !== null) throw new UserNotServedError(`The user '${printable(name)}' is ${refused}, and finds nothing.`);
  return { userId, everyField: everyFieldOf(db, gen), ...accessOf(db, gen, userId, name, now) };
}

/** The user who is so named, whether served or not. Throws `UserNotServedError` for nobody and for several. */
export function findUser(
  db: Database,
  gen: number,
  named: string,
): { readonly userId: string; readonly name: string; readonly username: string; readonly refused: string | null } {
  const name = named.trim();
  const found = db.all<[string, string, string, string | null]>(
    `select distinct user, name, username, refused from user_name
     where (gen = ?1 and user = ?2) or (gen = ?1 and username = ?3) or (gen = ?1 and federation = ?4)
     or (gen = ?1 and email = ?3)`,
    gen,
    recordId18(name) ?? name,
    name.toLowerCase(),
    name,
  );
  const [first] = found;
  if (first === undefined) throw new UserNotServedError(`No user is named '${printable(name)}'. ${WAYS}`);
  if (found.length > 1)
    throw new UserNotServedError(
      `'${printable(name)}' names ${found.length} users. Name one by user id or username, which only one has.`,
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
  const member = db.get<[Buffer, string]>(
    'select pids, objects from member where gen = ? and user = ? and until > ? order by until limit 1',
    gen,
    userId,
    now,
  );
  if (member === undefined)
    throw new UserNotServedError(
      `What the user '${printable(name)}' may read is not known for now. It will be after the next run.`,
    );
  return { pids: unpacked(member[0]), objects: JSON.parse(member[1]) as Searcher['objects'] };
}

function everyFieldOf(db: Database, gen: number): FieldLists {
  const [fields] = db.get<[string]>('select fields from generation where gen = ?', gen) ?? [];
  if (fields === undefined) throw new Error(`The membership generation ${gen} is gone.`);
  return JSON.parse(fields) as FieldLists;
}

/** One line, whatever was typed. */
function printable(name: string): string {
  const line = name.replace(/[\p{C}\s]+/gu, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
