const PLAIN: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|(.))/gs;

function resolve(hex: string | undefined, letter: string | undefined): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  const lower = (letter ?? '').toLowerCase();
  return PLAIN[lower] ?? letter ?? '';
}

/** What a string literal means: its escapes replaced by what they stand for. */
export function unescapeString(raw: string): string {
  return raw.replace(ESCAPE, (_all, hex, letter) => resolve(hex, letter));
}

/** A string literal as a LIKE pattern of SQL with `\` as its escape character: `\_` and `\%` are meant literally. */
export function likePattern(raw: string): string {
  return raw.replace(ESCAPE, (_all, hex, letter) => {
    if (letter === '_' || letter === '%') return `\\${letter}`;
    const meant = resolve(hex, letter);
    return meant === '\\' ? '\\\\' : meant;
  });
}
