export type SoqlErrorCode =
  | 'INVALID_FIELD'
  | 'INVALID_TYPE'
  | 'MALFORMED_QUERY'
  | 'INVALID_QUERY_FILTER_OPERATOR'
  | 'NUMBER_OUTSIDE_VALID_RANGE';

/** Reports a query that Salesforce refuses, with its errorCode and message (HTTP 400). */
export class SoqlError extends Error {
  override readonly name = 'SoqlError';
  readonly errorCode: SoqlErrorCode;

  constructor(errorCode: SoqlErrorCode, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** The number of characters that Salesforce shows on each side of the place, before it extends to the next gap. */
const SHOWN = 30;

/**
 * Returns an error at a place in the query, in Salesforce's format: an empty line, the text around the place, a caret
 * below it, row and column, and the message. The text extends 30 characters to each side and on to the next space or
 * comma. Messages quoted in public issues have this in common.
 */
export function errorAt(soql: string, at: number, errorCode: SoqlErrorCode, message: string): SoqlError {
  const lineStart = soql.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = soql.indexOf('\n', at) === -1 ? soql.length : soql.indexOf('\n', at);
  const row = soql.slice(0, lineStart).split('\n').length;
  let from = Math.max(lineStart, at - SHOWN);
  while (from > lineStart && !isGap(soql[from - 1])) from--;
  let to = Math.min(lineEnd, at + SHOWN);
  while (to < lineEnd && !isGap(soql[to])) to++;
  const place = `ERROR at Row:${row}:Column:${at - lineStart + 1}`;
  return new SoqlError(errorCode, `\n${soql.slice(from, to)}\n${' '.repeat(at - from)}^\n${place}\n${message}`);
}

function isGap(character: string | undefined): boolean {
  return character === undefined || /[\s,]/.test(character);
}

const SEE_DESCRIBE = 'Please reference your WSDL or the describe call for the appropriate names.';

/** Salesforce's error texts that are used in several places. */
export const messages = {
  unexpectedToken: (token: string) => `unexpected token: '${token}'`,
  noSuchColumn: (field: string, object: string) =>
    `No such column '${field}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${SEE_DESCRIBE}`,
  noSuchObject: (object: string) =>
    `sObject type '${object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${SEE_DESCRIBE}`,
  noSuchRelationship: (relationship: string) =>
    `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${SEE_DESCRIBE}`,
  noSuchChildRelationship: (relationship: string) =>
    `Didn't understand relationship '${relationship}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${SEE_DESCRIBE}`,
};
