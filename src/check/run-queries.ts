import type { ContactSharing } from '../access/types.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { wholeSecond } from '../sync/change-streams.ts';
import { changedRecordsKeyset, changedSharesKeyset } from '../sync/keysets.ts';
import { OVERLAP_MS } from '../sync/org-time.ts';
import { QuerySizes } from '../sync/query-sizes.ts';
import { isFiltered } from '../sync/resolve-schema.ts';
import { type ResolvedSchema, readsShares } from '../sync/resolved-schema.ts';
import { backfillRecords, backfillShares, compareShares, probeFilter } from '../sync/soql.ts';

/** A query that runs send for an object, with LIMIT 1, or for one record. */
export interface RunQuery {
  readonly object: ObjectName;
  /** The sObject that it reads. */
  readonly table: string;
  readonly kind: QueryKind;
  readonly soql: SoqlQuery;
  /** Sent to queryAll. */
  readonly all: boolean;
}

/**
 * `records`, `shares`: as a complete backfill reads them. `filter`: the object's `where`. `counted-shares`: as runs
 * count share rows in ranges.
 */
export type QueryKind = 'records' | 'shares' | 'filter' | 'changed-records' | 'changed-shares' | 'counted-shares';

/** The filters of the config file. */
export function filterQueries(schema: ResolvedSchema): RunQuery[] {
  return chosenIn(schema)
    .filter(isFiltered)
    .map((chosen) => query(chosen.object.name, chosen.object.name, 'filter', probeFilter(chosen)));
}

/** A page of records, by Id. */
export function recordQueries(schema: ResolvedSchema, limit: number): RunQuery[] {
  return chosenIn(schema)
    .filter(({ readable }) => readable)
    .map((chosen) => query(chosen.object.name, chosen.object.name, 'records', backfillRecords(chosen, null, limit)));
}

/**
 * What changed since the last run.
 *
 * @param now the org's time, ms since 1970
 */
export function changeQueries(schema: ResolvedSchema, contacts: ContactSharing, now: number): RunQuery[] {
  const range = { from: wholeSecond(now - 2 * OVERLAP_MS), before: wholeSecond(now), after: null, limit: 1 };
  const sizes = new QuerySizes();
  return chosenIn(schema).flatMap((chosen) => {
    const { name, share } = chosen.object;
    const records = changedRecordsKeyset(name, chosen, range, sizes).soql(null, 1, null);
    const shares = changedSharesKeyset(name, chosen, range).soql(null, 1, null);
    return [
      ...(chosen.readable ? [{ ...query(name, name, 'changed-records', records), all: true }] : []),
      ...(readsShares(chosen, contacts) ? [query(name, share.object, 'changed-shares', shares)] : []),
    ];
  });
}

/** @param first the first record of each object, if known */
export function shareQueries(
  schema: ResolvedSchema,
  contacts: ContactSharing,
  first: ReadonlyMap<ObjectName, string>,
): RunQuery[] {
  return chosenIn(schema).flatMap((chosen) => {
    if (!readsShares(chosen, contacts)) return [];
    const { name, share } = chosen.object;
    const range = { after: null, upTo: first.get(name) ?? null };
    const rows = backfillShares(chosen, { ...range, afterRow: null, limit: 1 });
    return [
      query(name, share.object, 'shares', rows),
      // Counting the whole table may be slow, even if counting a range is not.
      ...(range.upTo === null ? [] : [query(name, share.object, 'counted-shares', compareShares(chosen, range))]),
    ];
  });
}

function chosenIn(schema: ResolvedSchema) {
  return OBJECT_NAMES.map((name) => schema.objects[name]);
}

function query(object: ObjectName, table: string, kind: QueryKind, soql: SoqlQuery): RunQuery {
  return { object, table, kind, soql, all: false };
}
