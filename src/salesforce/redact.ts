/** Removes secrets from an org's text, in any encoding in which it repeats them. */
export type Redact = (text: string) => string;

/** A piece of a secret this long is removed like the whole, because a message may be cut in the middle of one. */
const PIECE = 16;

/** Maximum nesting of encodings: Basic in base64, percent-encoded in a URL. */
const MOST_LAYERS = 2;

/** Maximum nesting of escapes, as in `%2521`. */
const MOST_ESCAPES = 4;

const PERCENT = /(?:%[0-9a-f]{2})+|%u[0-9a-f]{4}/giu;
const HTML = /&#\d{1,7};?|&#x[0-9a-f]{1,6};?|&\w{2,8};/giu;
const JSON_ESCAPES = /\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[/"'\\]/giu;
const ALL =
  /(?:%[0-9a-f]{2})+|%u[0-9a-f]{4}|&#\d{1,7};?|&#x[0-9a-f]{1,6};?|&\w{2,8};|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[/"'\\]/giu;
const BASE64_RUN = /[A-Za-z0-9+/_-]{8,}/gu;
const HEX_RUN = /[0-9a-f]{8,}/giu;

/** Named entities for characters that a secret can contain. Letters and digits do not need one. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  ast: '*',
  bsol: '\\',
  colon: ':',
  comma: ',',
  commat: '@',
  dollar: '$',
  equals: '=',
  excl: '!',
  gt: '>',
  hyphen: '-',
  lowbar: '_',
  lpar: '(',
  lt: '<',
  num: '#',
  percnt: '%',
  period: '.',
  plus: '+',
  quest: '?',
  quot: '"',
  rpar: ')',
  semi: ';',
  sol: '/',
};

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function unescaped(sequence: string): string {
  if (/^%[0-9a-f]/iu.test(sequence)) return Buffer.from(sequence.replaceAll('%', ''), 'hex').toString('utf8');
  if (sequence.startsWith('&#')) {
    const digits = sequence.slice(2).replace(';', '');
    return character(/^x/iu.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number(digits));
  }
  if (sequence.startsWith('&')) return ENTITIES[sequence.slice(1, -1).toLowerCase()] ?? sequence;
  return /^[%\\][ux]/iu.test(sequence) ? character(Number.parseInt(sequence.slice(2), 16)) : sequence.slice(1);
}

/**
 * Returns the text together with its versions after removing escapes, layer by layer. Removes all kinds at once, and
 * also each kind alone, because a secret may itself contain what looks like an escape of another kind.
 */
function withFewerEscapes(text: string): ReadonlySet<string> {
  const texts = new Set([text]);
  for (const escapes of [ALL, PERCENT, HTML, JSON_ESCAPES]) {
    let last = text;
    for (let layer = 0; layer < MOST_ESCAPES; layer += 1) {
      const next = last.replace(escapes, unescaped);
      if (next === last) break;
      texts.add(next);
      last = next;
    }
  }
  return texts;
}

/** Decodes runs of base64, base64url and hex in a text, for every alignment of the encoded bytes. */
function decoded(text: string): string[] {
  const base64 = [...text.matchAll(BASE64_RUN)].flatMap(([run]) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString('utf8')),
  );
  const hex = [...text.matchAll(HEX_RUN)].flatMap(([run]) =>
    [0, 1].map((start) => Buffer.from(run.slice(start), 'hex').toString('utf8')),
  );
  return [...base64, ...hex];
}

/**
 * Returns the pieces by which a secret is recognized, by their length. In lower case, because some texts change the
 * case.
 */
function piecesOf(secrets: readonly string[]): ReadonlyMap<number, ReadonlySet<string>> {
  const pieces = new Map<number, Set<string>>();
  for (const secret of secrets) {
    const text = secret.toLowerCase();
    const length = Math.min(PIECE, text.length);
    if (length === 0) continue;
    const known = pieces.get(length) ?? new Set<string>();
    pieces.set(length, known);
    for (let start = 0; start + length <= text.length; start += 1) known.add(text.slice(start, start + length));
  }
  return pieces;
}

/**
 * Creates a function that replaces by `…` every word which contains one of the secrets, or a long piece of one: as it
 * is, percent-encoded, as base64 at any alignment, as hex, with HTML or JSON escapes, or nested. If a secret is spread
 * over several words, the whole text is replaced. Pure.
 */
export function createRedact(secrets: readonly string[]): Redact {
  const pieces = piecesOf(secrets);

  function isIn(text: string): boolean {
    const lower = text.toLowerCase();
    for (const [length, known] of pieces) {
      for (let start = 0; start + length <= lower.length; start += 1)
        if (known.has(lower.slice(start, start + length))) return true;
    }
    return false;
  }

  function isHidden(text: string, layers: number): boolean {
    // A form encodes a space as a plus sign.
    return [...withFewerEscapes(text)].some(
      (plain) =>
        isIn(plain) ||
        (plain.includes('+') && isIn(plain.replaceAll('+', ' '))) ||
        (layers > 0 && decoded(plain).some((inner) => isHidden(inner, layers - 1))),
    );
  }

  return (text) => {
    const words = text.replace(/\S+/gu, (word) => (isHidden(word, MOST_LAYERS) ? '…' : word));
    return isHidden(words, MOST_LAYERS) || isHidden(words.replace(/\s/gu, ''), MOST_LAYERS) ? '…' : words;
  };
}
