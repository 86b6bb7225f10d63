import type { IndexedFields } from '../../objects/index.ts';
import { stringsHash } from '../model/merge.ts';
import type { RecordWrite } from '../port/documents.ts';
import { prepareContents } from './engine/tokens.ts';

/**
 * Computes what the store of an embedded engine would compute of the record's strings. A record that this fails for
 * stays as it is: the store meets the same error, and names the record.
 */
export function prepareRecord(record: RecordWrite, indexed: IndexedFields): RecordWrite {
  const { id, object, fields } = record;
  try {
    return { ...record, prepared: { hash: stringsHash(id, fields), ...prepareContents(object, indexed, fields) } };
  } catch {
    return record;
  }
}
