import { lightningOrigin } from '../salesforce/lightning-url.ts';
import type { IndexInspector } from './port/inspector.ts';
import type { IndexReader, OnUnconfirmed, Verifier } from './port/reader.ts';
import type { RunStore } from './port/run-store.ts';
import { SearchReader } from './search/reader.ts';
import { verifying } from './search/verify.ts';
import { embeddedStore } from './sqlite/embedded-store.ts';
import { EmbeddedReads } from './sqlite/engine/reads.ts';
import { FollowingReads } from './sqlite/following.ts';
import { INDEXED_CARRIERS } from './sqlite/inspect/carriers.ts';
import { SqliteInspector } from './sqlite/inspect/inspector.ts';
import { openForReading, openForWriting } from './sqlite/open.ts';

/**
 * Opens an index for searching. The file is never created or changed.
 *
 * `path` is the index file. `baseUrl` is the org's My Domain URL, for the hits' links; without it they are paths.
 * `verifier` is asked by searches with `verify`; `onUnconfirmed` is called with what such a search left out. Throws
 * `SearchRefusedError` if nothing is indexed yet, and `IndexUnavailableError` if the file cannot be read or is not an
 * index.
 */
export async function openIndexReader({
  path,
  baseUrl,
  verifier = null,
  onUnconfirmed,
}: {
  readonly path: string;
  readonly baseUrl?: string | undefined;
  readonly verifier?: Verifier | null;
  readonly onUnconfirmed?: OnUnconfirmed | undefined;
}): Promise<IndexReader> {
  const lightning = baseUrl === undefined ? '' : lightningOrigin(baseUrl);
  const reads = new FollowingReads(path, async () => new EmbeddedReads(await openForReading(path)));
  await reads.open();
  return verifying(new SearchReader(reads, { lightning }), { verifier, onUnconfirmed });
}

/**
 * Opens an index for explanations and audits, which show an operator what no user may see. Throws like
 * `openIndexReader`.
 */
export async function openInspector({ path }: { readonly path: string }): Promise<IndexInspector> {
  const db = await openForReading(path);
  return new SqliteInspector(db, new EmbeddedReads(db), INDEXED_CARRIERS);
}

/**
 * Opens an index for a run. Upgrades the index of an earlier release. With `create`, creates a missing file, and
 * empties one of any other version under a new index id; without it both are an `IndexReplacedError`. Calls `notice`
 * after an upgrade and after emptying a file. Throws `IndexUnavailableError` if the file cannot be read or written, or
 * is not an index.
 */
export async function openRunStore({
  path,
  create,
  notice = () => {},
}: {
  readonly path: string;
  readonly create: boolean;
  readonly notice?: (message: string) => void;
}): Promise<RunStore> {
  return embeddedStore(await openForWriting(path, create, notice));
}

export * from './errors.ts';
export type { IndexInspector } from './port/inspector.ts';
export type { Hit, IndexReader, SearchResult } from './port/reader.ts';
export type { RunStore } from './port/run-store.ts';
export { damageOf } from './sqlite/probe.ts';
