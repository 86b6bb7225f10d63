import type { Member, UserName } from '../../../access/types.ts';
import type { PublishedMembership } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { ACCESS } from '../file/forms.ts';
import { bytes, integer, json, optional, rowNumberIn, text } from '../file/stored.ts';
import { everyFieldOf, FOR_EVER } from './membership.ts';
import { unpacked } from './principals.ts';

const PAGE = 500;

const MEMBER = [
  rowNumberIn('m.rowid'),
  text('user'),
  integer('until'),
  bytes('pids'),
  json('objects', ACCESS),
] as const;
const NAME = [
  rowNumberIn('rowid'),
  text('user'),
  text('name'),
  text('username'),
  optional(text('federation')),
  optional(text('email')),
  optional(text('refused')),
] as const;

/** Returns a generation as an engine needs it. The iterables read the file, so use them in the same transaction. */
export function publishedMembership(db: Database, generation: number): PublishedMembership {
  return { fields: everyFieldOf(db, generation), members: members(db, generation), names: names(db, generation) };
}

function* members(db: Database, generation: number): Generator<Member> {
  const principals = new Map(db.all([rowNumberIn('pid'), text('name')], 'from principal'));
  const rest = `from member m join access a on a.gen = m.gen and a.number = m.access
    where m.gen = ?1 and m.rowid > ?2 order by m.rowid limit ${PAGE}`;
  for (const [, userId, until, pids, objects] of pages((after) => db.all(MEMBER, rest, generation, after)))
    yield {
      userId,
      validUntil: until === FOR_EVER ? null : new Date(until).toISOString(),
      principals: [...unpacked(db, pids)].flatMap((number) => principals.get(number) ?? []),
      objects,
    };
}

function* names(db: Database, generation: number): Generator<UserName> {
  const rest = `from user_name where gen = ? and rowid > ? order by rowid limit ${PAGE}`;
  for (const [, userId, name, username, federationId, email, refused] of pages((after) =>
    db.all(NAME, rest, generation, after),
  ))
    yield { userId, name, username, federationId, email, refused };
}

function* pages<Row extends readonly [number, ...unknown[]]>(read: (after: number) => Row[]): Generator<Row> {
  for (let after = 0; ; ) {
    const page = read(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    [after] = last;
  }
}
