import { DocumentsRefusedError, IndexUnavailableError } from '../../port/errors.ts';

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
