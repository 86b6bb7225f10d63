import type { RunWarning } from '../facts/warnings.ts';
import { looksLikeLostAccess } from '../index/model/staleness.ts';
import type { LedgerRange, ParentRange } from '../index/port/ledger.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from './ask-counts.ts';
import type { ObjectSchema } from './resolved-schema.ts';
import { countRecords } from './soql.ts';

/** A share table's counts in the ledger and in the org. */
export interface CountedTable {
  readonly chosen: ObjectSchema;
  /** The parents that were counted. */
  readonly range: ParentRange;
  /** The ledger's pieces of that range. */
  readonly pieces: readonly LedgerRange[];
  /** The org's row count in that range; null if it gave none. */
  readonly counted: number | null;
}

/**
 * The number of records that the ledger knows to be shared, and how many of them the org still shows; `shown` is null
 * if it gave no count.
 */
export interface HiddenParents {
  readonly parents: number;
  readonly shown: number | null;
}

/**
 * Returns the tables whose share rows are missing because the org no longer shows the shared records, so that the rows
 * were not removed. Share rows are visible whenever their record is, and removing a sharing rule keeps the records.
 * Counts the records only if a mass of rows is missing, so that other runs need no call for it.
 *
 * @param guardPercent losing more than this percentage of an object, and more than fifty, looks like lost access
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

export function hiddenWarning({ object: { share } }: ObjectSchema, { parents, shown }: HiddenParents): RunWarning {
  return { code: 'share_rows_hidden', shareObject: share.object, parents, shown };
}
