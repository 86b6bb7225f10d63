import { lightningOrigin } from '../salesforce/lightning-url.ts';
import { engineOf } from './engine-of.ts';
import type { IndexLocation } from './location.ts';
import type { IndexInspector } from './port/inspector.ts';
import type { IndexReader, OnUnconfirmed, Verifier } from './port/reader.ts';
import type { OpenRunStore } from './port/run-store.ts';
import type { SearchReads } from './port/search-engine.ts';
import { checkRunStore } from './run-store-file.ts';
import { SearchReader } from './search/reader.ts';
import { verifying } from './search/verify.ts';
import { EmbeddedReads } from './sqlite/engine/reads.ts';
import { FollowingReads } from './sqlite/following.ts';
import { INDEXED_CARRIERS, SCANNED_CARRIERS } from './sqlite/inspect/carriers.ts';
import { SqliteInspector } from './sqlite/inspect/inspector.ts';
import { StoreReads } from './sqlite/inspect/store-reads.ts';
import { openForReading, openForSearching, openForWriting } from './sqlite/open.ts';
import { embeddedStore, publishingStore } from './sqlite/run-stores.ts';

/**
 * Opens an index for searching. The index is never created or changed.
 *
 * `baseUrl` is the org's My Domain URL, for the hits' links; without it they are paths.
 * `verifier` is asked by searches with `verify`; `onUnconfirmed` is called with what such a search left out. Throws
 * `SearchRefusedError` if nothing is indexed yet, and `IndexUnavailableError` if the index cannot be read or is not an
 * index.
 */
export const openIndexReader: OpenIndexReader = async ({ index, baseUrl, verifier = null, onUnconfirmed }) =>
  verifying(await searchReaderOf({ index, baseUrl }), { verifier, onUnconfirmed });

export type OpenIndexReader = (options: {
  readonly index: IndexLocation;
  readonly baseUrl?: string | undefined;
  readonly verifier?: Verifier | null;
  readonly onUnconfirmed?: OnUnconfirmed | undefined;
}) => Promise<IndexReader>;

/** Opens an index for searches without `verify`. Throws like `openIndexReader`. */
export async function searchReaderOf({
  index,
  baseUrl,
}: {
  readonly index: IndexLocation;
  readonly baseUrl: string | undefined;
}): Promise<IndexReader> {
  const lightning = baseUrl === undefined ? '' : lightningOrigin(baseUrl);
  const reads = engineOf(index) ?? embeddedReads(index.path);
  try {
    // Throws if nothing can be searched.
    await reads.reading(Date.now(), async () => {});
  } catch (error) {
    await reads.close();
    throw error;
  }
  return new SearchReader(reads, { lightning });
}

function embeddedReads(path: string): SearchReads {
  return new FollowingReads(path, async () => new EmbeddedReads(await openForSearching(path)));
}

/**
 * Opens an index for explanations and audits, which show an operator what no user may see. Throws like
 * `openIndexReader`.
 */
export async function openInspector({ index }: { readonly index: IndexLocation }): Promise<IndexInspector> {
  checkRunStore(index);
  const engine = engineOf(index);
  if (engine === null) {
    const db = await openForSearching(index.path);
    return new SqliteInspector(db, new EmbeddedReads(db), INDEXED_CARRIERS);
  }
  const db = await openForReading(index.path);
  return new SqliteInspector(db, new StoreReads(db, engine), SCANNED_CARRIERS);
}

/**
 * Opens an index for a run. Upgrades the index of an earlier release. With `create`, creates a missing file, and
 * empties one of any other version under a new index id; without it both are an `IndexReplacedError`. Calls `notice`
 * after an upgrade and after emptying a file. Throws `IndexUnavailableError` if the file cannot be read or written, or
 * is not an index.
 */
export const openRunStore: OpenRunStore = async ({ index, create, notice = () => {} }) => {
  const db = await openForWriting(index.path, create, notice);
  const engine = engineOf(index);
  try {
    return await (engine === null ? embeddedStore(db) : publishingStore(db, engine));
  } catch (error) {
    db.close();
    throw error;
  }
};

export { damageOf } from './damage.ts';
export * from './port/errors.ts';
export type { IndexInspector } from './port/inspector.ts';
export type { Hit, IndexReader, SearchResult } from './port/reader.ts';
export type { OpenRunStore, RunStore } from './port/run-store.ts';
