import { isRecordId } from '../../lib/record-ids.ts';
import type { ReadingCursor } from '../port/backfill.ts';

/** A cursor of records that are read in the order of their Ids: everything up to `after` is read. */
interface KeysetCursor extends ReadingCursor {
  readonly kind: 'keyset';
  readonly after: string;
}

export function keysetCursor(after: string): KeysetCursor {
  return { kind: 'keyset', after };
}

/**
 * Returns the Id after which a keyset continues. Null for null, and for a cursor of another kind.
 *
 * A keyset is also stored as this Id alone. Versions without kinds know only this form, and continue from it.
 */
export function keysetAfter(cursor: ReadingCursor | null): string | null {
  return cursor !== null && isKeysetCursor(cursor) ? cursor.after : null;
}

/** Reports whether the cursor is a keyset's, and well-formed. */
function isKeysetCursor(cursor: ReadingCursor): cursor is KeysetCursor {
  const { kind, after } = cursor as Partial<KeysetCursor>;
  return kind === 'keyset' && typeof after === 'string' && isRecordId(after);
}
