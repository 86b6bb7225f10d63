import { CalledThread, ThreadEndedError } from '../../threads/called-thread.ts';
import { compiledFile } from '../../threads/compiled-file.ts';
import type { IndexLocation } from '../location.ts';
import { IndexUnavailableError } from '../port/errors.ts';
import type { RecordExplanation } from '../port/inspector.ts';
import type { AsUser } from '../port/reader.ts';
import { INDEX_ERRORS } from './index-errors.ts';
import type { SearchFunctions } from './search-functions.ts';

/** Explains in a thread, so that it holds up nobody: it reads who is who in the whole org. */
export interface Explainer {
  /** Throws as `IndexInspector.explain` does. */
  explain(recordId: string, user: AsUser): Promise<RecordExplanation>;
  close(): Promise<void>;
}

/** Starts the thread with the first explanation, and a new one after a thread has ended. */
export function explainerInThread({ index }: { readonly index: IndexLocation }): Explainer {
  let thread: CalledThread<SearchFunctions> | null = null;
  return {
    async explain(recordId, { as }) {
      if (thread === null || thread.isEnded)
        thread = new CalledThread<SearchFunctions>(compiledFile('search-thread', import.meta.url), INDEX_ERRORS);
      try {
        return await thread.call('explain', index, recordId, { as });
      } catch (error) {
        if (!(error instanceof ThreadEndedError)) throw error;
        throw new IndexUnavailableError(`The explanation was lost: ${error.message} Ask again.`, { mayPass: true });
      }
    },
    async close() {
      await thread?.end();
    },
  };
}
