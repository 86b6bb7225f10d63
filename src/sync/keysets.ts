import type { SalesforceRecord } from '../salesforce/page.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { fieldsAsked, onlyIds, splitFields } from './field-parts.ts';
import type { Cut, Keyset, Progress } from './keyset.ts';
import { iso } from './org-time.ts';
import type { QuerySizes } from './query-sizes.ts';
import { isTime } from './record.ts';
import { isFiltered } from './resolve-schema.ts';
import type { ObjectSchema } from './resolved-schema.ts';
import {
  backfillIds,
  backfillRecords,
  backfillShares,
  changedIds,
  changedRecords,
  changedShares,
  type StampRange,
} from './soql.ts';

/** The keysets of a sync: how each is queried, and how its range is cut. */

/** Returns the keyset of an object's records by Id, after one of them. Only ids if the fields are read in parts. */
export function recordsKeyset(
  what: string,
  chosen: ObjectSchema,
  range: { readonly after: string | null; readonly rows: number },
  sizes: QuerySizes,
): Keyset {
  let asked = chosen;
  return {
    what,
    soql(row, limit) {
      const after = row === null ? range.after : String(row.Id);
      asked = fieldsAsked(chosen, sizes);
      return (asked === chosen ? backfillRecords : backfillIds)(chosen, after, limit ?? range.rows);
    },
    rows: range.rows,
    fewerFields: (error) => splitFields(chosen, asked, sizes, error),
  };
}

/**
 * Returns the keyset of the share rows of a slice's parents. It can be cut at the ids in `parents`, which are in order.
 */
export function sharesKeyset(
  what: string,
  chosen: ObjectSchema & { readonly shareColumns: readonly string[] },
  range: { readonly after: string | null; readonly upTo: string | null },
  parents: readonly string[],
): Keyset {
  const parentOf = (row: SalesforceRecord): string => String(row[chosen.object.share.parentField]);
  return {
    what,
    soql(row, limit, upTo) {
      const afterRow = row === null ? null : { parentId: parentOf(row), id: String(row.Id) };
      return backfillShares(chosen, { ...range, upTo: upTo ?? range.upTo, afterRow, limit });
    },
    rows: null,
    cut: cutByParents(parents, parentOf),
  };
}

/** Cuts by number of parents. */
function cutByParents(parents: readonly string[], parentOf: (row: SalesforceRecord) => string): Cut {
  const placeOf = new Map(parents.map((id, at) => [id, at] as const));
  const start = ({ part, after }: Progress): number =>
    Math.max(
      part === null ? 0 : (placeOf.get(part) ?? 0) + 1,
      // A parent that is not in the list can still have rows.
      after === null ? 0 : (placeOf.get(parentOf(after)) ?? 0),
    );
  return {
    width: (progress) => parents.length - start(progress),
    end(progress, width) {
      const end = start(progress) + width;
      return end >= parents.length ? null : (parents[end - 1] ?? null);
    },
  };
}

/** Returns the keyset of changed records. Only ids if there is a filter, or if the fields are read in parts. */
export function changedRecordsKeyset(what: string, chosen: ObjectSchema, range: StampRange, sizes: QuerySizes): Keyset {
  let asked = chosen;
  return {
    ...changesKeyset(what, 'SystemModstamp', range, (some) => {
      asked = isFiltered(chosen) ? onlyIds(chosen) : fieldsAsked(chosen, sizes);
      return (asked === chosen ? changedRecords : changedIds)(chosen, some);
    }),
    all: true,
    fewerFields: (error) => splitFields(chosen, asked, sizes, error),
  };
}

/** Returns the keyset of share rows that were added or changed, with their parents. */
export function changedSharesKeyset(what: string, chosen: ObjectSchema, range: StampRange): Keyset {
  return changesKeyset(what, 'LastModifiedDate', range, (some) => changedShares(chosen, some));
}

/** Returns the keyset of changes in a range of times, by (stamp, Id). */
function changesKeyset(
  what: string,
  stamp: 'SystemModstamp' | 'LastModifiedDate',
  range: StampRange,
  soql: (range: StampRange) => SoqlQuery,
): Keyset {
  return {
    what,
    soql: (row, limit, upTo) =>
      soql({
        ...range,
        before: upTo ?? range.before,
        after: row === null ? range.after : { stamp: iso(String(row[stamp])), id: String(row.Id) },
        limit: limit ?? range.limit,
      }),
    rows: range.limit,
    cut: cutByTime(range, (row) => Date.parse(String(row[stamp]))),
    isPlace: (row) => isPlaceIn(range, row[stamp]),
  };
}

/**
 * Returns whether a query can continue after a row. A row that changed while its page was on the way has a later stamp
 * than the position where it was found. Continuing after that stamp would skip the rows in between.
 */
export function isPlaceIn({ before }: Pick<StampRange, 'before'>, stamp: unknown): boolean {
  return isTime(stamp) && Date.parse(stamp) < Date.parse(before);
}

/** Cuts by whole seconds, because comparisons of stamps ignore milliseconds. */
function cutByTime({ from, before, after }: StampRange, timeOf: (row: SalesforceRecord) => number): Cut {
  const first = Date.parse(after?.stamp ?? from);
  const last = Date.parse(before);
  const start = (progress: Progress): number => {
    const times = [
      first,
      ...(progress.part === null ? [] : [Date.parse(progress.part)]),
      ...(progress.after === null ? [] : [timeOf(progress.after)]),
    ];
    return Math.floor(Math.max(...times) / 1000) * 1000;
  };
  return {
    width: (progress) => Math.ceil((last - start(progress)) / 1000),
    end(progress, width) {
      const end = start(progress) + width * 1000;
      return end >= last ? null : new Date(end).toISOString();
    },
  };
}
