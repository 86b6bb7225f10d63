import { longId } from '../org/ids.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Stands behind the prefix in every id of a generated org, as an instance's code does. */
const INSTANCE = 'Al';

/** The id of 18 characters of the n-th record with that prefix; they ascend with n. */
export function idOf(prefix: string, n: number): string {
  let digits = '';
  for (let rest = n; rest > 0; rest = Math.floor(rest / DIGITS.length)) digits = DIGITS[rest % DIGITS.length] + digits;
  return longId(`${prefix}${INSTANCE}${digits.padStart(10, '0')}`);
}

/** Gives out the ids of one sObject, one after the other. */
export function idSequence(prefix: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return idOf(prefix, last);
  };
}
