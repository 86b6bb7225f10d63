import type { SchemaChange } from '../facts/schema-changes.ts';
import { SelectionChangedError } from '../index/port/errors.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { ResolvedSchema } from './resolved-schema.ts';
import { schemaChanges } from './schema-changes.ts';
import { filterOf } from './schema-facts.ts';
import { printSchema, readSchema } from './schema-text.ts';

/**
 * The index stores the resolved schema as a text and compares texts. Two texts can mean the same, because earlier
 * versions wrote it differently. So the meanings are compared here, and the index is given the text that it already
 * has.
 */

/** The part of `IndexState` that concerns the resolved schema. */
interface Held {
  readonly schema: string | null;
  readonly backfill: { readonly start: string } | null;
}

/** Returns how the resolved schema differs from the index's. Empty if the index was never filled. */
export function changesSince(held: string | null, { facts }: Pick<ResolvedSchema, 'facts'>): readonly SchemaChange[] {
  if (held === null || held === printSchema(facts)) return [];
  const before = readSchema(held);
  return 'code' in before ? [before] : schemaChanges(before, facts);
}

/** Returns the objects whose filter differs from the index's, so that other records belong in the index. */
export function filterChanges(held: string | null, { facts }: Pick<ResolvedSchema, 'facts'>): ObjectName[] {
  if (held === null) return [];
  const before = readSchema(held);
  const filterBefore = (name: ObjectName) => ('code' in before ? null : filterOf(before[name]));
  return OBJECT_NAMES.filter((name) => filterBefore(name) !== filterOf(facts[name]));
}

/** Returns the text with which the index begins, or resumes, the complete backfill that began at `start`. */
export function textToHold({ schema: held, backfill }: Held, schema: ResolvedSchema, start: string): string {
  const goesOn = held !== null && backfill?.start === start && changesSince(held, schema).length === 0;
  return goesOn ? held : printSchema(schema.facts);
}

/**
 * Refuses to continue if the index was opened for a different resolved schema. Either a worker has another config file,
 * or it took over the run after the org had changed.
 *
 * @throws SelectionChangedError
 */
export function checkSchema({ schema: held }: Pick<Held, 'schema'>, schema: ResolvedSchema): void {
  if (held === null || changesSince(held, schema).length > 0) throw new SelectionChangedError();
}
