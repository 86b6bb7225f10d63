/** The values by code unit, each once. Takes the array over and may return it. */
export function sortedUnique(values: string[]): string[] {
  values.sort();
  let kept = 0;
  for (const value of values) {
    if (kept > 0 && values[kept - 1] === value) continue;
    values[kept] = value;
    kept += 1;
  }
  values.length = kept;
  return values;
}
