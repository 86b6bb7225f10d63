import type { SchemaChange } from '../src/facts/schema-changes.ts';
import { schemaChangesText } from '../src/sentences/schema-changes.ts';
import type { BeginRun } from '../workflows/contract.ts';
import { MOST_TEXT } from './inputs.ts';

/**
 * Returns what the connection learns about a changed schema. The message would be too large for Temporal with every
 * field of five objects.
 */
export function schemaChangeFields(
  changes: readonly SchemaChange[],
): Pick<BeginRun['index'], 'selectionChange' | 'selectionChanges'> {
  if (changes.length === 0) return { selectionChange: null };
  return {
    selectionChange: schemaChangesText(changes).slice(0, MOST_TEXT),
    selectionChanges: shortened(changes, MOST_TEXT),
  };
}

/** Returns as many changes as fit into `room` as JSON. A last one counts the others. */
function shortened(changes: readonly SchemaChange[], room: number): readonly SchemaChange[] {
  const kept: SchemaChange[] = [];
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

/** Returns the part of the change that fits. Null: none. */
function partOf(change: SchemaChange, room: number): SchemaChange | null {
  if (sizeOf(change) <= room) return change;
  if (!('fields' in change)) return null;
  let left = room - sizeOf({ ...change, fields: [] });
  const end = change.fields.findIndex((field) => {
    left -= sizeOf(field);
    return left < 0;
  });
  return end === 0 ? null : { ...change, fields: change.fields.slice(0, end) };
}

function countOf(change: SchemaChange): number {
  return 'fields' in change ? change.fields.length : 1;
}

/** Returns the length as JSON, including a comma. */
function sizeOf(value: unknown): number {
  return JSON.stringify(value).length + 1;
}
