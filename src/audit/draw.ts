import type { BorderRecord, ServedUser } from '../index/port/inspector.ts';
import { groupBy } from '../lib/collections.ts';
import { type Random, shuffled } from './random.ts';

/** Records per user, if there are enough users. The number is small so that a sample covers many users. */
const RECORDS_A_USER = 50;
const MOST_USERS = 200;
const PEERS = 4;

/** A user, and a record at a border of what that user reads. */
export interface Pair extends BorderRecord {
  readonly user: ServedUser;
}

/** Returns the number of users over which a sample of that many pairs is spread. */
export function userCount(sample: number, served: number): number {
  return Math.min(served, MOST_USERS, Math.max(1, Math.ceil(sample / RECORDS_A_USER)));
}

/** Draws users in turn from each kind of reach and, within one kind, in turn from each role. */
export function drawUsers(users: readonly ServedUser[], count: number, random: Random): ServedUser[] {
  const reaches = groupBy(shuffled(users, random), ({ reach }) => reach);
  const turns = [...reaches.values()].map((same) => inTurn([...groupBy(same, ({ roleId }) => roleId ?? '').values()]));
  return inTurn(turns).slice(0, count);
}

/** Returns up to four other users, half of them from the same role if there are enough. */
export function peersOf(user: ServedUser, users: readonly ServedUser[], random: Random): ServedUser[] {
  const others = shuffled(
    users.filter(({ id }) => id !== user.id),
    random,
  );
  const same = others.filter(({ roleId }) => roleId !== null && roleId === user.roleId);
  return [...same.slice(0, PEERS / 2), ...others.filter((other) => !same.includes(other))].slice(0, PEERS);
}

/** Draws up to `count` records, in turn from each border and object. */
export function drawRecords(records: readonly BorderRecord[], count: number, random: Random): BorderRecord[] {
  const borders = groupBy(shuffled(records, random), ({ border, object }) => `${border} ${object}`);
  return inTurn([...borders.values()]).slice(0, count);
}

/** Returns the first of each list, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
