import type { FencingToken } from '../src/index/port/admission.ts';
import type { RunStore } from '../src/index/port/run-store.ts';
import { QuerySizes } from '../src/sync/query-sizes.ts';

/** Runs work with the query sizes that the index has stored, and stores what the work has learned, even if it fails. */
export async function withQuerySizes<T>(
  store: RunStore,
  fence: FencingToken,
  work: (sizes: QuerySizes) => Promise<T>,
): Promise<T> {
  const known = await store.querySizes();
  const sizes = new QuerySizes(known ?? undefined);
  const before = JSON.stringify(sizes);
  const remember = async (): Promise<void> => {
    if (JSON.stringify(sizes) !== before) await store.noteQuerySizes(fence, sizes.toJSON());
  };
  let result: T;
  try {
    result = await work(sizes);
  } catch (error) {
    // The work's own error is the one to report.
    await remember().catch(() => {});
    throw error;
  }
  await remember();
  return result;
}
