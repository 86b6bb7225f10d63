import { z } from 'zod';
import { OBJECT_NAMES } from '../objects/index.ts';

/** More of them say no more to whoever reads a log. */
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
  /** How many entries. */
  closed: z
    .array(z.unknown())
    .transform((all) => all.length)
    .catch(0),
  /** How many records. */
  unindexed: z
    .object({ count })
    .transform((all) => all.count)
    .catch(0),
  apiCalls: count.nullable().catch(null),
  apiUsage: z.object({ used: count, limit: count }).nullable().catch(null),
  progress: z.partialRecord(z.enum(OBJECT_NAMES), progress).catch({}),
  failure: z.string().nullable().catch(null),
});

/** What log and metrics take from a run's memo. */
export type ReadMemo = z.infer<typeof memo>;

/**
 * Reads a memo that whoever can write to the Temporal namespace may have made: what has not its form is left out, so that a
 * log stays short, and a label is one of few.
 */
export function readMemo(given: unknown): ReadMemo {
  return memo.parse(typeof given === 'object' && given !== null ? given : {});
}
