import { selectionChangesText } from '../src/sentences/selection-changes.ts';
import type { SelectionChange } from '../src/sync/selection-changes.ts';
import type { BeginRun } from '../workflows/contract.ts';
import { MOST_TEXT } from './inputs.ts';

/** What the connection is told of a changed selection. With every field of five objects it would take no message. */
export function selectionTold(
  changes: readonly SelectionChange[],
): Pick<BeginRun['index'], 'selectionChange' | 'selectionChanges'> {
  if (changes.length === 0) return { selectionChange: null };
  return {
    selectionChange: selectionChangesText(changes).slice(0, MOST_TEXT),
    selectionChanges: shortened(changes, MOST_TEXT),
  };
}

/** As many changes as the room has as JSON; a last one says how many more there are. */
function shortened(changes: readonly SelectionChange[], room: number): readonly SelectionChange[] {
  const kept: SelectionChange[] = [];
  let left = room;
  let more = 0;
  for (const change of changes) {
    const part = more > 0 ? null : partOf(change, left);
    more += countOf(change) - (part === null ? 0 : countOf(part));
    if (part === null) continue;
    left -= sizeOf(part);
    kept.push(part);
  }
  return more > 0 ? [...kept, { code: 'more', count: more }] : kept;
}

/** As much of the change as the room has; null: nothing. */
function partOf(change: SelectionChange, room: number): SelectionChange | null {
  if (sizeOf(change) <= room) return change;
  if (!('fields' in change)) return null;
  let left = room - sizeOf({ ...change, fields: [] });
  const end = change.fields.findIndex((field) => {
    left -= sizeOf(field);
    return left < 0;
  });
  return end === 0 ? null : { ...change, fields: change.fields.slice(0, end) };
}

function countOf(change: SelectionChange): number {
  return 'fields' in change ? change.fields.length : 1;
}

/** With the comma after it. */
function sizeOf(value: unknown): number {
  return JSON.stringify(value).length + 1;
}
