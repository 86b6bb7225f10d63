import type { IndexLocation } from './location.ts';
import { readOnce } from './sqlite/open.ts';
import { readMeta } from './sqlite/store/meta.ts';

/**
 * Reads the organization that the index belongs to. Null: there is no index that this version can read, or it has no
 * data.
 *
 * @throws IndexUnavailableError if the file cannot be read, or is not an index
 */
export function indexedOrganization({ path }: IndexLocation): Promise<string | null> {
  return readOnce(path, (db) => readMeta(db).organizationId);
}
