import type { Unindexed, UnindexedCause, UnindexedSummary } from '../facts/unindexed.ts';
import { thousands } from './numbers.ts';

/** Describes why a record could not be indexed, as a clause. */
export function unindexedText(cause: UnindexedCause): string {
  switch (cause.code) {
    case 'field_holds_list':
      return `${cause.field} is a list, not text`;
    case 'field_holds_object':
      return `${cause.field} is an object, not text`;
    case 'field_too_long':
      return `${cause.field} has ${thousands(cause.characters)} characters; at most ${thousands(cause.most)} are allowed`;
    case 'modified_malformed':
      return 'SystemModstamp is not a time';
    case 'engine_refused':
      return `the index cannot take it (${cause.engineCode})`;
    case 'earlier_version':
      return cause.text;
  }
}

export function withUnindexedText({ count, records }: Unindexed): UnindexedSummary {
  return {
    count,
    records: records.map(({ id, object, cause: why }) => ({ id, object, cause: unindexedText(why), why })),
  };
}
