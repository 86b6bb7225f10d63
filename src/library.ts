/** What `import … from 'salesforce-connector'` gives: the library for those who search the index. */
import { openIndexReader } from './index/open.ts';
import type { IndexReader } from './index/port.ts';
import { normalizeBaseUrl } from './salesforce/base-url.ts';
import type { SalesforceOptions } from './salesforce/client.ts';
import { salesforceVerifier } from './salesforce/verifier.ts';

/** The part of a connection's configuration that searching needs. */
export interface SearchConfig {
  /** The org's My Domain URL, for the links of hits. */
  readonly baseUrl: string;
  /** The index file. */
  readonly index: { readonly path: string };
  /** Asked only where a search says `verify`: client id and secret of the External Client App. */
  readonly credentials?: SalesforceOptions['credentials'];
}

/**
 * Opens a connection's index for searching. It is only read, while runs write it; close it when done.
 *
 * @param config the path of the connection's config file, of which a secret is read only by searches that
 *   say `verify`, or the values themselves
 * @throws SearchRefusedError where nothing is indexed yet, IndexUnavailableError where the file cannot be read,
 *   UserError and ConfigurationError where the configuration is wrong
 */
export async function openIndex(config: string | SearchConfig): Promise<IndexReader> {
  const { baseUrl: given, index, credentials } = typeof config === 'string' ? await configured(config) : config;
  const baseUrl = normalizeBaseUrl(given);
  const verifier = credentials === undefined ? null : salesforceVerifier({ baseUrl, credentials });
  return checkingArguments(await openIndexReader({ path: index.path, baseUrl, verifier }));
}

/** Callers in JavaScript have no compiler that tells them. */
function checkingArguments(index: IndexReader): IndexReader {
  function check(words: unknown, options: unknown): void {
    if (typeof words !== 'string') throw new TypeError('The words to search for must be a string; "" for everything.');
    const { as, types } = (options ?? {}) as { as?: unknown; types?: unknown };
    if (typeof as !== 'string' || as.trim() === '')
      throw new TypeError('The option `as` is missing: the user who searches, by user id, username or e-mail.');
    if (types !== undefined && !Array.isArray(types))
      throw new TypeError("The option `types` must be a list of objects, as ['Account'].");
  }
  return {
    async search(words, options) {
      check(words, options);
      return index.search(words, options);
    },
    async ids(words, options) {
      check(words, options);
      return index.ids(words, options);
    },
    close: () => index.close(),
  };
}

async function configured(file: string): Promise<SearchConfig> {
  const { loadConfig } = await import('./config.ts');
  return loadConfig(file);
}

export {
  CursorRefusedError,
  IndexUnavailableError,
  SearchRefusedError,
  UserNotServedError,
} from './index/errors.ts';
export type { Hit, IndexReader, SearchOptions, SearchResult } from './index/port.ts';
export type { ObjectName } from './objects/index.ts';
export { ConfigurationError } from './salesforce/errors.ts';
export { UserError } from './user-error.ts';
