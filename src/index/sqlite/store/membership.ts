import { setImmediate as breathe } from 'node:timers/promises';
import type { Member, UserName } from '../../../access/types.ts';
import type { FieldLists } from '../../../objects/index.ts';
import { foldName } from '../../model/user-name.ts';
import type { FencingToken } from '../../port/admission.ts';
import { StaleMembershipError } from '../../port/errors.ts';
import type { MembershipGeneration } from '../../port/membership.ts';
import type { Database } from '../file/database.ts';
import { FIELD_LISTS } from '../file/forms.ts';
import { Damage, json, rowNumberIn, time } from '../file/stored.ts';
import { fenced } from './fence.ts';
import { writeMeta } from './meta.ts';
import { insertOrgTables, insertPiece, piecesOf } from './org-tables.ts';
import { type Principals, packed } from './principals.ts';
import type { OpenStore } from './publication.ts';

/** Rows per transaction and principals per transaction: some 50 ms of work. */
const CHUNK_ROWS = 500;
const CHUNK_PRINCIPALS = 50_000;

/** Rows of the org's tables per transaction: also some 50 ms. */
const CHUNK_TABLE_ROWS = 10_000;

/** The value of `until` in a row without an end. */
export const FOR_EVER = Number.MAX_SAFE_INTEGER;

/** The tables of a generation. Rows of outdated generations are deleted, the generation itself last. */
const OF_GENERATION = ['member', 'access', 'user_name', 'org_rows', 'org_table', 'org_fields'] as const;

const EVERY_FIELD = json('fields', FIELD_LISTS);

/** See `MembershipStore.replaceMembership`. */
export async function replaceMembership(
  { db, principals, publication }: OpenStore,
  fence: FencingToken,
  { asOf, gaps, fields, groups, shared, tables, readings }: MembershipGeneration,
  members: Iterable<Member>,
  names: Iterable<UserName>,
): Promise<{ readonly members: number }> {
  const gen = await fenced(db, fence, (meta) => {
    checkNewest(db, meta.generation, asOf);
    const made = nextGeneration(db, meta.generation);
    db.run(
      'insert into generation (gen, as_of, closed, fields, known) values (?, ?, ?, ?, ?)',
      made,
      asOf,
      JSON.stringify(gaps),
      JSON.stringify(fields),
      JSON.stringify({ groups, shared }),
    );
    insertOrgTables(db, made, tables, readings);
    return made;
  });
  const accesses = new Map<string, number>();
  let count = 0;
  for (const chunk of chunks(members, (member) => member.principals.length, CHUNK_PRINCIPALS)) {
    await fenced(db, fence, () => {
      for (const member of chunk) insertMember(db, principals, gen, member, accessNumber(db, gen, accesses, member));
    });
    count += chunk.length;
    await breathe();
  }
  for (const chunk of chunks(names, () => 1, CHUNK_ROWS)) {
    await fenced(db, fence, () => {
      for (const name of chunk) insertName(db, gen, name);
    });
    await breathe();
  }
  for (const chunk of chunks(piecesOf(tables), ({ count }) => count, CHUNK_TABLE_ROWS)) {
    await fenced(db, fence, () => {
      for (const piece of chunk) insertPiece(db, gen, piece);
    });
    await breathe();
  }
  await fenced(db, fence, (meta) => {
    checkNewest(db, meta.generation, asOf);
    // A generation that began later and is already current has deleted this one's rows.
    if (meta.generation !== null && meta.generation > gen) throw stale();
    writeMeta(db, { generation: gen });
    publication.changeMembership();
  });
  await removeOlder(db, fence, gen);
  return { members: count };
}

/** Returns a new number. Also above the current one if that generation is missing, because rows of it may be left. */
function nextGeneration(db: Database, current: number | null): number {
  const highest = db.value(rowNumberIn('gen'), 'from generation order by gen desc limit 1') ?? 0;
  const next = Math.max(highest, current ?? 0) + 1;
  if (!Number.isSafeInteger(next)) throw new Damage('the number of its membership is invalid');
  return next;
}

/** See `MembershipStore.confirmMembership`. */
export function confirmMembership(db: Database, fence: FencingToken, was: number, asOf: number): Promise<boolean> {
  return fenced(db, fence, ({ generation }) => {
    if (generation === null || asOf < was) return false;
    return db.run('update generation set as_of = ? where gen = ? and as_of = ?', asOf, generation, was) > 0;
  });
}

/** Reads the fields that `all` means in a generation. */
export function everyFieldOf(db: Database, gen: number): FieldLists {
  const fields = db.value(EVERY_FIELD, 'from generation where gen = ?', gen);
  if (fields === undefined) throw new Damage(`the membership generation ${gen} is gone`);
  return fields;
}

function checkNewest(db: Database, current: number | null, asOf: number): void {
  if (current === null) return;
  const newest = db.value(time('as_of'), 'from generation where gen = ?', current) ?? 0;
  if (asOf < newest) throw stale();
}

function stale(): StaleMembershipError {
  return new StaleMembershipError('A newer membership is current already. It is read again.');
}

/** Returns the number of the member's access; access that no earlier member has gets a new number. */
function accessNumber(db: Database, gen: number, known: Map<string, number>, { objects }: Member): number {
  const text = JSON.stringify(objects);
  const held = known.get(text);
  if (held !== undefined) return held;
  const number = known.size + 1;
  db.run('insert into access (gen, number, objects) values (?, ?, ?)', gen, number, text);
  known.set(text, number);
  return number;
}

function insertMember(db: Database, principals: Principals, gen: number, member: Member, access: number): void {
  db.run(
    'insert into member (gen, user, until, pids, access) values (?, ?, ?, ?, ?)',
    gen,
    member.userId,
    member.validUntil === null ? FOR_EVER : Date.parse(member.validUntil),
    packed(principals.numbersOf(member.principals)),
    access,
  );
}

function insertName(db: Database, gen: number, user: UserName): void {
  db.run(
    `insert into user_name (gen, user, name, username, federation, email, refused) values (?, ?, ?, ?, ?, ?, ?)`,
    gen,
    user.userId,
    user.name,
    foldName(user.username),
    user.federationId,
    user.email === null ? null : foldName(user.email),
    user.refused,
  );
}

async function removeOlder(db: Database, fence: FencingToken, gen: number): Promise<void> {
  const limit = CHUNK_ROWS * 2;
  for (const table of OF_GENERATION) {
    const some = `select rowid from ${table} where gen < ? limit ${limit}`;
    let removed = limit;
    while (removed === limit) {
      removed = await fenced(db, fence, () => db.run(`delete from ${table} where rowid in (${some})`, gen));
      await breathe();
    }
  }
  await fenced(db, fence, () => db.run('delete from generation where gen < ?', gen));
}

function* chunks<Item>(items: Iterable<Item>, weight: (item: Item) => number, heaviest: number): Generator<Item[]> {
  let chunk: Item[] = [];
  let total = 0;
  for (const item of items) {
    chunk.push(item);
    total += weight(item);
    if (chunk.length < CHUNK_ROWS && total < heaviest) continue;
    yield chunk;
    chunk = [];
    total = 0;
  }
  if (chunk.length > 0) yield chunk;
}
