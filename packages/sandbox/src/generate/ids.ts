import { longId } from '../org/ids.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Follows the prefix in every id of a generated org, like the instance code in a real id. */
const INSTANCE = 'Al';

/** Returns the 18-character id of the n-th record with that prefix. Ids ascend with n. */
export function idOf(prefix: string, n: number): string {
  let digits = '';
  for (let rest = n; rest > 0; rest = Math.floor(rest / DIGITS.length)) digits = DIGITS[rest % DIGITS.length] + digits;
  return longId(`${prefix}${INSTANCE}${digits.padStart(10, '0')}`);
}

/** Returns a function that gives out the ids of one sObject in order. */
export function idSequence(prefix: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return idOf(prefix, last);
  };
}
