import type { Database } from '../file/database.ts';
import { lines } from '../file/stored.ts';

/** Words of the file, by their beginning. */
export interface Completion {
  readonly text: string;
  /** Every word that begins with the text. Otherwise the word itself. */
  readonly isBeginning: boolean;
}

/** Splits the words that begin with a text into such that FTS5 finds quickly. Returns at least one. */
export type Completions = (beginning: string) => readonly Completion[];

/** With more, FTS5 is slower if it gets each of them than if it gathers the places of all of them. */
const MOST = 64;

/** FTS5 keeps lists of the places of words that begin with this number of equal characters. */
export const LISTED_CHARACTERS = 2;

/** Above every character that can follow. */
const LAST = `char(${0x10ffff})`;

/** Below every character. */
const FIRST = 'char(1)';

/** The words that begin with a text. */
const WORDS = wordsWith('found.word', `found.word || ${FIRST}`);

/** The word that is the text, and the listed beginnings that begin with it. */
const LISTED = wordsWith(
  `substr(found.word, 1, ${LISTED_CHARACTERS})`,
  `substr(found.word, 1, ${LISTED_CHARACTERS}) || iif(length(found.word) < ${LISTED_CHARACTERS}, ${FIRST}, ${LAST})`,
);

/**
 * Creates the table that completions are read from, for this connection only. It holds nothing: it shows the words of
 * the full-text table, in the state that the connection reads.
 */
export function showWords(db: Database): void {
  db.exec('create virtual table temp.words using fts5vocab(main, fts, instance)');
}

/** Returns the completions of one state of the file. */
export function completionsIn(db: Database): Completions {
  const known = new Map<string, readonly Completion[]>();
  return (beginning) => {
    const completions = known.get(beginning) ?? completionsOf(db, beginning);
    known.set(beginning, completions);
    return completions;
  };
}

function completionsOf(db: Database, beginning: string): readonly Completion[] {
  const length = [...beginning].length;
  const whole = [{ text: beginning, isBeginning: true }];
  if (length === LISTED_CHARACTERS) return whole;
  const isShort = length < LISTED_CHARACTERS;
  const words = db.value(lines('word'), isShort ? LISTED : WORDS, beginning) ?? [];
  if (words.length > MOST) return whole;
  // No word begins so: the text itself finds nothing.
  if (words.length === 0) return [{ text: beginning, isBeginning: false }];
  return words.map((text) => ({ text, isBeginning: isShort && [...text].length === LISTED_CHARACTERS }));
}

/**
 * Returns a statement that finds each word by the one before it. A scan would read every place of every word.
 *
 * @param shown what is shown of `found.word`
 * @param next a text above all words of which the same is shown, and not above the next word
 */
function wordsWith(shown: string, next: string): string {
  return `from (
    with recursive found(word) as (
      select (select term from temp.words where term >= ?1 limit 1)
      union all
      select (select term from temp.words where term >= ${next} limit 1) from found where ${begins('found.word')}
    )
    select ${shown} as word from found where ${begins('found.word')} limit ${MOST + 1}
  )`;
}

function begins(word: string): string {
  return `substr(${word}, 1, length(?1)) = ?1`;
}
