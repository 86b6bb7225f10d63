import type { ToldUnindexed, UnindexedCause } from '../facts/unindexed.ts';
import type { Unindexed } from '../index/port.ts';
import { thousands } from './numbers.ts';

/** Why a record could not be indexed, as a clause. */
export function unindexedText(cause: UnindexedCause): string {
  switch (cause.code) {
    case 'field_holds_list':
      return `${cause.field} holds a list, not text`;
    case 'field_holds_object':
      return `${cause.field} holds an object, not text`;
    case 'field_too_long':
      return `${cause.field} holds ${thousands(cause.characters)} characters, ${thousands(cause.most)} at most`;
    case 'modified_malformed':
      return 'SystemModstamp is not a time';
    case 'engine_refused':
      return `the index cannot take it (${cause.engineCode})`;
    case 'earlier_version':
      return cause.text;
  }
}

export function tellUnindexed({ count, records }: Unindexed): ToldUnindexed {
  return {
    count,
    records: records.map(({ id, object, cause: why }) => ({ id, object, cause: unindexedText(why), why })),
  };
}
