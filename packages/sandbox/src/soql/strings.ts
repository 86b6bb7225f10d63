const PLAIN: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|(.))/gs;

function resolve(hex: string | undefined, letter: string | undefined): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  const lower = (letter ?? '').toLowerCase();
  return PLAIN[lower] ?? letter ?? '';
}

/** Returns a string literal's value, with its escapes resolved. */
export function unescapeString(raw: string): string {
  return raw.replace(ESCAPE, (_all, hex, letter) => resolve(hex, letter));
}

/** Converts a string literal to an SQL LIKE pattern with `\` as escape character. `\_` and `\%` match literally. */
export function likePattern(raw: string): string {
  return raw.replace(ESCAPE, (_all, hex, letter) => {
    if (letter === '_' || letter === '%') return `\\${letter}`;
    const meant = resolve(hex, letter);
    return meant === '\\' ? '\\\\' : meant;
  });
}
