import type { RunStore } from '../../src/index/port/run-store.ts';
import type { DocumentCounts, IndexHealth, IndexState } from '../../src/index/port/state.ts';

/** Everything that an index says about itself. */
export interface WholeState extends IndexState, IndexHealth {
  readonly documents: DocumentCounts;
}

export async function wholeState(store: RunStore): Promise<WholeState> {
  return { ...(await store.state()), ...(await store.health()), documents: await store.counts() };
}
