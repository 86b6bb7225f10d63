import type { ContactDerivation } from '../access/types.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { wholeSecond } from '../sync/change-streams.ts';
import { isFiltered } from '../sync/describe.ts';
import { changedRecordsKeyset, changedSharesKeyset } from '../sync/keysets.ts';
import { QuerySizes } from '../sync/query-sizes.ts';
import { readsShares, type Selection } from '../sync/selection.ts';
import { backfillRecords, backfillShares, compareShares, probeFilter } from '../sync/soql.ts';
import { OVERLAP_MS } from '../sync/stamps.ts';

/** A query that runs send of an object, with LIMIT 1, or of one record. */
export interface RunQuery {
  readonly object: ObjectName;
  /** The sObject that it reads. */
  readonly table: string;
  readonly kind: QueryKind;
  readonly soql: SoqlQuery;
  /** For queryAll. */
  readonly all: boolean;
}

/**
 * `records`, `shares`: as a complete backfill reads them. `filter`: the object's `where`. `counted-shares`: as runs count
 * ranges of share rows.
 */
export type QueryKind = 'records' | 'shares' | 'filter' | 'changed-records' | 'changed-shares' | 'counted-shares';

/** The filters of the config file. */
export function filterQueries(selection: Selection): RunQuery[] {
  return chosenIn(selection)
    .filter(isFiltered)
    .map((chosen) => query(chosen.object.name, chosen.object.name, 'filter', probeFilter(chosen)));
}

/** Records by Id: a page of so many. */
export function recordQueries(selection: Selection, limit: number): RunQuery[] {
  return chosenIn(selection)
    .filter(({ readable }) => readable)
    .map((chosen) => query(chosen.object.name, chosen.object.name, 'records', backfillRecords(chosen, null, limit)));
}

/**
 * What changed in the last run's time.
 *
 * @param now the org's time, ms since 1970
 */
export function changeQueries(selection: Selection, contacts: ContactDerivation, now: number): RunQuery[] {
  const range = { from: wholeSecond(now - 2 * OVERLAP_MS), before: wholeSecond(now), after: null, limit: 1 };
  const sizes = new QuerySizes();
  return chosenIn(selection).flatMap((chosen) => {
    const { name, share } = chosen.object;
    const records = changedRecordsKeyset(name, chosen, range, sizes).soql(null, 1, null);
    const shares = changedSharesKeyset(name, chosen, range).soql(null, 1, null);
    return [
      ...(chosen.readable ? [{ ...query(name, name, 'changed-records', records), all: true }] : []),
      ...(readsShares(chosen, contacts) ? [query(name, share.object, 'changed-shares', shares)] : []),
    ];
  });
}

/** @param first the first record of each object, as far as it is known */
export function shareQueries(
  selection: Selection,
  contacts: ContactDerivation,
  first: ReadonlyMap<ObjectName, string>,
): RunQuery[] {
  return chosenIn(selection).flatMap((chosen) => {
    if (!readsShares(chosen, contacts)) return [];
    const { name, share } = chosen.object;
    const range = { after: null, upTo: first.get(name) ?? null };
    const rows = backfillShares(chosen, { ...range, afterRow: null, limit: 1 });
    return [
      query(name, share.object, 'shares', rows),
      // Of a whole table the count may be slow where that of a range is not.
      ...(range.upTo === null ? [] : [query(name, share.object, 'counted-shares', compareShares(chosen, range))]),
    ];
  });
}

function chosenIn(selection: Selection) {
  return OBJECT_NAMES.map((name) => selection.objects[name]);
}

function query(object: ObjectName, table: string, kind: QueryKind, soql: SoqlQuery): RunQuery {
  return { object, table, kind, soql, all: false };
}
