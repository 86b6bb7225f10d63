import type { RecordWrite, Removal } from '../../port/documents.ts';
import { DocumentsRefusedError, IndexUnavailableError, type RefusedDocument } from '../../port/errors.ts';
import type { Database } from '../file/database.ts';
import { loadDocument } from './documents.ts';

/** The most documents sent at once that may be refused. If more are, something else is broken. */
const MOST_REFUSED = 20;

/** Throws if too many documents are refused for their content to be the cause. */
export function checkFew(refused: readonly RefusedDocument[]): void {
  if (refused.length <= MOST_REFUSED) return;
  const codes = [...new Set(refused.map(({ engineCode }) => engineCode))].join(', ');
  throw new Error(
    `The search engine refuses at least ${refused.length} documents at once (${codes}). ` +
      'Their content cannot be the cause of that many refusals, so no record was removed.',
  );
}

/**
 * Returns the removals that take the place of refused documents.
 *
 * @param records the records of this batch; a document that is not among them counts with its stored version
 */
export function removalsFor(
  db: Database,
  refused: Iterable<RefusedDocument>,
  records: readonly RecordWrite[] = [],
): Removal[] {
  return [...refused].flatMap(({ id, engineCode }): Removal[] => {
    const [newest] = records.filter((each) => each.id === id).toSorted((one, other) => other.version - one.version);
    const part = newest ?? storedPart(db, id);
    if (part === null) return [];
    return [{ id, object: part.object, version: part.version, cause: { code: 'engine_refused', engineCode } }];
  });
}

function storedPart(db: Database, id: string): Pick<Removal, 'object' | 'version'> | null {
  const row = loadDocument(db, id);
  return row === null ? null : { object: row.facts.object, version: row.version };
}

/** Does work that can fail only because of this document's content. Throws `DocumentsRefusedError` if it does. */
export function storing(id: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof IndexUnavailableError) throw error;
    throw new DocumentsRefusedError([{ id, engineCode: codeOf(error) }]);
  }
}

/** Returns only the kind of the error: its message may quote record content. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
