import { ownerOnly } from '../../../access/markers.ts';
import type { IndexedFields, ObjectName } from '../../../objects/index.ts';
import type { Filters } from '../../model/filters.ts';
import { ordersModified } from '../../model/order.ts';
import type { Scope, ScopeGroup } from '../../port/search-engine.ts';
import type { Database, Value } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { INLINE_PRINCIPALS } from '../store/documents.ts';
import { findPrincipalNumber } from '../store/principals.ts';
import type { HeldPrincipals } from './members.ts';
import type { Group } from './query.ts';
import { columnOf, columnsOf } from './tokens.ts';

/** The objects of a scope with the same kind of access. */
export interface VisibleGroup extends Group {
  readonly objects: readonly ObjectName[];
  /** The user's principals if they are too many for `principalNumbers`. */
  readonly manyPrincipals: readonly number[] | null;
}

/** The documents of a scope, for statements. */
export interface ScopeSql {
  readonly groups: readonly VisibleGroup[];
  /**
   * True for exactly the documents `doc d` of the scope. Its parameters are ?2, which is `map`, and ?6 to ?9, which are
   * `filters`. What the groups carry is only a faster way to the same documents.
   */
  readonly condition: string;
  readonly filters: readonly Value[];
  /** The row numbers of all these documents are `from` <= row number < `below`. */
  readonly rows: { readonly from: number; readonly below: number };
  /** See `HeldPrincipals`. */
  readonly map: Buffer;
}

const INLINE = Array.from({ length: INLINE_PRINCIPALS }, (_, at) => `d.p${at}`);
/** Only a damaged file has a negative position, from which `substr` would count from the end. */
const holds = (column: string): string => `substr(?2, (${column} & ${2 ** 31 - 1}) + 1, 1) = x'01'`;
const HOLDS_ONE = `(${INLINE.map(holds).join(' or ')}
  or (d.more = 1 and exists (select 1 from more_access m where m.rid = d.rid and ${holds('m.p')})))`;

/**
 * Turns a scope into SQL.
 *
 * @param held the principals of the scope's user
 * @param indexed the file's fields
 * @param tokensUpTo the highest number of principals to look up as words; for users with more, documents are tested one
 *   by one
 */
export function scopeSqlOf(
  db: Database,
  { userId, groups, filters }: Scope,
  held: HeldPrincipals,
  indexed: IndexedFields,
  tokensUpTo: number,
): ScopeSql {
  const every = columnsOf(indexed);
  const open = groups.flatMap(({ reach, objects }): { group: VisibleGroup; access: string }[] => {
    const groupWith = (
      principalNumbers: readonly number[] | null,
      manyPrincipals: readonly number[] | null = null,
    ): VisibleGroup => ({
      ...columnsFor(objects, every),
      objects: objects.map(({ name }) => name),
      principalNumbers,
      manyPrincipals,
      carried: filters,
    });
    if (reach === 'all') return [{ group: groupWith(null), access: '1' }];
    if (reach === 'bare') {
      const alone = findPrincipalNumber(db, ownerOnly(userId));
      return alone === null ? [] : [{ group: groupWith([alone]), access: carries(alone) }];
    }
    if (held.numbers.length === 0) return [];
    const numbers = [...held.numbers];
    const group = numbers.length > tokensUpTo ? groupWith(null, numbers) : groupWith(numbers);
    return [{ group, access: HOLDS_ONE }];
  });
  const conditions = open.map(
    ({ group, access }) => `(d.obj in (${group.objects.map(codeOf).join(', ')}) and ${access})`,
  );
  return {
    groups: open.map(({ group }) => group),
    // Every statement with the condition must use the parameter, even if the searcher's access does not need it.
    condition: `(d.live = 1 and ?2 is not null${passes(filters)}
      and (${conditions.length === 0 ? '0' : conditions.join(' or ')}))`,
    filters: [filters.modifiedFrom, filters.modifiedBefore, filters.owner, filters.account].map(bindable),
    rows: ordersModified(filters.modifiedFrom, filters.modifiedBefore),
    map: held.map,
  };
}

/** Returns a condition that is true for documents `doc d` that carry the principal. */
export function carries(principalNumber: number | string): string {
  return `(${principalNumber} in (${INLINE.join(', ')})
    or (d.more = 1 and exists (select 1 from more_access m where m.rid = d.rid and m.p = ${principalNumber})))`;
}

/** @param every the columns of the file */
function columnsFor(
  objects: ScopeGroup['objects'],
  every: readonly string[],
): Pick<Group, 'columns' | 'titleColumns' | 'otherColumns'> {
  const columns = objects.flatMap(({ name, fields }) => fields.map((field) => columnOf(name, field)));
  const own = new Set(columns);
  return {
    columns,
    titleColumns: objects.flatMap(({ name, titleFields }) => titleFields.map((field) => columnOf(name, field))),
    otherColumns: every.filter((column) => !own.has(column)),
  };
}

/** Returns the conditions of the filters that are set, so that a statement is no slower for the others. */
function passes({ modifiedFrom, modifiedBefore, owner, account }: Filters): string {
  return [
    modifiedFrom === null ? '' : ' and d.modified >= ?6',
    modifiedBefore === null ? '' : ' and d.modified < ?7',
    owner === null ? '' : ' and d.owner = ?8',
    account === null ? '' : ' and d.account = ?9',
  ].join('');
}

/** Converts numbers, which libsql would bind as floating-point numbers. */
function bindable(value: number | string | null): Value {
  return typeof value === 'number' ? BigInt(value) : value;
}
