import type { Filters } from '../../model/filters.ts';
import { scoreOf, WAYS, type Way } from '../../model/levels.ts';
import type { EngineQuery } from '../../port/search-engine.ts';
import type { Phrase, Term } from '../../text/words.ts';
import type { Completions } from './completions.ts';
import { accountToken, ownerToken, principalToken, titleToken, wholeTitleToken } from './tokens.ts';

/** Objects with the same kind of access, and the full-text columns that may be matched in them. */
export interface Group {
  readonly columns: readonly string[];
  /** Those of the columns that are titles. */
  readonly titleColumns: readonly string[];
  /** The other columns of the file. */
  readonly otherColumns: readonly string[];
  /** Only documents that carry one of these principals. Null: every document, or another filter restricts them. */
  readonly principalNumbers: readonly number[] | null;
  /** Only documents that carry all of these. */
  readonly carried: Carried;
}

/** A record's owner and account, by id. Null: any. */
type Carried = Pick<Filters, 'owner' | 'account'>;

interface Query extends Pick<EngineQuery, 'words' | 'terms'> {
  readonly completions: Completions;
}

/** The documents that match the words in one way. */
export interface Level {
  /** Higher is better. */
  readonly score: number;
  /** The FTS5 expression for the documents of this level that are not in a better one. */
  readonly expression: string;
}

/**
 * Returns the FTS5 expression for documents with all terms. A term is only matched in a group's columns, and only in
 * documents that carry the group's principals. Null: there is no column to match (FTS5 has no empty filter).
 */
export function wordsExpression(groups: readonly Group[], query: Query): string | null {
  return acrossGroups(groups, (group) => {
    const own = MATCHES.beginning(group, query);
    return own === null ? null : within(group, own);
  });
}

/**
 * Splits the same documents into levels, best first, by where and how the words occur in them. A document's level
 * depends only on its own readable fields. FTS5's bm25() also counts words of documents and fields that the user may
 * not read.
 */
export function rankedExpressions(groups: readonly Group[], query: Query): Level[] {
  return WAYS.flatMap((way) => {
    const expression = acrossGroups(groups, (group) => {
      const own = MATCHES[way](group, query);
      const better = ABOVE[way].map((each) => MATCHES[each](group, query)).filter((each) => each !== null);
      if (own === null || better.includes(own)) return null;
      // FTS5 then looks up only those rows of the excluded expressions that are still left.
      const left = within(group, own);
      return better.length === 0 ? left : `(${left}) NOT (${better.map((each) => `(${each})`).join(' OR ')})`;
    });
    return expression === null ? [] : [{ score: scoreOf(way), expression }];
  });
}

/** Returns the FTS5 expression for documents that carry one of the principals. At least one must be given. */
export function principalsExpression(principalNumbers: readonly number[]): string {
  return `{acl} : (${principalNumbers.map((principalNumber) => quoted(principalToken(principalNumber))).join(' OR ')})`;
}

/** Returns the FTS5 expression for documents that carry what the group requires. Null: it requires nothing. */
export function carriedExpression({ principalNumbers, carried: { owner, account } }: Group): string | null {
  const tokens = [...(owner === null ? [] : [ownerToken(owner)]), ...(account === null ? [] : [accountToken(account)])];
  const all = [
    ...(principalNumbers === null ? [] : [principalsExpression(principalNumbers)]),
    ...(tokens.length === 0 ? [] : [`{acl} : (${tokens.map(quoted).join(' AND ')})`]),
  ];
  return all.length === 0 ? null : all.join(' AND ');
}

/** The FTS5 expression for documents of a group that match the terms in one way. Null: there can be none. */
type Match = (group: Group, query: Query) => string | null;

const MATCHES: Readonly<Record<Way, Match>> = {
  wholeTitle: (group, { words }) => inTitle(group, [quoted(wholeTitleToken(words))]),
  titleStart: (group, { terms }) =>
    inTitle(
      group,
      sequences(terms).map((tokens) => `^ ${titlePhrase(tokens)}`),
    ),
  titlePhrase: (group, { terms }) => inTitle(group, sequences(terms).map(titlePhrase)),
  titleWords: (group, { terms }) => inTitle(group, [allOf(inTitles(terms), null)]),
  titleStartBeginning: (group, { terms, completions }) => {
    // The last word typed was typed before too: it is not at the end of the sequence.
    if (terms.at(-1)?.isOpen !== true) return null;
    return inTitle(
      group,
      sequences(terms).flatMap((tokens) =>
        beginnings(tokens.map(titleToken), completions).map((phrase) => `^ ${phrase}`),
      ),
    );
  },
  titleBeginning: (group, { terms, completions }) => inTitle(group, [allOf(inTitles(terms), completions)]),
  titleSome: (group, { terms, completions }) => {
    if (terms.length === 1) return inTitle(group, [allOf(inTitles(terms), completions)]);
    const title = inTitle(
      group,
      inTitles(terms).map((term) => termExpression(term, completions)),
    );
    return title === null ? null : `(${anywhere(group, [allOf(terms, completions)])}) AND (${title})`;
  },
  phrase: (group, { terms }) =>
    anywhere(
      group,
      sequences(terms).map((tokens) => quoted(tokens.join(' '))),
    ),
  words: (group, { terms }) => anywhere(group, [allOf(terms, null)]),
  beginning: (group, { terms, completions }) => anywhere(group, [allOf(terms, completions)]),
};

