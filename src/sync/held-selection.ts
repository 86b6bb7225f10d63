import { SelectionChangedError } from '../index/errors.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Selection } from './selection.ts';
import { type SelectionChange, selectionChanges } from './selection-changes.ts';
import { filterOf } from './selection-facts.ts';
import { printSelection, readSelection } from './selection-text.ts';

/**
 * The selection that the index holds is a text, which it compares with others letter by letter. Two texts may mean the same:
 * earlier versions wrote another. So what they mean is compared here, and the index is handed the text that it holds.
 */

/** What of `IndexState` tells of the selection. */
interface Held {
  readonly selection: string | null;
  readonly backfill: { readonly start: string } | null;
}

/** How the selection differs from the one that the index holds; null: it was never filled, and holds none. */
export function changesSince(held: string | null, { facts }: Pick<Selection, 'facts'>): readonly SelectionChange[] {
  if (held === null || held === printSelection(facts)) return [];
  const before = readSelection(held);
  return 'code' in before ? [before] : selectionChanges(before, facts);
}

/** Objects of which the selection is meant to hold other records than the index: whose filter is another. */
export function filterChanges(held: string | null, { facts }: Pick<Selection, 'facts'>): ObjectName[] {
  if (held === null) return [];
  const before = readSelection(held);
  const filterBefore = (name: ObjectName) => ('code' in before ? null : filterOf(before[name]));
  return OBJECT_NAMES.filter((name) => filterBefore(name) !== filterOf(facts[name]));
}

/** The text by which the index opens the complete backfill that begins at `start`, or goes on with it. */
export function textToHold({ selection: held, backfill }: Held, selection: Selection, start: string): string {
  const goesOn = held !== null && backfill?.start === start && changesSince(held, selection).length === 0;
  return goesOn ? held : printSelection(selection.facts);
}

/**
 * Refuses to go on with another selection than the index was opened for: a worker with another config file, or one that
 * took the run over when the org had changed.
 *
 * @throws SelectionChangedError
 */
export function checkSelection({ selection: held }: Pick<Held, 'selection'>, selection: Selection): void {
  if (held === null || changesSince(held, selection).length > 0) throw new SelectionChangedError();
}
