/** What a request may be, over HTTP and MCP. */

/** No search needs a larger body. */
export const MOST_BODY_BYTES = 65_536;

/** The most characters of the words: enough for any question that people type. */
export const MOST_WORDS = 1_000;

export const MOST_CURSOR = 2_000;

/** The most characters of a time and of an id. */
export const MOST_TIME = 40;
export const MOST_ID = 18;

export const RECORD_ID = {
  pattern: /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/,
  error: 'write a record id, 15 or 18 characters',
};
