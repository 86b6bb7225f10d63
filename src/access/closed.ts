import { grantRight, rightFor } from './integration-rights.ts';
import type { Table, TableName, TableRows } from './tables.ts';
import type { Closed } from './types.ts';

/** Collects what a generation closes, so that nothing is closed silently. */
export interface ClosedList {
  /** Counts `count` (1) more of `what`; nothing for 0. */
  add(what: string, why: string, more?: { readonly count?: number; readonly remedy?: string }): void;
  list(): Closed[];
}

export function closedList(): ClosedList {
  const entries = new Map<string, Closed>();
  return {
    add(what, why, { count = 1, remedy } = {}) {
      if (count === 0) return;
      const total = (entries.get(what)?.count ?? 0) + count;
      entries.set(what, { what, why, count: total, ...(remedy === undefined ? {} : { remedy }) });
    },
    list: () => [...entries.values()],
  };
}

/** The table's rows; none, and reported, where it could not be read. `what` names the loss as an operator would. */
export function rowsOr<T extends TableName>(
  table: Table<TableRows[T]>,
  name: T,
  what: string,
  closed: ClosedList,
): readonly TableRows[T][] {
  if (table.rows !== null) return table.rows;
  const right = rightFor(name);
  closed.add(what, `${name} could not be read: ${table.reason}`, right === null ? {} : { remedy: grantRight(right) });
  return [];
}

/** One line for an operator. */
export function describeClosed({ what, why, count, remedy }: Closed): string {
  return `${what}${count === null ? '' : ` (${count})`}: ${why}${remedy === undefined ? '' : ` → ${remedy}`}`;
}
