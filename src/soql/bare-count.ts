/** `SELECT COUNT() FROM …` announces its number as `totalSize` and has no rows. */
const BARE_COUNT = /^\s*select\s+count\s*\(\s*\)/i;

/** Of a query's text: the client takes any. */
export function isBareCount(soql: string): boolean {
  return BARE_COUNT.test(soql);
}
