import type { ShareWrite } from '../index/port/documents.ts';
import { iso } from './org-time.ts';
import { isTime, type RawRecord, sharesByParent } from './record.ts';
import type { ObjectSchema } from './resolved-schema.ts';

/**
 * Returns all share rows of parents in the index's form.
 *
 * @param parents parents that may have no rows; parents of `rows` are added
 * @param version see `ShareWrite`
 */
export function shareWrites(
  chosen: ObjectSchema,
  rows: readonly RawRecord[],
  parents: readonly string[],
  version: number,
): ShareWrite[] {
  const { name: object, share } = chosen.object;
  const byParent = sharesByParent(chosen, rows);
  const newest = newestByParent(rows, share.parentField);
  return [...new Set([...byParent.keys(), ...parents])].map((parentId) => {
    const own = byParent.get(parentId) ?? [];
    return { parentId, object, rowCount: own.length, rows: own, newest: newest.get(parentId) ?? null, version };
  });
}

/** Returns the newest LastModifiedDate of each parent's rows, ISO. */
function newestByParent(rows: readonly RawRecord[], parentField: string): Map<string, string> {
  const newest = new Map<string, string>();
  for (const row of rows) {
    if (!isTime(row.LastModifiedDate)) continue;
    const parentId = String(row[parentField]);
    const at = iso(row.LastModifiedDate);
    const before = newest.get(parentId);
    if (before === undefined || before < at) newest.set(parentId, at);
  }
  return newest;
}
