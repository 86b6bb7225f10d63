import type { OrgTables } from '../access/tables.ts';
import type { Closed } from '../access/types.ts';
import type { Selection } from '../sync/selection.ts';
import type { OwnRights } from './evidence.ts';
import { recordsFindings } from './object-rights.ts';
import { systemRightFindings } from './system-rights.ts';

/**
 * The rights that the integration user lacks, with what that closes: in a run, from the tables that it reads anyway, so
 * without a call of its own; in the words of `check`, which asks for more. What they hide leaves no trace, and so has no count.
 */
export function blindSpots(
  tables: OrgTables,
  selection: Selection,
  rights: OwnRights,
  frozenUsers: 'closed' | 'open',
): Closed[] {
  const findings = [
    ...systemRightFindings(rights, { tables, userDefault: null, frozenUsers }),
    ...recordsFindings(selection, rights, tables),
  ];
  return findings.flatMap(({ status, found, closes, remedy }) =>
    (status === 'failed' || status === 'warning') && closes !== null
      ? [{ what: found, why: `this closes ${closes}`, count: null, ...(remedy === null ? {} : { remedy }) }]
      : [],
  );
}
