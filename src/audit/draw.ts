import type { BorderRecord, ServedUser } from '../index/inspector.ts';
import { groupBy } from './group-by.ts';
import { type Random, shuffled } from './random.ts';

/** Records that one user is asked about where there are users enough: few, so that many users are. */
const RECORDS_A_USER = 50;
const MOST_USERS = 200;
const PEERS = 4;

/** A user, and a record at a border of what they read. */
export interface Pair extends BorderRecord {
  readonly user: ServedUser;
}

/** How many users a sample of so many pairs is spread over. */
export function userCount(sample: number, served: number): number {
  return Math.min(served, MOST_USERS, Math.max(1, Math.ceil(sample / RECORDS_A_USER)));
}

/** Users of as many reaches as there are, and among those of one reach of as many roles: ever one of each, in turn. */
export function drawUsers(users: readonly ServedUser[], count: number, random: Random): ServedUser[] {
  const reaches = groupBy(shuffled(users, random), ({ reach }) => reach);
  const turns = [...reaches.values()].map((same) => inTurn([...groupBy(same, ({ roleId }) => roleId ?? '').values()]));
  return inTurn(turns).slice(0, count);
}

/** Some users who are near: of the same role first. */
export function peersOf(user: ServedUser, users: readonly ServedUser[], random: Random): ServedUser[] {
  const others = shuffled(
    users.filter(({ id }) => id !== user.id),
    random,
  );
  const same = others.filter(({ roleId }) => roleId !== null && roleId === user.roleId);
  return [...same.slice(0, PEERS / 2), ...others.filter((other) => !same.includes(other))].slice(0, PEERS);
}

/** So many of the records, of every border as many as of the others. */
export function drawRecords(records: readonly BorderRecord[], count: number, random: Random): BorderRecord[] {
  const borders = groupBy(shuffled(records, random), ({ border, object }) => `${border} ${object}`);
  return inTurn([...borders.values()]).slice(0, count);
}

/** The first of each list, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
