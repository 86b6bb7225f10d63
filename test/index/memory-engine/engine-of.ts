import type { IndexLocation } from '../../../src/index/location.ts';
import type { SearchEngine } from '../../../src/index/port/search-engine.ts';
import { dropMemoryEngine, memoryEngineOf } from './registry.ts';

/** Takes the place of `src/index/engine-of.ts`: every index is searched by a memory engine of its own. */
export function engineOf({ path }: IndexLocation): SearchEngine {
  return memoryEngineOf(path);
}

export async function removeFromEngine({ path }: IndexLocation): Promise<null> {
  dropMemoryEngine(path);
  return null;
}
