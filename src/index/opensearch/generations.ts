import { randomBytes } from 'node:crypto';
import type { Member, UserName } from '../../access/types.ts';
import { foldName } from '../model/user-name.ts';
import type { PublishedMembership } from '../port/search-engine.ts';
import { type BulkItem, writeBulk } from './bulk.ts';
import { type Cluster, refreshIndex } from './cluster.ts';

/** Rows of a bulk request, and the principals in it. */
const CHUNK_ROWS = 1_000;
const CHUNK_PRINCIPALS = 100_000;

/** The most rows that one request removes. */
const REMOVED_ROWS = 20_000;

/**
 * Writes a membership as a new generation, and returns its id. No search uses it until the control document names it.
 *
 * @param alias takes the writes
 * @param index the index behind it
 */
export async function writeGeneration(
  cluster: Cluster,
  { alias, index }: { readonly alias: string; readonly index: string },
  { members, names }: PublishedMembership,
): Promise<string> {
  const generation = randomBytes(8).toString('hex');
  for (const chunk of chunks(rowsOf(generation, members, names))) {
    const [refused] = (await writeBulk(cluster, alias, chunk)).refused;
    // Without a period, a user would get the access of the next one early.
    if (refused !== undefined) throw cluster.error({ code: 'refused', type: refused.engineCode, status: 400 });
  }
  await refreshIndex(cluster, index);
  return generation;
}

/** Removes generations that no search uses any more. */
export async function removeGenerations(
  cluster: Cluster,
  index: string,
  generations: readonly string[],
): Promise<void> {
  if (generations.length > 0) await removeRows(cluster, index, { terms: { generation: generations } });
}

/** Removes all other generations: those that a process had begun when it ended. */
export async function keepGenerations(cluster: Cluster, index: string, generations: readonly string[]): Promise<void> {
  await refreshIndex(cluster, index);
  await removeRows(cluster, index, { bool: { must_not: { terms: { generation: generations } } } });
}

/** Removes some rows with each request, which must end in time. */
async function removeRows(cluster: Cluster, index: string, query: object): Promise<void> {
  for (;;) {
    const { deleted } = await cluster.ask<{ readonly deleted: number }>({
      method: 'POST',
      path: `/${index}/_delete_by_query`,
      query: { conflicts: 'proceed', max_docs: REMOVED_ROWS, refresh: true },
      body: { query },
    });
    if (deleted < REMOVED_ROWS) return;
  }
}

interface Row extends BulkItem {
  readonly weight: number;
}

function* rowsOf(generation: string, members: Iterable<Member>, names: Iterable<UserName>): Generator<Row> {
  let number = 0;
  for (const { userId: user, validUntil, principals, objects } of members) {
    const until = validUntil === null ? Number.MAX_SAFE_INTEGER : Date.parse(validUntil);
    const document = { generation, kind: 'member', user, until, principals, objects };
    yield { id: `${generation}-${number++}`, document, weight: principals.length };
  }
  for (const { userId: user, name, username, federationId, email, refused } of names) {
    const document = {
      generation,
      kind: 'name',
      user,
      name,
      username: foldName(username),
      federation: federationId,
      email: email === null ? null : foldName(email),
      refused,
    };
    yield { id: `${generation}-${number++}`, document, weight: 0 };
  }
}

function* chunks(rows: Iterable<Row>): Generator<Row[]> {
  let chunk: Row[] = [];
  let weight = 0;
  for (const row of rows) {
    chunk.push(row);
    weight += row.weight;
    if (chunk.length < CHUNK_ROWS && weight < CHUNK_PRINCIPALS) continue;
    yield chunk;
    chunk = [];
    weight = 0;
  }
  if (chunk.length > 0) yield chunk;
}