/**
 * For each way, better ways that include every document of any better level. A whole title also begins with its words;
 * titles that begin with the words have them in sequence; those have all words, and so on.
 */
const ABOVE: Readonly<Record<Way, readonly Way[]>> = {
  wholeTitle: [],
  titleStart: ['wholeTitle'],
  titlePhrase: ['wholeTitle', 'titleStart'],
  titleWords: ['wholeTitle', 'titlePhrase'],
  titleStartBeginning: ['titleWords'],
  titleBeginning: ['titleWords', 'titleStartBeginning'],
  titleSome: ['titleBeginning'],
  phrase: ['titleSome'],
  words: ['titleSome', 'phrase'],
  beginning: ['titleSome', 'words'],
};

function acrossGroups(groups: readonly Group[], match: (group: Group) => string | null): string | null {
  const each = groups.flatMap((group) => {
    const matched = group.columns.length === 0 ? null : match(group);
    return matched === null ? [] : [matched];
  });
  return each.length === 0 ? null : each.map((one) => `(${one})`).join(' OR ');
}

function within(group: Group, expression: string): string {
  const carried = carriedExpression(group);
  return carried === null ? expression : `(${expression}) AND ${carried}`;
}

function inTitle({ titleColumns }: Group, expressions: readonly string[]): string | null {
  if (titleColumns.length === 0 || expressions.length === 0) return null;
  return `{${titleColumns.join(' ')}} : (${expressions.join(' OR ')})`;
}

function anywhere(group: Group, expressions: readonly string[]): string | null {
  if (expressions.length === 0) return null;
  return `${columnFilter(group)}(${expressions.join(' OR ')})`;
}

/**
 * Returns the column filter. Without a filter FTS5 is twice as fast, and words never match principals, because no text
 * retains their first letter. FTS5 looks each name up among all columns, so we use the shorter of the two equivalent
 * lists.
 */
function columnFilter({ columns, otherColumns }: Group): string {
  if (otherColumns.length === 0) return '';
  return otherColumns.length < columns.length ? `- {${otherColumns.join(' ')}} : ` : `{${columns.join(' ')}} : `;
}

/**
 * Returns the terms as one sequence of tokens; a single term gives one for each of its spellings. Among other words a
 * term has its first spelling only.
 */
function sequences(terms: readonly Term[]): string[][] {
  const [only, ...others] = terms;
  const ways = only !== undefined && others.length === 0 ? only.alternatives.map((each) => [each]) : [firstWays(terms)];
  return ways.map((way) => way.flat().flatMap(({ tokens }) => tokens));
}

function firstWays(terms: readonly Term[]): (readonly Phrase[])[] {
  return terms.flatMap(({ alternatives }) => alternatives.slice(0, 1));
}

/** Returns the terms with the words that only titles have. */
function inTitles(terms: readonly Term[]): Term[] {
  return terms.map((term) => ({
    ...term,
    alternatives: term.alternatives.map((phrases) =>
      phrases.map((phrase) => ({ ...phrase, tokens: phrase.tokens.map(titleToken) })),
    ),
  }));
}

function titlePhrase(tokens: readonly string[]): string {
  return quoted(tokens.map(titleToken).join(' '));
}

/** @param completions null: an open term's last token is a whole word; otherwise it may be the beginning of a longer one */
function allOf(terms: readonly Term[], completions: Completions | null): string {
  return terms.map((term) => termExpression(term, completions)).join(' AND ');
}

function termExpression({ alternatives, isOpen }: Term, completions: Completions | null): string {
  const each = alternatives.map((phrases) =>
    phrases
      .map((phrase, at) => phraseExpression(phrase, isOpen && at === phrases.length - 1 ? completions : null))
      .join(' AND '),
  );
  return each.length === 1 ? `${each[0]}` : `(${each.map((one) => `(${one})`).join(' OR ')})`;
}

function phraseExpression({ tokens, prefix }: Phrase, completions: Completions | null): string {
  if (completions === null) return quoted(tokens.join(' ')) + (prefix ? ' *' : '');
  const each = beginnings(tokens, completions);
  return each.length === 1 ? `${each[0]}` : `(${each.join(' OR ')})`;
}

/** Returns the phrases of these tokens with each completion of the last one. */
function beginnings(tokens: readonly string[], completions: Completions): string[] {
  return completions(tokens.at(-1) ?? '').map(
    ({ text, isBeginning }) => quoted([...tokens.slice(0, -1), text].join(' ')) + (isBeginning ? ' *' : ''),
  );
}

/** Quotes a text. Nothing is an operator in quotes. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
