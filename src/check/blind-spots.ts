import type { CoverageGap } from '../access/coverage-gaps.ts';
import type { OrgTables } from '../access/tables.ts';
import type { Selection } from '../sync/selection.ts';
import type { OwnRights } from './evidence.ts';
import { recordsFindings } from './object-rights.ts';
import { systemRightFindings } from './system-rights.ts';

/**
 * What the rights close that the integration user lacks: in a run, from the tables that it reads anyway, so without a call of
 * its own, as `check` finds it, which asks for more. What they hide leaves no trace, and so has no count.
 */
export function blindSpots(
  tables: OrgTables,
  selection: Selection,
  rights: OwnRights,
  frozenUsers: 'closed' | 'open',
): CoverageGap[] {
  const findings = [
    ...systemRightFindings(rights, { tables, userDefault: null, frozenUsers }),
    ...recordsFindings(selection, rights, tables),
  ];
  return findings.flatMap(({ gap }) => gap ?? []);
}
