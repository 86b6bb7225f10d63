import { OBJECT_NAMES } from '../../objects/index.ts';
import { HIGHEST_LIMIT, ID_FORMS, SORTS, TIME_FORM } from '../model/filters.ts';
import { USER_NAME_KINDS } from '../model/user-name.ts';
import type { IndexReader } from '../port/reader.ts';

/** Wraps an index, and checks the types of its arguments: callers in JavaScript have no compiler to do it. */
export function checkingArguments(index: IndexReader): IndexReader {
  return {
    async search(words, options) {
      check(words, options);
      return index.search(words, options);
    },
    async ids(words, options) {
      check(words, options);
      if ('sort' in options && options.sort !== undefined)
        throw new TypeError('`ids` gives all ids, in no order: leave out the option `sort`.');
      return index.ids(words, options);
    },
    async record(id, options) {
      if (typeof id !== 'string') throw new TypeError('The id of the record must be a string.');
      checkUser(options);
      return index.record(id, options);
    },
    close: () => index.close(),
  };
}

function check(words: unknown, options: unknown): void {
  if (typeof words !== 'string') throw new TypeError('The words to search for must be a string; "" for everything.');
  checkUser(options);
  const { as: _, types, limit, cursor, verify, ...others } = (options ?? {}) as Readonly<Record<string, unknown>>;
  if (limit !== undefined && typeof limit !== 'number')
    throw new TypeError(`The option \`limit\` must be a number, 1 to ${HIGHEST_LIMIT}.`);
  if (cursor !== undefined && cursor !== null && typeof cursor !== 'string')
    throw new TypeError("The option `cursor` must be a result's cursor, a string; null for the first page.");
  if (verify !== undefined && typeof verify !== 'boolean')
    throw new TypeError('The option `verify` must be true or false.');
  if (types !== undefined) checkTypes(types);
  for (const [name, form] of Object.entries(TEXTS))
    if (others[name] !== undefined && typeof others[name] !== 'string')
      throw new TypeError(`The option \`${name}\` must be a string: ${form}.`);
}

function checkUser(options: unknown): void {
  const { as } = (options ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof as === 'object' && as !== null) checkReference(as as Readonly<Record<string, unknown>>);
  else if (typeof as !== 'string' || as.trim() === '')
    throw new TypeError(
      'The option `as` is missing: the user who searches, by user id, username, federation identifier or e-mail.',
    );
}

function checkReference({ kind, name, organizationId }: Readonly<Record<string, unknown>>): void {
  const isKind = USER_NAME_KINDS.some((each) => each === kind);
  if (!isKind || typeof name !== 'string' || name === '')
    throw new TypeError(
      `The option \`as\` must be a string or { kind, name }; kinds are ${USER_NAME_KINDS.join(', ')}.`,
    );
  if (organizationId !== undefined && typeof organizationId !== 'string')
    throw new TypeError('The organization of the option `as` must be a string, 18 characters.');
}

/** Options that are texts, with the form of each. The index checks the values. */
const TEXTS = {
  modifiedFrom: TIME_FORM,
  modifiedBefore: TIME_FORM,
  owner: ID_FORMS.owner,
  account: ID_FORMS.account,
  sort: SORTS.join(' or '),
};

function checkTypes(types: unknown): void {
  if (!Array.isArray(types) || !types.every((type) => typeof type === 'string'))
    throw new TypeError("The option `types` must be a list of objects, as ['Account'].");
  if (!types.every((type) => OBJECT_NAMES.some((name) => name === type)))
    throw new RangeError(
      `The option \`types\` contains an object that is not indexed. Indexed objects: ${OBJECT_NAMES.join(', ')}.`,
    );
}
