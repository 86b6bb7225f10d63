import type { DocumentCounts, IndexHealth, IndexState, IndexWriter } from '../../src/index/port.ts';

/** All that an index says of itself. */
export interface WholeState extends IndexState, IndexHealth {
  readonly documents: DocumentCounts;
}

export async function wholeState(index: IndexWriter): Promise<WholeState> {
  return { ...(await index.state()), ...(await index.health()), documents: await index.counts() };
}
