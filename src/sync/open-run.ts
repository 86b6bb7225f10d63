import type { ContactDerivation } from '../access/types.ts';
import type { BackfillOpening, IndexState, IndexWriter, Ticket } from '../index/port.ts';
import { checkSelection, filterChanges, textToHold } from './held-selection.ts';
import type { Selection } from './selection.ts';

/** What the run does in the index. */
export interface RunOpening {
  readonly ticket: Ticket;
  readonly selection: Selection;
  /** The complete backfill's start; null: an incremental run. */
  readonly backfillStart: string | null;
  /** How contacts' documents are to be derived; a complete backfill derives them so. */
  readonly contacts: ContactDerivation;
}

/**
 * Has the index begin (or go on with) the run and its complete backfill: from here on it takes no write of an older run.
 * Answers the index's state then.
 *
 * @throws SelectionChangedError where the documents are of another selection
 */
export async function openRun(
  index: IndexWriter,
  { ticket, selection, backfillStart, contacts }: RunOpening,
): Promise<IndexState> {
  const before = await index.state();
  await index.begin(ticket, backfillStart === null ? null : opening(selection, backfillStart, contacts, before));
  const state = await index.state();
  checkSelection(state, selection);
  return state;
}

function opening(
  selection: Selection,
  start: string,
  contacts: ContactDerivation,
  before: IndexState,
): BackfillOpening {
  const { indexed, everHeld } = selection;
  const unguarded = filterChanges(before.selection, selection);
  return { start, selection: textToHold(before, selection, start), contacts, indexed, everHeld, unguarded };
}
