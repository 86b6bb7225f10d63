import { ownerOnly } from '../../access/markers.ts';
import type { ObjectName } from '../../objects/index.ts';
import { scoreOf, type Way } from '../model/levels.ts';
import type { EngineQuery, Scope, ScopeGroup } from '../port/search-engine.ts';
import { indexWords } from '../text/normalize.ts';
import type { Phrase, Term } from '../text/words.ts';
import { clipped, type FieldNumbers, letterOf, numberOf, titleStart, wholeTitle } from './words.ts';

/** A query in OpenSearch's query language. No text of a user is part of its syntax: words are values. */
export type Dsl = Readonly<Record<string, unknown>>;

/** Where a member's principals are: a search looks them up itself. */
export interface PrincipalsLookup {
  readonly index: string;
  readonly id: string;
}

/** The letters of the fields in which words count. */
interface Letters {
  readonly all: readonly string[];
  readonly titles: readonly string[];
}

const NOTHING: Dsl = { match_none: {} };

const MOST_START_CHARACTERS = 500;

/**
 * Returns the query for the documents of a scope.
 *
 * @param lookup null: the membership does not know the user
 */
export function scopeQuery({ userId, groups, filters }: Scope, lookup: PrincipalsLookup | null): Dsl {
  const reached = groups.map((group) => reachQuery(group, userId, lookup)).filter((each) => each !== null);
  if (reached.length === 0) return NOTHING;
  const { modifiedFrom, modifiedBefore, owner, account } = filters;
  const within = {
    ...(modifiedFrom === null ? {} : { gte: modifiedFrom }),
    ...(modifiedBefore === null ? {} : { lt: modifiedBefore }),
  };
  return allOf([
    anyOf(reached),
    ...(Object.keys(within).length === 0 ? [] : [{ range: { modified: within } }]),
    ...(owner === null ? [] : [{ term: { owner } }]),
    ...(account === null ? [] : [{ term: { account } }]),
  ]);
}

function reachQuery({ reach, objects }: ScopeGroup, userId: string, lookup: PrincipalsLookup | null): Dsl | null {
  const those = { terms: { object: objects.map(({ name }): ObjectName => name) } };
  if (reach === 'all') return those;
  if (reach === 'bare') return allOf([those, { term: { principals: ownerOnly(userId) } }]);
  return lookup === null ? null : allOf([those, { terms: { principals: { ...lookup, path: 'principals' } } }]);
}

/** Returns the query for the documents that have all the terms in readable fields. Null: no document can. */
export function wordsQuery({ terms, scope }: EngineQuery, numbers: FieldNumbers): Dsl | null {
  if (terms.length === 0) return { match_all: {} };
  const { all } = lettersOf(scope, numbers);
  return all.length === 0 ? null : allTerms(all, terms, true);
}

/**
 * Returns a query for all documents that scores each by its level. Statistics of the index play no part, because they
 * also count what the user may not read. A document that matches in several ways gets the best score.
 */
export function levelsQuery(query: EngineQuery, numbers: FieldNumbers): Dsl {
  const letters = lettersOf(query.scope, numbers);
  const levels = LEVELS.flatMap(([way, match]) => {
    const filter = match(letters, query);
    return filter === null ? [] : [{ constant_score: { filter, boost: scoreOf(way) } }];
  });
  const last = { constant_score: { filter: { match_all: {} }, boost: scoreOf('beginning') } };
  return { dis_max: { queries: [...levels, last] } };
}

/** A query for documents that match in one way, among those that `wordsQuery` finds. Null: there can be none. */
type Match = (letters: Letters, query: EngineQuery) => Dsl | null;

const LEVELS: readonly (readonly [Way, Match])[] = [
  ['wholeTitle', ({ titles }, { words }) => inStarts(titles.map((letter) => wholeTitle(letter, indexWords(words))))],
  ['titleStart', ({ titles }, { terms }) => starting(titles, sequences(terms), ' ')],
  ['titlePhrase', ({ titles }, { terms }) => inSequence(titles, terms)],
  ['titleWords', ({ titles }, { terms }) => (titles.length === 0 ? null : allTerms(titles, terms, false))],
  [
    'titleStartBeginning',
    ({ titles }, { terms }) => (terms.at(-1)?.isOpen === true ? starting(titles, sequences(terms), '') : null),
  ],
  ['titleBeginning', ({ titles }, { terms }) => (titles.length === 0 ? null : allTerms(titles, terms, true))],
  [
    'titleSome',
    ({ titles }, { terms }) => (titles.length === 0 ? null : anyOf(terms.map((term) => termQuery(titles, term, true)))),
  ],
  ['phrase', ({ all }, { terms }) => inSequence(all, terms)],
  // The documents have the other terms as whole words.
  [
    'words',
    ({ all }, { terms }) =>
      allTerms(
        all,
        terms.filter(({ isOpen }) => isOpen),
        false,
      ),
  ],
];

