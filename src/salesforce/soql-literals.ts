/** What a query's text takes from outside. Nothing but ids and times: both throw for anything else. */

const RECORD_ID = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Whether the text has the form of a record id, of 15 or 18 characters. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}

/** Whether the text is a time as `toISOString` writes it. */
export function isIsoTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

/** A record id in quotes. */
export function quotedId(id: string): string {
  if (!isRecordId(id)) throw new Error('a query was about to take something for a record id that is none');
  return `'${id}'`;
}

/** Record ids in quotes, separated by commas. */
export function quotedIds(ids: readonly string[]): string {
  return ids.map(quotedId).join(', ');
}

/** Salesforce's DateTime literal, whole seconds: comparisons ignore milliseconds. */
export function dateTime(iso: string): string {
  if (!isIsoTime(iso)) throw new Error('a query was about to take something for a time that is none');
  return `${iso.slice(0, 19)}Z`;
}
