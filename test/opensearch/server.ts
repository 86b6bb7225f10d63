import { inject } from 'vitest';
import { whyNoOpenSearch } from './process.ts';

/** Returns why tests on an OpenSearch of their own are skipped, and prints it. Null: they run. */
export function noOwnOpenSearch(kind: { readonly isSecure: boolean } = { isSecure: false }): string | null {
  const why = whyNoOpenSearch(kind);
  if (why !== null) process.stderr.write(`tests on OpenSearch are skipped: ${why}\n`);
  return why;
}

/**
 * Why tests on a real OpenSearch are skipped; null: they run. `OPENSEARCH_URL` names one, or else `tools/opensearch
 * setup` makes one that all test files share. Use it as `describe.skipIf(NO_OPENSEARCH !== null)`.
 */
export const NO_OPENSEARCH: string | null = process.env.OPENSEARCH_URL ? null : noOwnOpenSearch();

/**
 * Returns the address of the OpenSearch that tests share, and starts it if necessary. Null: there is none. Other tests
 * use it at the same time, so give indexes a prefix of your own, and change no setting of the cluster.
 */
export async function openSearchUrl(): Promise<string | null> {
  if (process.env.OPENSEARCH_URL) return process.env.OPENSEARCH_URL.replace(/\/+$/, '');
  if (NO_OPENSEARCH !== null) return null;
  const answer = await fetch(inject('openSearchStarter'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
