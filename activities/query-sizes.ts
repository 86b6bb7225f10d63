import type { IndexWriter, Ticket } from '../src/index/port.ts';
import { QuerySizes } from '../src/sync/query-sizes.ts';

/** Does work with the query sizes that the index remembers, and remembers what the work has learned, even where it fails. */
export async function withQuerySizes<T>(
  index: IndexWriter,
  ticket: Ticket,
  work: (sizes: QuerySizes) => Promise<T>,
): Promise<T> {
  const known = await index.querySizes();
  const sizes = new QuerySizes(known ?? undefined);
  const before = JSON.stringify(sizes);
  const remember = async (): Promise<void> => {
    if (JSON.stringify(sizes) !== before) await index.noteQuerySizes(ticket, sizes.toJSON());
  };
  let result: T;
  try {
    result = await work(sizes);
  } catch (error) {
    // Why the work failed is what a person must learn.
    await remember().catch(() => {});
    throw error;
  }
  await remember();
  return result;
}
