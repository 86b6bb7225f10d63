import type { CoverageGap, TableLoss, TableName } from '../facts/coverage-gaps.ts';
import type { Table, TableRows } from './tables.ts';

/** Collects the coverage gaps of a generation, so that nothing is hidden silently. */
export interface GapList {
  /** Adds its count to the gap of the same subject; nothing for 0. */
  add(gap: CoverageGap & { readonly count: number }): void;
  list(): CoverageGap[];
}

export function gapList(): GapList {
  const gaps = new Map<string, CoverageGap & { readonly count: number }>();
  return {
    add(gap) {
      if (gap.count === 0) return;
      const subject = subjectOf(gap);
      gaps.set(subject, { ...gap, count: (gaps.get(subject)?.count ?? 0) + gap.count });
    },
    list: () => [...gaps.values()],
  };
}

/** Tables with the same loss count together. */
function subjectOf({ count: _, ...gap }: CoverageGap): string {
  return JSON.stringify(gap.code === 'table_unreadable' ? [gap.code, gap.loss] : gap);
}

/** The table's rows; none, and reported with what is lost, where it could not be read. */
export function rowsOr<T extends TableName>(
  table: Table<TableRows[T]>,
  name: T,
  loss: TableLoss,
  gaps: GapList,
): readonly TableRows[T][] {
  if (table.rows !== null) return table.rows;
  gaps.add({ code: 'table_unreadable', table: name, loss, reason: table.reason, count: 1 });
  return [];
}