function lettersOf({ groups }: Scope, numbers: FieldNumbers): Letters {
  const objects = groups.flatMap(({ objects }) => objects);
  const lettersIn = (of: 'fields' | 'titleFields') =>
    objects.flatMap((object) => object[of].map((field) => letterOf(numberOf(numbers, object.name, field))));
  return { all: lettersIn('fields'), titles: lettersIn('titleFields') };
}

/** @param mayBegin the last word of an open term may be the beginning of a longer one */
function allTerms(letters: readonly string[], terms: readonly Term[], mayBegin: boolean): Dsl {
  return allOf(terms.map((term) => termQuery(letters, term, mayBegin)));
}

function termQuery(letters: readonly string[], { alternatives, isOpen }: Term, mayBegin: boolean): Dsl {
  return anyOf(
    alternatives.map((phrases) =>
      allOf(
        phrases.map((phrase, at) =>
          phraseQuery(letters, phrase, phrase.prefix || (isOpen && mayBegin && at === phrases.length - 1)),
        ),
      ),
    ),
  );
}

/** Returns the query for documents with these words one after the other in one of the fields. */
function phraseQuery(letters: readonly string[], { tokens }: Phrase, isBeginning: boolean): Dsl {
  const [first = '', ...others] = tokens;
  if (others.length > 0) return sequenceQuery(letters, tokens, isBeginning);
  if (!isBeginning) return { terms: { text: letters.map((letter) => letter + clipped(first)) } };
  return { regexp: { text: { value: classOf(letters) + beginning(first), flags: 'NONE' } } };
}

/** The analyzer takes words with `|` between them for words of one place: the same word in each field. */
function sequenceQuery(letters: readonly string[], tokens: readonly string[], isBeginning: boolean): Dsl {
  const query = tokens.map((token) => letters.map((letter) => letter + clipped(token)).join('|')).join(' ');
  return isBeginning
    ? { match_phrase_prefix: { text: { query, max_expansions: EVERY_WORD } } }
    : { match_phrase: { text: { query } } };
}

/** With fewer, documents that the user may not read would decide which words count. */
const EVERY_WORD = 2 ** 31 - 1;

/** Returns the query for the terms as one phrase. Null: there is no field. */
function inSequence(letters: readonly string[], terms: readonly Term[]): Dsl | null {
  if (letters.length === 0) return null;
  return anyOf(sequences(terms).map((tokens) => phraseQuery(letters, { tokens, prefix: false }, false)));
}

/** @param end what follows the last word */
function starting(titles: readonly string[], all: readonly (readonly string[])[], end: string): Dsl | null {
  if (titles.length === 0) return null;
  return anyOf(
    all.map((tokens) => ({
      regexp: { starts: { value: classOf(titles) + beginning(titleStart('', tokens) + end), flags: 'NONE' } },
    })),
  );
}

function inStarts(values: readonly string[]): Dsl | null {
  return values.length === 0 ? null : { terms: { starts: values } };
}

/**
 * Returns the terms as one sequence of words. A single term gives one for each of its spellings; among others, a term
 * has its first spelling.
 */
function sequences(terms: readonly Term[]): (readonly string[])[] {
  const [only, ...others] = terms;
  const spellings =
    only !== undefined && others.length === 0
      ? only.alternatives
      : [terms.flatMap(({ alternatives: [first = []] }) => first)];
  return spellings.map((phrases) => phrases.flatMap(({ tokens }) => tokens));
}

/** Returns the regular expression for any of the letters. */
function classOf(letters: readonly string[]): string {
  const points = letters.map((letter) => letter.codePointAt(0) ?? 0).toSorted((one, other) => one - other);
  const ranges: [from: number, to: number][] = [];
  for (const point of points) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === point) last[1] = point;
    else ranges.push([point, point]);
  }
  return `[${ranges.map(([from, to]) => `${String.fromCodePoint(from)}-${String.fromCodePoint(to)}`).join('')}]`;
}

/**
 * Returns the regular expression for texts that begin with the text, or with its first characters if it is longer than
 * any word: Lucene reads a regular expression by a function that calls itself for each character.
 */
function beginning(text: string): string {
  const start = text.slice(0, MOST_START_CHARACTERS);
  return `${start.replace(/[^\p{L}\p{M}\p{N} ]/gu, (letter) => `\\${letter}`)}.*`;
}

function allOf(queries: readonly Dsl[]): Dsl {
  const [only] = queries;
  return queries.length === 1 && only !== undefined ? only : { bool: { filter: queries } };
}

function anyOf(queries: readonly Dsl[]): Dsl {
  const [only] = queries;
  return queries.length === 1 && only !== undefined ? only : { bool: { should: queries, minimum_should_match: 1 } };
}
