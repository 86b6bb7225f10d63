import type { Database } from '../file/database.ts';
import { Damage, text } from '../file/stored.ts';

const KEY_BYTES = 32;

/** Reads the key of the file's cursors. */
export function readCursorKey(db: Database): Buffer {
  const stored = db.value(text('value'), "from meta where key = 'cursor_key'") ?? '';
  const key = Buffer.from(stored, 'base64');
  if (key.length !== KEY_BYTES) throw new Damage('it has no key for its cursors');
  return key;
}
