/** How the connector's indexes are made. */

/** The number of characters of a word, or of the beginning of a title, that are indexed. A term has 32,766 bytes at most. */
export const MOST_TERM_CHARACTERS = 8_000;

/** A tombstone has this in place of its object. No scope has it. */
export const REMOVED = '@removed';

/** More than a membership's principals, and than the words of any query in all fields. */
const MOST_TERMS = 1_000_000;

/** A class of all fields of an index has as many characters. */
const MOST_REGEXP_CHARACTERS = 10_000;

/** Longer tokens are split. OpenSearch allows no longer ones. */
const MOST_TOKEN_CHARACTERS = 1_048_576;

export interface IndexSize {
  readonly shards: number;
  readonly replicas: number;
}

/** With segments, a refresh would not wait for the replicas, and their searches would see an older state. */
const REPLICATION = { replication: { type: 'DOCUMENT' } } as const;

const keyword = { type: 'keyword', norms: false, doc_values: false } as const;
const unsearchable = { type: 'object', enabled: false } as const;

/**
 * The connector splits and folds the words itself. In `text`, each word has its field's letter before it (words.ts), so
 * one field of the index holds all fields of Salesforce. Each has a value of its own, and a gap before it.
 *
 * `asked` takes several words for one place, separated by `|`.
 */
export function documentsIndex({ shards, replicas }: IndexSize) {
  return {
    settings: {
      index: {
        number_of_shards: shards,
        number_of_replicas: replicas,
        ...REPLICATION,
        // Searches see what was refreshed, and the connector says when.
        refresh_interval: '-1',
        translog: { durability: 'request' },
        max_terms_count: MOST_TERMS,
        max_regex_length: MOST_REGEXP_CHARACTERS,
        analysis: {
          tokenizer: { spaces: { type: 'whitespace', max_token_length: MOST_TOKEN_CHARACTERS } },
          filter: { apart: { type: 'pattern_capture', preserve_original: false, patterns: ['([^|]+)'] } },
          analyzer: {
            words: { type: 'custom', tokenizer: 'spaces' },
            asked: { type: 'custom', tokenizer: 'spaces', filter: ['apart'] },
          },
        },
      },
    },
    mappings: {
      dynamic: 'strict',
      _source: { excludes: ['text', 'starts', 'principals'] },
      properties: {
        object: keyword,
        order: { type: 'long' },
        sequence: { type: 'long', index: false },
        modified: { type: 'long' },
        owner: keyword,
        account: keyword,
        principals: keyword,
        text: { type: 'text', analyzer: 'words', search_analyzer: 'asked', norms: false, index_options: 'positions' },
        starts: keyword,
        strings: unsearchable,
        removedAt: { type: 'long' },
      },
    },
  } as const;
}

/** Members and names of every generation that searches may still use. */
export function membersIndex({ replicas }: IndexSize) {
  return {
    settings: {
      index: { number_of_shards: 1, number_of_replicas: replicas, ...REPLICATION, refresh_interval: '-1' },
    },
    mappings: {
      dynamic: 'strict',
      properties: {
        generation: keyword,
        kind: keyword,
        user: keyword,
        until: { type: 'long', index: false, doc_values: false },
        // A search looks them up by the id of the member.
        principals: { type: 'keyword', index: false, doc_values: false },
        objects: unsearchable,
        name: { type: 'keyword', index: false, doc_values: false },
        username: keyword,
        federation: keyword,
        email: keyword,
        refused: keyword,
      },
    },
  } as const;
}

/** Documents that are read by their ids only. */
export function controlIndex({ replicas }: IndexSize) {
  return {
    settings: { index: { number_of_shards: 1, number_of_replicas: replicas, ...REPLICATION } },
    mappings: { dynamic: 'strict', properties: { value: unsearchable } },
  } as const;
}
