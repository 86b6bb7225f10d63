import type { ContactSharing } from '../access/types.ts';
import type { FencingToken } from '../index/port/admission.ts';
import type { BackfillOpening } from '../index/port/backfill.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { IndexState } from '../index/port/state.ts';
import { checkSchema, filterChanges, textToHold } from './held-schema.ts';
import type { ResolvedSchema } from './resolved-schema.ts';

/** The parameters with which a run opens the index. */
export interface RunOpening {
  readonly fence: FencingToken;
  readonly schema: ResolvedSchema;
  /** The complete backfill's start; null for an incremental run. */
  readonly backfillStart: string | null;
  /** The contact sharing that documents should have. A complete backfill applies it. */
  readonly contacts: ContactSharing;
}

/**
 * Begins, or resumes, the run and its complete backfill in the index, which from then on refuses writes of older runs.
 * Returns the index's state afterwards.
 *
 * @throws SelectionChangedError if the documents belong to another resolved schema
 */
export async function openRun(
  store: RunStore,
  { fence, schema, backfillStart, contacts }: RunOpening,
): Promise<IndexState> {
  const before = await store.state();
  await store.begin(fence, backfillStart === null ? null : opening(schema, backfillStart, contacts, before));
  const state = await store.state();
  checkSchema(state, schema);
  return state;
}

function opening(schema: ResolvedSchema, start: string, contacts: ContactSharing, before: IndexState): BackfillOpening {
  const { indexed, everHeld } = schema;
  const unguarded = filterChanges(before.schema, schema);
  return { start, schema: textToHold(before, schema, start), contacts, indexed, everHeld, unguarded };
}
