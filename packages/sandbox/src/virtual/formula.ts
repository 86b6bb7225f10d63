import { longId } from '../org/ids.ts';
import { type Stored, wholeSeconds } from '../org/values.ts';
import type { VirtualSettings } from './settings.ts';

/** The formula of a column of generated rows. */
export type Formula =
  /** Never decreases from row to row, so a range of values is a range of rows. */
  | { readonly kind: 'rising'; readonly at: (n: number) => string | number }
  | { readonly kind: 'any'; readonly at: (n: number) => Stored }
  | { readonly kind: 'constant'; readonly value: Stored };

/** A table whose rows are computed from their number. */
export interface VirtualTable {
  readonly size: number;
  /** The formulas by column. Other columns are null. */
  readonly columns: ReadonlyMap<string, Formula>;
}

const rising = (at: (n: number) => string | number): Formula => ({ kind: 'rising', at });
const any = (at: (n: number) => Stored): Formula => ({ kind: 'any', at });
const constant = (value: Stored): Formula => ({ kind: 'constant', value });

/**
 * Returns the id of the n-th row. Ids rise with n because its digits have a fixed width. `Vr` distinguishes them from
 * the ids of stored rows.
 */
function idOf(prefix: string, n: number): string {
  return longId(`${prefix}Vr${String(n).padStart(10, '0')}`);
}

/** Returns the generated tables by object. */
export function virtualTables(settings: VirtualSettings): ReadonlyMap<string, VirtualTable> {
  const { accounts, shares_per_account: each, owners, from, to } = settings;
  const shares = accounts * each;
  const stamp = (size: number) => (n: number) => wholeSeconds(from + ((to - from) * n) / Math.max(1, size - 1));
  const person = (n: number): string => owners[n % owners.length] ?? '';
  const accountOf = (n: number): number => Math.floor(n / each);
  const isOwners = (n: number): boolean => n % each === 0;
  return new Map<string, VirtualTable>([
    [
      'Account',
      {
        size: accounts,
        columns: new Map([
          ['Id', rising((n) => idOf('001', n))],
          ['Name', any((n) => `Account ${n}`)],
          ['OwnerId', any(person)],
          ['CreatedDate', constant(from)],
          ['LastModifiedDate', rising(stamp(accounts))],
          ['SystemModstamp', rising(stamp(accounts))],
          ['IsDeleted', constant(0)],
        ]),
      },
    ],
    [
      'AccountShare',
      {
        size: shares,
        columns: new Map([
          ['Id', rising((n) => idOf('00r', n))],
          ['AccountId', rising((n) => idOf('001', accountOf(n)))],
          ['UserOrGroupId', any((n) => person(accountOf(n) + (n % each)))],
          ['AccountAccessLevel', any((n) => (isOwners(n) ? 'All' : 'Read'))],
          ['ContactAccessLevel', constant('None')],
          ['CaseAccessLevel', constant('None')],
          ['OpportunityAccessLevel', constant('None')],
          ['RowCause', any((n) => (isOwners(n) ? 'Owner' : 'Manual'))],
          ['LastModifiedDate', rising(stamp(shares))],
          ['IsDeleted', constant(0)],
        ]),
      },
    ],
  ]);
}

/** Returns the value of a column in a row. */
export function valueAt(table: VirtualTable, column: string, n: number): Stored {
  const formula = table.columns.get(column);
  if (formula === undefined) return null;
  return formula.kind === 'constant' ? formula.value : formula.at(n);
}
