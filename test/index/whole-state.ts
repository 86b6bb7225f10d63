import type { DocumentCounts, IndexHealth, IndexState, IndexWriter } from '../../src/index/port.ts';

/** Everything that an index says about itself. */
export interface WholeState extends IndexState, IndexHealth {
  readonly documents: DocumentCounts;
}

export async function wholeState(index: IndexWriter): Promise<WholeState> {
  return { ...(await index.state()), ...(await index.health()), documents: await index.counts() };
}
