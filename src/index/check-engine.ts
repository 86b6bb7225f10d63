import type { EngineFinding } from '../facts/engine-findings.ts';
import type { IndexLocation } from './location.ts';

/**
 * Tests the search engine of an index, if it is outside the index file. There it creates a small index, and deletes it
 * again. A failed test is a finding, not an error.
 */
export async function engineFindings(index: IndexLocation): Promise<EngineFinding[]> {
  if (index.engine !== 'opensearch') return [];
  // The client takes time to load.
  const { clusterFindings } = await import('./opensearch/cluster-findings.ts');
  return clusterFindings(index);
}
