import type { Stored } from './values.ts';

/** The default time of a row's creation and last change: long ago, before every watermark. */
const LONG_AGO = Date.UTC(2000, 0, 1);

/** The stamps that replace one that a row lacks, in this order. */
const STAND_INS: Readonly<Record<string, readonly string[]>> = {
  SystemModstamp: ['LastModifiedDate', 'CreatedDate'],
  LastModifiedDate: ['SystemModstamp', 'CreatedDate'],
  CreatedDate: ['LastModifiedDate', 'SystemModstamp'],
};

/** Returns the value of a column that the row lacks: every row has stamps, and is either deleted or not. */
export function defaultFor(column: string, given: (column: string) => Stored): Stored {
  if (column === 'IsDeleted') return 0;
  const standIns = STAND_INS[column];
  if (standIns === undefined) return null;
  for (const standIn of standIns) {
    const value = given(standIn);
    if (value !== null) return value;
  }
  return LONG_AGO;
}

/** The columns that `defaultFor` fills. */
export const FILLED_COLUMNS: readonly string[] = ['IsDeleted', ...Object.keys(STAND_INS)];
