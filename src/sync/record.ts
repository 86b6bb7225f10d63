import { shareRow } from '../access/shares.ts';
import type { ShareRow } from '../access/types.ts';
import type { RecordWrite, Removal } from '../index/port.ts';
import type { ObjectSelection } from './selection.ts';
import { iso } from './stamps.ts';

/** A row as REST sends it. */
export type RawRecord = Readonly<Record<string, unknown>>;

/**
 * A queried record as the index takes it. A record that is deleted, or that its object excludes, is a removal.
 *
 * Where the integration user does not see a field that decides on access, the closed reading is taken: an opportunity
 * is private, a child has no account.
 */
export function recordOf(selection: ObjectSelection, raw: RawRecord, version: number): RecordWrite | Removal {
  const { object, fields, accessFields } = selection;
  const id = String(raw.Id);
  if (raw.IsDeleted === true || (object.excludedWhen !== null && raw[object.excludedWhen] === true)) {
    return { id, object: object.name, version };
  }
  const hidesPrivacy = object.accessFields.includes('IsPrivate') && !accessFields.includes('IsPrivate');
  return {
    id,
    object: object.name,
    ownerId: text(raw.OwnerId),
    accountId: object.accountField === null ? null : text(raw[object.accountField]),
    isPrivate: hidesPrivacy || raw.IsPrivate === true,
    isPersonAccount: raw.IsPersonAccount === true,
    fields: textFields(fields, raw),
    modified: iso(text(raw.SystemModstamp)),
    version,
  };
}

export function isRecord(write: RecordWrite | Removal): write is RecordWrite {
  return 'ownerId' in write;
}

function textFields(fields: readonly string[], raw: RawRecord): Record<string, string> {
  const result: Record<string, string> = {};
  for (const field of fields) {
    const value = text(raw[field]);
    if (value !== null) result[field] = value;
  }
  return result;
}

function text(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  return String(value);
}

/** Share rows by parent, in the order in which they came. */
export function sharesByParent(selection: ObjectSelection, rows: readonly RawRecord[]): Map<string, ShareRow[]> {
  const { object } = selection;
  const byParent = new Map<string, ShareRow[]>();
  for (const raw of rows) {
    const parent = String(raw[object.share.parentField]);
    const group = byParent.get(parent);
    const row = shareRow(object, raw);
    if (group === undefined) byParent.set(parent, [row]);
    else group.push(row);
  }
  return byParent;
}
