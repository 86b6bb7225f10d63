/**
 * Scripts written without spaces between words. Unicode's line-breaking classes allow a break between any two of their
 * letters (ID), where a dictionary says so (SA), or between syllables (AK, AS). Hangul is one of them because it joins
 * words. A dictionary splits a word differently in a sentence than alone, and each version of ICU has another
 * dictionary. So we do not look for word borders, and miss none.
 */
const UNSPACED_SCRIPTS = [
  // ID
  /\p{scx=Han}/u,
  /\p{scx=Hira}/u,
  /\p{scx=Kana}/u,
  /\p{scx=Hang}/u,
  /\p{scx=Bopo}/u,
  /\p{scx=Yiii}/u,
  /\p{scx=Tang}/u,
  /\p{scx=Nshu}/u,
  // SA
  /\p{scx=Thai}/u,
  /\p{scx=Laoo}/u,
  /\p{scx=Khmr}/u,
  /\p{scx=Mymr}/u,
  /\p{scx=Tale}/u,
  /\p{scx=Talu}/u,
  /\p{scx=Lana}/u,
  /\p{scx=Tavt}/u,
  /\p{scx=Ahom}/u,
  // AK, AS
  /\p{scx=Bali}/u,
  /\p{scx=Batk}/u,
  /\p{scx=Brah}/u,
  /\p{scx=Cham}/u,
  /\p{scx=Gran}/u,
  /\p{scx=Java}/u,
  /\p{scx=Maka}/u,
  // Dives Akuru, Kawi and Khitan by their blocks: regular-expression checkers do not know their names.
  /[\u{11900}-\u{1195f}\u{11f00}-\u{11f5f}\u{18b00}-\u{18cff}]/u,
];

export type Kind = 'letter' | 'unspaced' | 'mark' | 'other';
const KINDS: readonly Kind[] = ['letter', 'unspaced', 'mark', 'other'];

/** By code point: 1 + the index in KINDS. 0: not looked up yet. */
const known = new Uint8Array(0x110000);

/** Returns the role of a code point of a folded text in words. Digits are letters. */
export function kindOf(code: number): Kind {
  let number = known[code] ?? 0;
  if (number === 0) {
    number = 1 + KINDS.indexOf(askKind(String.fromCodePoint(code)));
    known[code] = number;
  }
  return KINDS[number - 1] ?? 'other';
}

function askKind(letter: string): Kind {
  if (/\p{M}/u.test(letter)) return 'mark';
  if (!/[\p{L}\p{N}]/u.test(letter)) return 'other';
  return isOfUnspaced(letter) ? 'unspaced' : 'letter';
}

/** Reports whether a letter or mark belongs to a script without spaces. */
export function isUnspaced(letter: string): boolean {
  return /[\p{L}\p{M}]/u.test(letter) && isOfUnspaced(letter);
}

function isOfUnspaced(character: string): boolean {
  return UNSPACED_SCRIPTS.some((script) => script.test(character));
}

/** A word, or (isRun) a run of letters of scripts without spaces. */
export interface Piece {
  readonly text: string;
  readonly isRun: boolean;
}

/** Splits a folded text into words and runs. A mark belongs to the letter before it. */
export function piecesOf(folded: string): Piece[] {
  const pieces: Piece[] = [];
  let open: Kind = 'other';
  let start = 0;
  const close = (at: number): void => {
    if (open !== 'other') pieces.push({ text: folded.slice(start, at), isRun: open === 'unspaced' });
  };
  for (let at = 0; at < folded.length; ) {
    const code = folded.codePointAt(at) ?? 0;
    const kind = kindOf(code);
    if (kind !== open && kind !== 'mark') {
      close(at);
      open = kind;
      start = at;
    }
    at += code > 0xffff ? 2 : 1;
  }
  close(folded.length);
  return pieces;
}

/** Splits a run into its letters, each with its marks. */
export function lettersOf(run: string): string[] {
  const starts = startsOf(run);
  return starts.map((start, at) => run.slice(start, starts[at + 1]));
}

/** Returns the overlapping pairs of a run's letters. A single letter is returned alone. */
export function pairsOf(run: string): string[] {
  const starts = startsOf(run);
  return starts.slice(0, Math.max(1, starts.length - 1)).map((start, at) => run.slice(start, starts[at + 2]));
}

function startsOf(run: string): number[] {
  const starts: number[] = [];
  for (let at = 0; at < run.length; ) {
    const code = run.codePointAt(at) ?? 0;
    if (at === 0 || kindOf(code) !== 'mark') starts.push(at);
    at += code > 0xffff ? 2 : 1;
  }
  return starts;
}

/** Joins the letters whose pairs these are, without spaces. Null: the tokens are words. */
export function unspacedOf(tokens: readonly string[]): string | null {
  const [first = '', ...others] = tokens;
  if (kindOf(first.codePointAt(0) ?? 0) !== 'unspaced') return null;
  return first + others.map((pair) => lettersOf(pair)[1] ?? '').join('');
}
