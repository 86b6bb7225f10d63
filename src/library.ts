/** What `import … from 'salesforce-connector'` exports: the library for searching the index. */

import type { Config } from './config/load.ts';
import { indexAt } from './index/location.ts';
import { ID_FORMS, SORTS, TIME_FORM } from './index/model/filters.ts';
import { openIndexReader } from './index/open.ts';
import type { IndexReader, OnUnconfirmed } from './index/port/reader.ts';
import { OBJECT_NAMES } from './objects/index.ts';
import { normalizeBaseUrl } from './salesforce/base-url.ts';
import type { SalesforceOptions } from './salesforce/client.ts';
import { salesforceVerifier } from './salesforce/verifier.ts';

/** The part of a connection's configuration that searches need. */
export interface SearchConfig {
  /** The org's My Domain URL, for the hits' links. */
  readonly baseUrl: string;
  /** The index file. */
  readonly index: { readonly path: string };
  /** What the connector signs in with: a secret or a private key. Used only by searches with `verify`. */
  readonly credentials?: SalesforceOptions['credentials'];
}

export interface OpenOptions {
  /** Called by each search with `verify` with what Salesforce did not confirm. It is for your log, not for the user. */
  readonly onUnconfirmed?: OnUnconfirmed;
}

/**
 * Opens a connection's index for searching, read-only, while runs write it. Close it when done.
 *
 * @param config the path of the connection's config file, or the values themselves; a secret in the file is read only
 *   by searches with `verify`
 * @throws SearchRefusedError if nothing is indexed yet, IndexUnavailableError if the file cannot be read, UserError and
 *   ConfigurationError if the configuration is wrong
 */
export async function openIndex(
  config: string | SearchConfig,
  { onUnconfirmed }: OpenOptions = {},
): Promise<IndexReader> {
  checkConfig(config);
  const {
    baseUrl: given,
    index,
    credentials,
  } = typeof config === 'string' ? await configured(config) : located(config);
  const baseUrl = normalizeBaseUrl(given);
  const verifier = credentials === undefined ? null : salesforceVerifier({ baseUrl, credentials });
  return checkingArguments(await openIndexReader({ index, baseUrl, verifier, onUnconfirmed }));
}

/** Checks the config's type, because callers in JavaScript have no compiler to do it. */
function checkConfig(config: unknown): void {
  if (typeof config === 'string' && config !== '') return;
  const { baseUrl, index } = (config ?? {}) as Readonly<Record<string, unknown>>;
  const { path } = (index ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof baseUrl === 'string' && typeof path === 'string' && path !== '') return;
  throw new TypeError(
    "openIndex expects the path of the connection's config file, or { baseUrl, index: { path } }: the org's My Domain URL and the index file.",
  );
}

function checkingArguments(index: IndexReader): IndexReader {
  return {
    async search(words, options) {
      check(words, options);
      return index.search(words, options);
    },
    async ids(words, options) {
      check(words, options);
      if ('sort' in options && options.sort !== undefined)
        throw new TypeError('`ids` gives all ids, in no order: leave out the option `sort`.');
      return index.ids(words, options);
    },
    close: () => index.close(),
  };
}

function check(words: unknown, options: unknown): void {
  if (typeof words !== 'string') throw new TypeError('The words to search for must be a string; "" for everything.');
  const { as, types, limit, cursor, verify, ...others } = (options ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof as !== 'string' || as.trim() === '')
    throw new TypeError(
      'The option `as` is missing: the user who searches, by user id, username, federation identifier or e-mail.',
    );
  if (limit !== undefined && typeof limit !== 'number')
    throw new TypeError('The option `limit` must be a number, 1 to 200.');
  if (cursor !== undefined && cursor !== null && typeof cursor !== 'string')
    throw new TypeError("The option `cursor` must be a result's cursor, a string; null for the first page.");
  if (verify !== undefined && typeof verify !== 'boolean')
    throw new TypeError('The option `verify` must be true or false.');
  if (types !== undefined) checkTypes(types);
  for (const [name, form] of Object.entries(TEXTS))
    if (others[name] !== undefined && typeof others[name] !== 'string')
      throw new TypeError(`The option \`${name}\` must be a string: ${form}.`);
}

/** Options that are texts, with the form of each. The index checks the values. */
const TEXTS = {
  modifiedFrom: TIME_FORM,
  modifiedBefore: TIME_FORM,
  owner: ID_FORMS.owner,
  account: ID_FORMS.account,
  sort: SORTS.join(' or '),
};

function checkTypes(types: unknown): void {
  if (!Array.isArray(types) || !types.every((type) => typeof type === 'string'))
    throw new TypeError("The option `types` must be a list of objects, as ['Account'].");
  if (!types.every((type) => OBJECT_NAMES.some((name) => name === type)))
    throw new RangeError(
      `The option \`types\` contains an object that is not indexed. Indexed objects: ${OBJECT_NAMES.join(', ')}.`,
    );
}

/** The same values. The index is in the form that the rest of the program passes on. */
function located({ baseUrl, index, credentials }: SearchConfig) {
  return { baseUrl, index: indexAt(index.path), credentials };
}

async function configured(file: string): Promise<Config> {
  const { loadConfig } = await import('./config/load.ts');
  return loadConfig(file);
}

export { UserError } from './errors.ts';
export {
  CursorRefusedError,
  IndexUnavailableError,
  SearchRefusedError,
  UserNotServedError,
} from './index/errors.ts';
export type { Hit, IndexReader, OnUnconfirmed, SearchOptions, SearchResult, Unconfirmed } from './index/port/reader.ts';
export type { ObjectName } from './objects/index.ts';
export { ConfigurationError } from './salesforce/errors.ts';
