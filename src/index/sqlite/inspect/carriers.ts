import { principalsExpression } from '../engine/query.ts';
import { carries } from '../engine/scope-sql.ts';
import type { Value } from '../file/database.ts';

/** A way to find documents that carry a principal. It is bounded, so that a large index takes no longer. */
export interface Carriers {
  /** Selects `rid`, ascending: row numbers from ?3 on of documents that carry the principal ?1. */
  readonly select: string;
  /** Returns the principal as the value of ?1. */
  readonly toValue: (principalNumber: number) => Value;
}

const MOST_CARRYING = 500;
const MOST_SCANNED = 20_000;

/** By the full-text table. */
export const INDEXED_CARRIERS: Carriers = {
  select: `select rowid rid from fts where fts match ?1 and rowid >= ?3 limit ${MOST_CARRYING}`,
  toValue: (principalNumber) => principalsExpression([principalNumber]),
};

/** By a scan of documents, for a file without a full-text table. Finds nothing beyond the scanned rows. */
export const SCANNED_CARRIERS: Carriers = {
  select: `select d.rid from (select did from doc where rid >= ?3 order by rid limit ${MOST_SCANNED}) s
    cross join doc d on d.did = s.did where d.live = 1 and ${carries('?1')} limit ${MOST_CARRYING}`,
  toValue: (principalNumber) => BigInt(principalNumber),
};
