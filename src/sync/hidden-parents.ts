import type { RunWarning } from '../facts/warnings.ts';
import type { LedgerRange, ParentRange } from '../index/port.ts';
import { looksLikeLostAccess } from '../index/sweep-guard.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from './counted.ts';
import type { ObjectSelection } from './selection.ts';
import { countRecords } from './soql.ts';

/** A share table as the ledger and the org have it. */
export interface CountedTable {
  readonly chosen: ObjectSelection;
  /** The parents that were counted. */
  readonly range: ParentRange;
  /** The ledger's pieces of it. */
  readonly pieces: readonly LedgerRange[];
  /** The rows that the org counts in it; null: it gave no count. */
  readonly counted: number | null;
}

/** Records that the ledger knows to be shared, and how many of them the org shows still; `shown` null: it gave no count. */
export interface HiddenParents {
  readonly parents: number;
  readonly shown: number | null;
}

/**
 * The tables whose missing share rows are no removed ones: the records that they share are not shown any more either. A
 * share row is seen by whoever sees its record, and whoever removes a sharing rule leaves the records. Counts the records
 * only where a mass of rows is missing, so that other runs need no call for it.
 *
 * @param guardPercent more of an object than this, and more than fifty, look like lost access
 */
export async function hiddenParents(
  salesforce: Salesforce,
  tables: readonly CountedTable[],
  guardPercent: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectName, HiddenParents>> {
  const suspicious = tables.filter(({ pieces, counted }) => {
    const rows = sum(pieces, 'rows');
    return counted !== null && looksLikeLostAccess(rows - counted, rows, guardPercent);
  });
  if (suspicious.length === 0) return new Map();
  const queries = suspicious.map(({ chosen, range }) => countRecords(chosen, range));
  const answers = await answersToCounts(salesforce, queries, { signal });
  const hidden = new Map<ObjectName, HiddenParents>();
  for (const [at, { chosen, pieces }] of suspicious.entries()) {
    const parents = sum(pieces, 'parents');
    const shown = countIn(answers[at]);
    if (shown === null || looksLikeLostAccess(parents - shown, parents, guardPercent))
      hidden.set(chosen.object.name, { parents, shown });
  }
  return hidden;
}

function sum(pieces: readonly LedgerRange[], key: 'parents' | 'rows'): number {
  return pieces.reduce((total, piece) => total + piece[key], 0);
}

/** For the operator. */
export function hiddenWarning({ object: { share } }: ObjectSelection, { parents, shown }: HiddenParents): RunWarning {
  return { code: 'share_rows_hidden', shareObject: share.object, parents, shown };
}
