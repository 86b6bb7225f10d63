import { z } from 'zod';
import { OBJECT_NAMES } from '../../objects/index.ts';

/** More warnings would not help a reader of the log. */
const MOST_WARNINGS = 20;

const count = z.int().min(0);
const progress = z.object({ read: count, added: count, changed: count, removed: count, expected: count.nullable() });

const memo = z.object({
  run: count.nullable().catch(null),
  kind: z.enum(['complete', 'incremental']).nullable().catch(null),
  warnings: z
    .array(z.string())
    .transform((all) => all.slice(0, MOST_WARNINGS))
    .catch([]),
  /** The number of entries. */
  closed: z
    .array(z.unknown())
    .transform((all) => all.length)
    .catch(0),
  /** The number of records. */
  unindexed: z
    .object({ count })
    .transform((all) => all.count)
    .catch(0),
  apiCalls: count.nullable().catch(null),
  apiUsage: z.object({ used: count, limit: count }).nullable().catch(null),
  progress: z.partialRecord(z.enum(OBJECT_NAMES), progress).catch({}),
  failure: z.string().nullable().catch(null),
});

/** What the log and the metrics use from a run's memo. */
export type ReadMemo = z.infer<typeof memo>;

/**
 * Reads a memo that anyone with write access to the Temporal namespace may have written. Drops malformed parts, so that
 * the log stays short and labels are few.
 */
export function readMemo(given: unknown): ReadMemo {
  return memo.parse(typeof given === 'object' && given !== null ? given : {});
}
