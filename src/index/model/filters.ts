import { recordId18 } from '../../lib/record-ids.ts';
import type { SearchOptions } from '../port/reader.ts';

/** The number of hits on a page, if the search does not say. */
export const DEFAULT_LIMIT = 20;

/** The most hits on a page. */
export const HIGHEST_LIMIT = 200;

export const SORTS = ['relevance', 'modified'] as const;

export type Sort = (typeof SORTS)[number];

/** What narrows a search in addition to its words and objects. Normalized: equal meanings have equal values. */
export interface Filters {
  /** Milliseconds since 1970. Null: no lower bound. */
  readonly modifiedFrom: number | null;
  /** Milliseconds since 1970. Null: no upper bound. */
  readonly modifiedBefore: number | null;
  /** 18 characters. Null: any owner. */
  readonly owner: string | null;
  /** 18 characters. Null: any account. */
  readonly account: string | null;
}

export const NO_FILTERS: Filters = { modifiedFrom: null, modifiedBefore: null, owner: null, account: null };

/** The required form of a time, for messages. */
export const TIME_FORM =
  'an ISO date (2026-03-01, which is midnight UTC) or an ISO date-time with its time zone (2026-03-01T09:30:00Z)';

/** The required form of each id, for messages. */
export const ID_FORMS = {
  owner: 'the id of a user (005…) or a queue (00G…), 15 or 18 characters',
  account: 'the id of an account (001…), 15 or 18 characters',
} as const;

const PREFIXES = { owner: ['005', '00G'], account: ['001'] } as const;

const TIME = /^(\d{4}-\d\d-\d\d)(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/** Returns the filters of a search. Throws `RangeError` for an invalid value. */
export function filtersOf(options: Pick<SearchOptions, keyof Filters>): Filters {
  return {
    modifiedFrom: given(options, 'modifiedFrom', timeOf, TIME_FORM),
    modifiedBefore: given(options, 'modifiedBefore', timeOf, TIME_FORM),
    owner: given(options, 'owner', ownerOf, ID_FORMS.owner),
    account: given(options, 'account', accountOf, ID_FORMS.account),
  };
}

/** Returns the order of a search. Throws `RangeError` for an invalid one. */
export function sortOf({ sort = 'relevance' }: Pick<SearchOptions, 'sort'>): Sort {
  if (!SORTS.includes(sort)) throw new RangeError(`The option \`sort\` must be one of ${SORTS.join(', ')}.`);
  return sort;
}

/**
 * Returns the time in milliseconds since 1970; a date means its midnight in UTC. Null: the text has another form, or no
 * calendar has that date.
 */
export function timeOf(text: string): number | null {
  const [, date] = TIME.exec(text) ?? [];
  if (date === undefined) return null;
  // JavaScript reads the 30th of February as the second of March.
  const midnight = Date.parse(date);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** Returns the id in 18 characters. Null: not the id of a user or a queue. */
export function ownerOf(text: string): string | null {
  return idOf(text, PREFIXES.owner);
}

/** Returns the id in 18 characters. Null: not the id of an account. */
export function accountOf(text: string): string | null {
  return idOf(text, PREFIXES.account);
}

function idOf(text: string, prefixes: readonly string[]): string | null {
  return prefixes.some((prefix) => text.startsWith(prefix)) ? recordId18(text) : null;
}

function given<Value>(
  options: Pick<SearchOptions, keyof Filters>,
  name: keyof Filters,
  read: (text: string) => Value | null,
  form: string,
): Value | null {
  const text = options[name];
  if (text === undefined) return null;
  const value = read(text);
  if (value === null) throw new RangeError(`The option \`${name}\` must be ${form}.`);
  return value;
}
