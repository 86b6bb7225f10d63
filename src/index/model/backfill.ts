import type { ContactSharing } from '../../access/types.ts';
import type { ObjectName } from '../../objects/index.ts';
import type { BackfillOpening } from '../port/backfill.ts';
import { NotAdmittedError, SelectionChangedError } from '../port/errors.ts';

/** What an index notes about complete backfills. */
export interface BackfillNotes {
  /** The start of the complete backfill that the run was admitted for. Null: the run is incremental. */
  readonly admittedStart: string | null;
  /** The only objects that this backfill reads. Null: all. */
  readonly admittedObjects: readonly ObjectName[] | null;
  readonly schema: string | null;
  /** The start of the open backfill. */
  readonly backfillStart: string | null;
  /** The only objects that the open backfill reads. Null: all, or none is open. */
  readonly backfillObjects: readonly ObjectName[] | null;
  /** The start of the last complete backfill that ended. */
  readonly lastBackfill: string | null;
  /** Objects from which the open backfill may remove everything that it has not seen. */
  readonly unguarded: readonly ObjectName[];
  /** The contact sharing that applies to what is written now. Null: no backfill has begun. */
  readonly contacts: ContactSharing | null;
  /** Whether contacts remain that were written with the other contact sharing. */
  readonly contactsMixed: boolean;
  /** The start of the open backfill in which contact sharing changed. Null: it has not changed during this backfill. */
  readonly contactsChangedIn: string | null;
}

/** What opening a backfill changes. */
export interface Opened {
  /** False: it continues the open backfill. */
  readonly isNew: boolean;
  readonly notes: Partial<BackfillNotes>;
}

/**
 * Opens a complete backfill, or continues the open one. Null: nothing is opened. See `Backfills.begin`.
 *
 * @throws NotAdmittedError if the run was not admitted for this backfill
 * @throws SelectionChangedError if the schema differs from the open backfill's
 */
export function openBackfill(known: BackfillNotes, run: number, backfill: BackfillOpening | null): Opened | null {
  if (backfill === null) return null;
  const { start, schema, contacts } = backfill;
  if (start !== known.admittedStart)
    throw new NotAdmittedError(`run ${run} was not admitted for a complete backfill that began at ${start}`);
  if (start === known.lastBackfill) return null;
  const isNew = start !== known.backfillStart;
  if (!isNew && schema !== known.schema) throw new SelectionChangedError();
  const isOther = known.contacts !== null && known.contacts !== contacts;
  const notes = {
    backfillStart: start,
    schema,
    contacts,
    contactsMixed: known.contactsMixed || isOther,
  };
  if (!isNew) return { isNew, notes: isOther ? { ...notes, contactsChangedIn: start } : notes };
  return {
    isNew,
    notes: {
      ...notes,
      backfillObjects: known.admittedObjects,
      // What an unfinished backfill should have removed is still there.
      unguarded: [...new Set([...known.unguarded, ...backfill.unguarded])],
      contactsChangedIn: null,
    },
  };
}

/** Returns the notes after the open backfill has ended. `isMixed`: contacts of the other contact sharing remain. */
export function backfillClosed(start: string, isMixed: boolean): Partial<BackfillNotes> {
  return { backfillStart: null, backfillObjects: null, lastBackfill: start, unguarded: [], contactsMixed: isMixed };
}

/**
 * Reports whether contacts of the other contact sharing may remain after the open backfill, even if it has seen all
 * contacts. Contacts that it wrote before the default changed are also of the old kind; only another backfill finds them.
 *
 * @param says what the run says: some remain
 */
export function mayStayMixed(
  { contactsMixed, contactsChangedIn, backfillStart }: BackfillNotes,
  says: boolean,
): boolean {
  return contactsMixed && (says || contactsChangedIn === backfillStart);
}
