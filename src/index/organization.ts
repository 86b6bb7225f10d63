import type { IndexLocation } from './location.ts';
import { SearchRefusedError } from './port/errors.ts';
import { openForReading } from './sqlite/open.ts';
import { readMeta } from './sqlite/store/meta.ts';

/**
 * Reads the organization that the index belongs to. Null: there is no index that this version can read, or it has no
 * data.
 *
 * @throws IndexUnavailableError if the file cannot be read, or is not an index
 */
export async function indexedOrganization({ path }: IndexLocation): Promise<string | null> {
  try {
    const db = await openForReading(path);
    try {
      return readMeta(db).organizationId;
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof SearchRefusedError) return null;
    throw error;
  }
}
