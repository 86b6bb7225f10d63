import { charactersOf } from '../index/model/merge.ts';
import { keysetAfter, keysetCursor } from '../index/model/reading-cursor.ts';
import type { BackfillPosition, ReadingCursor } from '../index/port/backfill.ts';
import type { RecordWrite, Removal } from '../index/port/documents.ts';
import type { ParentRange } from '../index/port/ledger.ts';
import { versionNow } from './org-time.ts';
import { isRecord, recordOf } from './record.ts';
import { recordPages } from './records-by-id.ts';
import { inOneGo, recordsOf, type SliceInput } from './slice-input.ts';

// How a complete backfill reads an object's records: by Id, as a keyset. Only this file opens a position's cursor.
//
// Another way of reading, such as Bulk API jobs with locators, gets its own kind of cursor. Each function here then
// chooses the way by the kind. A position without a cursor allows any way. If a way does not read in the order of Ids,
// it must also return the parents whose share rows belong to a slice: a range of Ids is not enough then.
//
// If a later version has written a kind that this version does not know, the object is read from its beginning. Some
// records are read twice, and none is lost.

/** The records of a slice. */
export interface SliceRecords {
  readonly pending: Map<string, RecordWrite>;
  readonly removals: Removal[];
  readonly read: number;
  /** True if the object has no more records. */
  readonly done: boolean;
  /** Where the next slice continues; null if nothing has ever been read. */
  readonly cursor: ReadingCursor | null;
  /** The parents whose share rows belong to the slice. */
  readonly parents: ParentRange;
}

/** Reads the records of a slice that begins at the cursor. */
export async function readRecords(input: SliceInput, cursor: ReadingCursor | null): Promise<SliceRecords> {
  const { salesforce, start, sliceRecords, sliceCharacters, sizes, signal } = input;
  const schema = input.schema.objects[input.object];
  const after = keysetAfter(cursor);
  const { pending, removals } = noRecords(cursor);
  let last = after;
  let read = 0;
  let characters = 0;
  const found = (done: boolean): SliceRecords => ({ pending, removals, read, ...extent(after, last, done) });

  const version = versionNow(salesforce, start);
  const asked = { after, rows: sliceRecords };
  let isDone = true;
  for await (const page of recordPages(salesforce, recordsOf(input.object), schema, asked, sizes, signal)) {
    for (const raw of page.records) {
      const write = recordOf(schema, raw, version);
      last = write.id;
      read++;
      if (!isRecord(write)) {
        removals.push(write);
        continue;
      }
      pending.set(write.id, write);
      characters += charactersOf(write.fields);
      if (characters >= sliceCharacters) return found(false);
    }
    input.progress(read);
    isDone = page.done && read < sliceRecords;
    if (read >= inOneGo(input)) break;
  }
  return found(isDone);
}

/** Returns a slice without records, of which only the share rows are read. */
export function noRecords(cursor: ReadingCursor | null): SliceRecords {
  const after = keysetAfter(cursor);
  return { pending: new Map(), removals: [], read: 0, ...extent(after, after, true) };
}

/** Returns the cursor of a slice that ends after a parent, because it has enough share rows. */
export function cursorAfter(parentId: string): ReadingCursor {
  return keysetCursor(parentId);
}

/** Returns the parents whose share rows a backfill has completely read at a position; null if there are none yet. */
export function parentsRead({ cursor, done }: BackfillPosition): ParentRange | null {
  if (done) return { after: null, upTo: null };
  const upTo = keysetAfter(cursor);
  return upTo === null ? null : { after: null, upTo };
}

/** Returns the extent of a slice: after an Id, up to the last one that was read, or to the end of the object. */
function extent(after: string | null, last: string | null, done: boolean) {
  return { done, cursor: last === null ? null : keysetCursor(last), parents: { after, upTo: done ? null : last } };
}
