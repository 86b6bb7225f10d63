import { keysetAfter, keysetCursor } from '../src/index/model/reading-cursor.ts';
import type { BackfillPosition, ReadingCursor } from '../src/index/port/backfill.ts';
import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import type { Positions, StoredPosition } from '../workflows/contract.ts';

/** Returns a position in the form that Temporal stores. */
export function storedPosition({ cursor, ...rest }: BackfillPosition): StoredPosition {
  return { ...storedCursor(cursor), ...rest };
}

export function storedPositions(positions: Readonly<Partial<Record<ObjectName, BackfillPosition>>>): Positions {
  const result: Positions = {};
  for (const object of OBJECT_NAMES) {
    const position = positions[object];
    if (position !== undefined) result[object] = storedPosition(position);
  }
  return result;
}

/** Returns a cursor in both forms that Temporal stores. */
export function storedCursor(cursor: ReadingCursor | null): Pick<StoredPosition, 'cursor' | 'after'> {
  return { cursor, after: keysetAfter(cursor) };
}

/** Returns a position that this or an older version stored. */
export function positionOf({ cursor, after, ...rest }: StoredPosition): BackfillPosition {
  if (cursor !== undefined) return { cursor, ...rest };
  return { cursor: after === null ? null : keysetCursor(after), ...rest };
}
