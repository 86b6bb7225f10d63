import { z } from 'zod';
import { isRecordId } from '../../../lib/record-ids.ts';
import { keysetAfter, keysetCursor } from '../../model/reading-cursor.ts';
import type { ReadingCursor } from '../../port/backfill.ts';
import { type Column, jsonOf, text } from '../file/stored.ts';

/** A later version may know other kinds, and what belongs to them. */
const CURSOR: z.ZodType<ReadingCursor> = z.object({ kind: z.string() });

const { sql, read } = text('after_id');

/**
 * The column of a position's cursor. A bare id is a keyset's, as every version stores it. Another kind is JSON.
 *
 * Versions without kinds take any text for an id. So the version that begins to write another kind raises
 * `SCHEMA_VERSION`.
 */
export const AFTER_ID: Column<ReadingCursor> = {
  sql,
  read(stored) {
    const given = read(stored);
    return isRecordId(given) ? keysetCursor(given) : jsonOf(given, CURSOR);
  },
};

/** Returns what the column stores. */
export function cursorText(cursor: ReadingCursor | null): string | null {
  return cursor === null ? null : (keysetAfter(cursor) ?? JSON.stringify(cursor));
}
