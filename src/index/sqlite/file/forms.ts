import { z } from 'zod';
import type { DescribedField } from '../../../access/tables.ts';
import type { ObjectAccess, ShareRow } from '../../../access/types.ts';
import type { TableReason } from '../../../facts/coverage-gaps.ts';
import type { UnindexedCause } from '../../../facts/unindexed.ts';
import { type FieldLists, type IndexedFields, OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import type { Staleness } from '../../model/staleness.ts';
import type { LedgerRange } from '../../port/ledger.ts';
import type { TableReading } from '../../port/membership.ts';
import type { BlockedStream, KnownQuerySizes, PassNote } from '../../port/progress.ts';
import type { DocumentCounts, IndexState } from '../../port/state.ts';
import { isTime } from './stored.ts';

/** The forms of the JSON texts in the file. */

const object = z.enum(OBJECT_NAMES as [ObjectName, ...ObjectName[]]);
const time = z.string().refine(isTime);

function ofEach<Value>(value: z.ZodType<Value>): z.ZodType<Readonly<Record<ObjectName, Value>>> {
  return z.record(object, value);
}

export const SHARE_ROWS: z.ZodType<readonly ShareRow[]> = z.array(
  z.object({ grantee: z.string(), cause: z.string(), opens: z.array(object) }),
);

export const LEDGER: z.ZodType<{ readonly rows: number; readonly pieces: readonly LedgerRange[] }> = z.object({
  rows: z.number(),
  pieces: z.array(
    z.object({
      after: z.string().nullable(),
      upTo: z.string().nullable(),
      parents: z.int(),
      rows: z.int(),
      newest: time.nullable(),
    }),
  ),
});

export const FIELD_LISTS: z.ZodType<FieldLists> = ofEach(z.array(z.string()));

export const INDEXED: z.ZodType<IndexedFields> = z.object({ fields: FIELD_LISTS, titleFields: FIELD_LISTS });

export const ACCESS: z.ZodType<Readonly<Record<ObjectName, ObjectAccess>>> = ofEach(
  z.object({
    reach: z.enum(['none', 'bare', 'principals', 'all']),
    fields: z.union([z.literal('all'), z.array(z.string())]),
  }),
);

export const KNOWN: z.ZodType<{ readonly groups: readonly string[]; readonly shared: readonly ObjectName[] }> =
  z.object({ groups: z.array(z.string()), shared: z.array(object) });

export const READING: z.ZodType<TableReading> = z.object({
  soql: z.string(),
  at: z.int(),
  count: z.int(),
  newest: z.string().nullable(),
});

export const DESCRIBED: z.ZodType<Readonly<Record<ObjectName, readonly DescribedField[] | null>>> = ofEach(
  z
    .array(z.object({ name: z.string(), permissionable: z.boolean(), compoundFieldName: z.string().nullable() }))
    .nullable(),
);

export const TABLE_REASON: z.ZodType<TableReason> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('table_hidden') }),
  z.object({ kind: z.literal('columns_hidden'), columns: z.array(z.string()) }),
  z.object({ kind: z.literal('org_error'), errorCode: z.string().nullable(), message: z.string() }),
  z.object({ kind: z.literal('not_kept') }),
  z.object({ kind: z.literal('told'), text: z.string() }),
]);

const stream = z.object({ object, of: z.enum(['records', 'shares']) });

export const PASS: z.ZodType<PassNote> = z.object({
  run: z.int(),
  before: time,
  streams: z.array(stream.extend({ after: z.object({ stamp: time, id: z.string() }).nullable() })),
  tried: z.literal(true).optional(),
}) as z.ZodType<PassNote>;

export const BLOCKED: z.ZodType<readonly BlockedStream[]> = z.array(
  stream.extend({
    code: z.string().nullable(),
    message: z.string(),
    since: time.nullable(),
    at: time,
    run: z.int(),
    triedIn: time.nullable(),
    missedBackfill: z.boolean(),
    answers: z.boolean(),
    rereads: z.int(),
  }),
);

export const SHARE_LOOKS = z.partialRecord(
  object,
  z.object({ began: time.nullable(), after: z.string().nullable() }),
) as unknown as z.ZodType<IndexState['shareLooks']>;

/** An object that a later version adds has no counter yet, and no documents. */
export const DOCUMENT_COUNTS: z.ZodType<Partial<DocumentCounts>> = z.partialRecord(object, z.int().min(0));

export const QUERY_SIZES = z.object({
  sizes: z.record(
    z.string(),
    z.object({
      rows: z.int().min(1).optional(),
      span: z.int().min(1).optional(),
      quick: z.int(),
      patience: z.int(),
      grown: z.literal(true).optional(),
    }),
  ),
  parts: z.record(z.string(), z.int().min(1)),
}) as z.ZodType<KnownQuerySizes>;

const sight = z.object({ whole: z.boolean(), traces: z.record(z.string(), z.string()) });
/** The first versions did not write every note. */
const note = time.nullish();

export const SEEN = z.partialRecord(
  object,
  z.object({
    sight: sight.nullish(),
    hiddenBy: z.enum(['rights', 'counts']).nullish(),
    whole: note,
    read: note,
    swept: note,
    missed: note,
  }),
) as unknown as z.ZodType<Staleness['seen']>;

export const STALE: z.ZodType<Staleness['stale']> = z.array(
  z.object({ object, since: time, run: z.int(), wouldRemove: z.int().nullable(), of: z.int().nullable() }),
);

const field = z.string();

export const UNINDEXED_CAUSE: z.ZodType<UnindexedCause> = z.discriminatedUnion('code', [
  z.object({ code: z.literal('field_holds_list'), field }),
  z.object({ code: z.literal('field_holds_object'), field }),
  z.object({ code: z.literal('field_too_long'), field, characters: z.int(), most: z.int() }),
  z.object({ code: z.literal('modified_malformed') }),
  z.object({ code: z.literal('engine_refused'), engineCode: z.string() }),
  z.object({ code: z.literal('earlier_version'), text: z.string() }),
]);
