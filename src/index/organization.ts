import { SearchRefusedError } from './errors.ts';
import { readMeta } from './sqlite/meta.ts';
import { openForReading } from './sqlite/open.ts';

/**
 * The organization that the index holds; null: there is no index that this version reads, or nothing is in it yet.
 *
 * @throws IndexUnavailableError where the file cannot be read, or is no index
 */
export async function indexedOrganization(path: string): Promise<string | null> {
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
