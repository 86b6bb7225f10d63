import { quoted } from '../org/table.ts';
import type { Stored } from '../org/values.ts';
import type { Query } from '../soql/ast.ts';
import { errorAt } from '../soql/errors.ts';
import type { QueryContext, Scope } from '../soql/scope.ts';
import { findNumbers } from './count.ts';
import { type VirtualTable, valueAt } from './formula.ts';
import { both, firstWhere, type Numbers, range, sizeOf, slice } from './intervals.ts';

/** The rowid from which the generated rows of a page are inserted while it is read: after every stored row. */
const BEHIND = 2_000_000_000;

/** The stored and generated rows that a query finds. */
interface Found {
  readonly totalSize: number;
  /** Reads a page: calls `read` with the rowids of its rows while they are in the table. */
  page<T>(offset: number, count: number, read: (rowids: Int32Array) => T): T;
}

/** The order of generated rows: by rising columns, all in the same direction. */
interface Order {
  readonly columns: readonly string[];
  readonly descending: boolean;
}

/**
 * Joins the stored rows that a query finds with the generated ones, in the query's order. Throws `SoqlError` for an
 * order that generated rows don't have.
 *
 * @param stored the rowids of the stored rows, before OFFSET and with enough rows for both kinds under LIMIT
 */
export function joinGenerated(
  query: Query,
  stored: Int32Array,
  table: VirtualTable,
  scope: Scope,
  context: QueryContext,
): Found {
  const { tables } = context;
  const { schema } = scope;
  const numbers = findNumbers(query, scope, context);
  const order = orderOf(query, table, scope, context);
  const before = generatedBefore(stored, order, numbers, table, scope, context);
  const storedAt = new Map([...stored].map((rowid, at) => [(before[at] ?? 0) + at, rowid]));
  const skipped = query.offset?.count ?? 0;
  const all = Math.max(0, sizeOf(numbers) + stored.length - skipped);
  const totalSize = query.limit === null ? all : Math.min(all, query.limit);

  return {
    totalSize,
    page(offset, count, read) {
      const [from, to] = [skipped + offset, skipped + Math.min(totalSize, offset + count)];
      const first = from - [...storedAt.keys()].filter((place) => place < from).length;
      const taken = take(numbers, first, Math.max(0, to - from), order.descending).values();
      const generated = new Map<number, number>();
      const rowids: number[] = [];
      for (let place = from; place < to; place += 1) {
        const rowid = storedAt.get(place);
        if (rowid !== undefined) {
          rowids.push(rowid);
          continue;
        }
        const { value: n } = taken.next();
        if (n === undefined) break;
        const now = placeNow(n, table, scope, context);
        if (now === 'generated') generated.set(BEHIND + place - from, n);
        if (now !== null) rowids.push(now === 'generated' ? BEHIND + place - from : now);
      }
      return tables.withGenerated(schema, generated, () => read(Int32Array.from(rowids)));
    },
  };
}

/** Returns where a row that was generated when it was found is now; null if it was erased. */
function placeNow(n: number, table: VirtualTable, scope: Scope, { tables }: QueryContext): 'generated' | number | null {
  if (tables.virtual?.isGenerated(scope.schema.name, n)) return 'generated';
  const found: unknown = tables.db
    .prepare(`SELECT rowid FROM ${quoted(scope.schema.name)} WHERE "Id" = ?`)
    .raw()
    .get([valueAt(table, 'Id', n)]);
  return Array.isArray(found) ? Number(found[0]) : null;
}

function take(numbers: Numbers, at: number, count: number, descending: boolean): number[] {
  if (!descending) return slice(numbers, at, count);
  const end = sizeOf(numbers) - at;
  const start = Math.max(0, end - count);
  return slice(numbers, start, end - start).reverse();
}

function orderOf(query: Query, table: VirtualTable, scope: Scope, context: QueryContext): Order {
  const descending = query.orderBy[0]?.descending ?? false;
  const columns = query.orderBy.map((item) => {
    const column = item.operand.kind === 'path' ? scope.column(item.operand.path) : null;
    const rises = column?.parent === null && table.columns.get(column.field.name)?.kind === 'rising';
    if (!rises || item.descending !== descending)
      throw errorAt(
        context.soql,
        item.operand.kind === 'path' ? item.operand.path.at : item.operand.at,
        'MALFORMED_QUERY',
        `the sandbox cannot sort the generated rows of ${scope.schema.name} in this way`,
      );
    return column.field.name;
  });
  return { columns, descending };
}

/** Returns the number of generated rows before each stored one. Without an order that is all of them. */
function generatedBefore(
  stored: Int32Array,
  { columns, descending }: Order,
  numbers: Numbers,
  table: VirtualTable,
  scope: Scope,
  context: QueryContext,
): number[] {
  const generated = sizeOf(numbers);
  if (columns.length === 0 || stored.length === 0) return [...stored].map(() => generated);
  const keys: unknown[] = context.tables.db
    .prepare(
      `SELECT ${columns.map((column) => `t.${quoted(column)}`).join(', ')}
       FROM json_each(?) j CROSS JOIN ${quoted(scope.schema.name)} t ON t.rowid = j.value ORDER BY j.key`,
    )
    .raw()
    .all([JSON.stringify([...stored])]);
  return keys.map((key) => {
    const from = firstWhere(table.size, (n) => compareTo(key as Stored[], columns, table, n) >= 0);
    const lower = sizeOf(both(numbers, range(0, from)));
    return descending ? generated - lower : lower;
  });
}

/** Compares row n with the key. Below 0, row n comes first. */
function compareTo(key: readonly Stored[], columns: readonly string[], table: VirtualTable, n: number): number {
  for (const [at, column] of columns.entries()) {
    const [own, other] = [valueAt(table, column, n) ?? '', key[at] ?? ''];
    if (own !== other) return own < other ? -1 : 1;
  }
  return 0;
}
