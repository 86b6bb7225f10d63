/** The known names that are like an unknown one, the most similar first, at most `most` of them. */
export function suggestNames(name: string, known: readonly string[], most = 1): string[] {
  const plain = (text: string): string => text.toLowerCase().replaceAll('-', '_');
  return known
    .map((each) => ({ each, distance: editDistance(plain(name), plain(each)) }))
    .filter(({ distance }) => distance <= Math.max(2, name.length / 3))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, most)
    .map(({ each }) => each);
}

/** Levenshtein distance: how many letters to add, drop or change. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
