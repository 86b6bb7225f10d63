import { ownerOnly } from '../../../access/markers.ts';
import type { ObjectReach } from '../../../access/types.ts';
import {
  type IndexedFields,
  type IndexedObject,
  OBJECTS,
  type ObjectName,
  OWNER_FIELD,
} from '../../../objects/index.ts';
import { type Filters, NO_FILTERS } from '../../model/filters.ts';
import { ordersModified } from '../../model/order.ts';
import type { Database, Value } from '../file/database.ts';
import { codeOf, columnOf, columnsOf } from '../file/layout.ts';
import { INLINE_PRINCIPALS } from '../store/documents.ts';
import { findPrincipalNumber } from '../store/principals.ts';
import type { Group } from './query.ts';
import type { Searcher } from './users.ts';

/** What a searcher may read of the objects with the same kind of access. */
interface VisibleGroup extends Group {
  readonly objects: readonly ObjectName[];
}

/** What a searcher may read, within the filters. */
export interface Visibility {
  readonly groups: readonly VisibleGroup[];
  /**
   * True for exactly the documents `doc d` that the searcher may read and the filters let through. Its parameters are
   * ?2, which is `map`, and ?6 to ?9, which are `filters`. What the groups carry is only a faster way to the same
   * documents.
   */
  readonly condition: string;
  readonly filters: readonly Value[];
  /** The row numbers of all these documents are `from` <= row number < `below`. */
  readonly rows: { readonly from: number; readonly below: number };
  /** One byte per principal number: 1 if the searcher has the principal. */
  readonly map: Buffer;
  /** The object's fields that the searcher may read, in the object's order. */
  readonly readable: (object: ObjectName) => readonly string[];
  /**
   * Whether the searcher may read a field of an object, indexed or not. False if the membership did not decide on the
   * field.
   */
  readonly mayRead: (object: ObjectName, field: string) => boolean;
}

const INLINE = Array.from({ length: INLINE_PRINCIPALS }, (_, at) => `d.p${at}`);
/** Only a damaged file has a negative position, from which `substr` would count from the end. */
const holds = (column: string): string => `substr(?2, (${column} & ${2 ** 31 - 1}) + 1, 1) = x'01'`;
const HOLDS_ONE = `(${INLINE.map(holds).join(' or ')}
  or (d.more = 1 and exists (select 1 from more_access m where m.rid = d.rid and ${holds('m.p')})))`;

/**
 * Computes what a searcher may read.
 *
 * @param indexed the file's fields
 * @param tokensUpTo the highest number of principals to look up as words; for users with more, documents are tested one
 *   by one
 * @param filters a filter by a field excludes objects in which the searcher may not read that field
 */
export function visibilityOf(
  db: Database,
  searcher: Searcher,
  indexed: IndexedFields,
  types: readonly ObjectName[] | undefined,
  tokensUpTo: number,
  filters: Filters = NO_FILTERS,
): Visibility {
  // Documents of an object that was disabled are being removed.
  const asked = OBJECTS.filter(
    (object) =>
      indexed.fields[object.name].length > 0 &&
      (types?.includes(object.name) ?? true) &&
      mayBeFiltered(searcher, object, filters),
  );
  const every = columnsOf(indexed);
  const readable = (name: ObjectName): readonly string[] => readableFields(searcher, indexed, name);
  const group = (reach: ObjectReach, principalNumbers: readonly number[] | null): VisibleGroup => {
    const objects = asked.filter((object) => searcher.objects[object.name].reach === reach);
    const fields = objects.flatMap(({ name }) => readable(name).map((field) => ({ name, field })));
    const titles = fields.filter(({ name, field }) => indexed.titleFields[name].includes(field));
    const columns = fields.map(({ name, field }) => columnOf(name, field));
    const titleColumns = titles.map(({ name, field }) => columnOf(name, field));
    const own = new Set(columns);
    const otherColumns = every.filter((column) => !own.has(column));
    return {
      objects: objects.map(({ name }) => name),
      columns,
      titleColumns,
      otherColumns,
      principalNumbers,
      carried: filters,
    };
  };
  const alone = findPrincipalNumber(db, ownerOnly(searcher.userId));
  const ways: readonly (readonly [VisibleGroup, string])[] = [
    [group('all', null), '1'],
    [
      group('principals', searcher.principalNumbers.length > tokensUpTo ? null : [...searcher.principalNumbers]),
      HOLDS_ONE,
    ],
    [group('bare', alone === null ? [] : [alone]), alone === null ? '0' : carries(alone)],
  ];
  const open = ways.filter(([{ objects, principalNumbers }]) => objects.length > 0 && principalNumbers?.length !== 0);
  const conditions = open.map(
    ([{ objects }, access]) => `(d.obj in (${objects.map(codeOf).join(', ')}) and ${access})`,
  );
  return {
    groups: open.map(([each]) => each),
    // Every statement with the condition must use the parameter, even if the searcher's access does not need it.
    condition: `(d.live = 1 and ?2 is not null${passes(filters)}
      and (${conditions.length === 0 ? '0' : conditions.join(' or ')}))`,
    filters: [filters.modifiedFrom, filters.modifiedBefore, filters.owner, filters.account].map(bindable),
    rows: ordersModified(filters.modifiedFrom, filters.modifiedBefore),
    map: mapOf(searcher.principalNumbers),
    readable,
    mayRead: (object, field) => openFields(searcher, object).includes(field),
  };
}

/** Reports whether the searcher may read the fields that the filters use. */
function mayBeFiltered(
  searcher: Searcher,
  { name, accountField }: IndexedObject,
  { owner, account }: Filters,
): boolean {
  const open = openFields(searcher, name);
  if (owner !== null && !open.includes(OWNER_FIELD)) return false;
  return account === null || (accountField !== null && open.includes(accountField));
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

function carries(principalNumber: number): string {
  return `(${principalNumber} in (${INLINE.join(', ')})
    or (d.more = 1 and exists (select 1 from more_access m where m.rid = d.rid and m.p = ${principalNumber})))`;
}

/** Returns the file's fields that the searcher may read. */
function readableFields(searcher: Searcher, indexed: IndexedFields, name: ObjectName): string[] {
  const fields = new Set(openFields(searcher, name));
  return indexed.fields[name].filter((field) => fields.has(field));
}

/** Returns the fields that the searcher may read, out of those that the membership decided on. */
function openFields({ objects, everyField }: Searcher, name: ObjectName): readonly string[] {
  const { fields } = objects[name];
  return fields === 'all' ? everyField[name] : fields;
}

/** Expects ascending numbers. */
function mapOf(principalNumbers: Int32Array): Buffer {
  const map = Buffer.alloc((principalNumbers.at(-1) ?? 0) + 1);
  for (const principalNumber of principalNumbers) map[principalNumber] = 1;
  return map;
}
