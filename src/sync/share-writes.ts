import type { ShareWrite } from '../index/port.ts';
import { isTime, type RawRecord, sharesByParent } from './record.ts';
import type { ObjectSelection } from './selection.ts';
import { iso } from './stamps.ts';

/**
 * All share rows of parents, as the index takes them.
 *
 * @param parents those that may have none; parents of rows are added
 * @param version see `ShareWrite`
 */
export function shareWrites(
  chosen: ObjectSelection,
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

/** The newest LastModifiedDate of each parent's rows, ISO. */
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
