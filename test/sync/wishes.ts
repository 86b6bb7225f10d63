import { limitsOf } from '../../src/index/limits.ts';
import { indexAt } from '../../src/index/location.ts';
import type { Wishes } from '../../src/sync/resolved-schema.ts';

/** What decides which fields are chosen: by default, nothing is configured, and the index does not exist yet. */
export function wishes(given: Partial<Wishes> = {}): Wishes {
  return { settings: {}, held: null, limits: limitsOf(indexAt('index.db')), ...given };
}
