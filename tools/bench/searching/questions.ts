import { seeded } from '../share-changes.ts';
import type { Search } from './messages.ts';

/** Searches of one kind. The users ask them in turns. */
export interface Question {
  readonly name: string;
  readonly words: readonly string[];
}

const RARE_AT_MOST = 3;
const LONG_ENOUGH = 5;
const RARE_WORDS = 12;
const FREQUENT_WORDS = 6;
/** Beginnings are of this many most frequent words. */
const OFTEN_TYPED = 200;
const BEGINNINGS = 6;

/**
 * Returns the questions for an org. The same words and seed give the same questions.
 *
 * @param counts in how many texts each word is
 */
export function questionsFor(counts: ReadonlyMap<string, number>, seed: number): Question[] {
  const random = seeded(seed);
  const byCount = [...counts].toSorted(([one, many], [other, few]) => few - many || (one < other ? -1 : 1));
  const rare = byCount.filter(([word, count]) => count <= RARE_AT_MOST && word.length >= LONG_ENOUGH);
  const frequent = byCount.map(([word]) => word).filter((word) => /^\p{L}{3,}$/u.test(word));
  const typed = frequent.slice(0, OFTEN_TYPED);
  const beginnings = (length: number): string[] => {
    const long = [...new Set(typed.filter((word) => word.length > length).map((word) => word.slice(0, length)))];
    return drawn(long, BEGINNINGS, random);
  };
  return [
    {
      name: 'rare word',
      words: drawn(
        rare.map(([word]) => word),
        RARE_WORDS,
        random,
      ),
    },
    { name: 'frequent word', words: frequent.slice(0, FREQUENT_WORDS) },
    { name: 'four letters', words: beginnings(4) },
    { name: 'two letters', words: beginnings(2) },
    // Many numbers begin with a 1.
    { name: 'one letter', words: [...beginnings(1), '1'] },
    { name: 'no words', words: [''] },
  ];
}

/** Draws searches of all kinds by all users. The same questions, users and seed give the same searches. */
export function drawSearches(
  questions: readonly Question[],
  users: readonly string[],
  { count, seed }: { readonly count: number; readonly seed: number },
): Search[] {
  const random = seeded(seed);
  const one = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  return Array.from({ length: count }, (_, nth) => ({
    as: one(users) ?? '',
    words: one(questions[nth % questions.length]?.words ?? []) ?? '',
  }));
}

/** Counts in how many of the texts each word is. */
export function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function drawn<T>(from: readonly T[], count: number, random: () => number): T[] {
  const left = [...from];
  const found: T[] = [];
  while (found.length < count && left.length > 0) found.push(...left.splice(Math.floor(random() * left.length), 1));
  return found;
}
