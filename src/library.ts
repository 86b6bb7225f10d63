/** What `import … from 'salesforce-connector'` exports: the library for searching the index. */

import type { Config } from './config/load.ts';
import { hasLogin, isUnencrypted } from './index/cluster-address.ts';
import { indexAt, indexIn, type SearchedCluster } from './index/location.ts';
import type { IndexReader, OnSearched, OnUnconfirmed } from './index/port/reader.ts';
import { checkingArguments } from './index/search/checked.ts';
import { measuring } from './index/search/measured.ts';
import { openIndexReaderInThreads } from './index/thread/search-in-threads.ts';
import { normalizeBaseUrl } from './salesforce/base-url.ts';
import type { SalesforceOptions } from './salesforce/client.ts';
import { salesforceVerifier } from './salesforce/verifier.ts';

/** The part of a connection's configuration that searches need. */
export interface SearchConfig {
  /** The org's My Domain URL, for the hits' links. */
  readonly baseUrl: string;
  /** The index file, or the cluster that has the index. */
  readonly index: { readonly engine?: 'sqlite'; readonly path: string } | SearchedCluster;
  /** What the connector signs in with: a secret or a private key. Used only by searches with `verify`. */
  readonly credentials?: SalesforceOptions['credentials'];
}

export interface OpenOptions {
  /** Called by each search with `verify` with what Salesforce did not confirm. It is for your log, not for the user. */
  readonly onUnconfirmed?: OnUnconfirmed;
  /** Called after each search that answered, with how long it took and how much it found. It is for your metrics. */
  readonly onSearched?: OnSearched;
}

/**
 * Opens a connection's index for searching, read-only, while runs write it. Searches run in threads, which do not hold
 * up the caller. Close it when done.
 *
 * @param config the path of the connection's config file, or the values themselves; a secret in the file is read only
 *   by searches with `verify`
 * @throws SearchRefusedError if nothing is indexed yet, IndexUnavailableError if the file cannot be read, UserError and
 *   ConfigurationError if the configuration is wrong
 */
export async function openIndex(
  config: string | SearchConfig,
  { onUnconfirmed, onSearched }: OpenOptions = {},
): Promise<IndexReader> {
  checkConfig(config);
  const {
    baseUrl: given,
    index,
    credentials,
  } = typeof config === 'string' ? await configured(config) : located(config);
  const baseUrl = normalizeBaseUrl(given);
  const verifier = credentials === undefined ? null : salesforceVerifier({ baseUrl, credentials });
  const reader = await openIndexReaderInThreads({ index, baseUrl, verifier, onUnconfirmed });
  return checkingArguments(onSearched === undefined ? reader : measuring(reader, onSearched));
}

/** Checks the config's type, because callers in JavaScript have no compiler to do it. */
function checkConfig(config: unknown): void {
  if (typeof config === 'string' && config !== '') return;
  const { baseUrl, index } = (config ?? {}) as Readonly<Record<string, unknown>>;
  const { engine, path, url, prefix, auth } = (index ?? {}) as Readonly<Record<string, unknown>>;
  const isLocated = engine === 'opensearch' ? isWebUrl(url) && isName(prefix) : isName(path);
  if (typeof baseUrl === 'string' && isLocated) {
    if (engine === 'opensearch') checkSignIn(String(url), auth);
    return;
  }
  throw new TypeError(
    "openIndex expects the path of the connection's config file, or { baseUrl, index }: the org's My Domain URL, and { path } of the index file or { engine: 'opensearch', url, prefix } of the cluster.",
  );
}

/** Checks what a config file's schema checks, too: messages contain the address, and a login must not be read on its way. */
function checkSignIn(url: string, auth: unknown): void {
  if (hasLogin(url))
    throw new TypeError('openIndex: index.url contains a user or a password: they belong in index.auth.');
  const { kind = 'none' } = (auth ?? {}) as { readonly kind?: unknown };
  if (kind !== 'none' && isUnencrypted(url))
    throw new TypeError('openIndex: index.auth would be sent unencrypted: write https:// in index.url.');
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
}

/** The same values. The index is in the form that the rest of the program passes on. */
function located({ baseUrl, index, credentials }: SearchConfig) {
  return { baseUrl, index: index.engine === 'opensearch' ? indexIn(index) : indexAt(index.path), credentials };
}

async function configured(file: string): Promise<Config> {
  const { loadConfig } = await import('./config/load.ts');
  return loadConfig(file);
}

export { UserError } from './errors.ts';
export type { SearchedCluster } from './index/location.ts';
export {
  CursorRefusedError,
  IndexUnavailableError,
  SearchRefusedError,
  UserNotServedError,
} from './index/port/errors.ts';
export type {
  AsUser,
  Hit,
  IndexReader,
  OnSearched,
  OnUnconfirmed,
  Searched,
  SearchOptions,
  SearchResult,
  ShownRecord,
  Unconfirmed,
  UserReference,
} from './index/port/reader.ts';
export type { ObjectName } from './objects/index.ts';
export { ConfigurationError } from './salesforce/errors.ts';
