import { shareRow } from '../access/shares.ts';
import type { ShareRow } from '../access/types.ts';
import type { UnindexedCause } from '../facts/unindexed.ts';
import type { RecordWrite, Removal } from '../index/port.ts';
import type { ObjectName } from '../objects/index.ts';
import { TransientError } from '../salesforce/errors.ts';
import { withLabels } from './picklist-labels.ts';
import { textOfHtml } from './rich-text.ts';
import type { ObjectSelection } from './selection.ts';
import { iso } from './stamps.ts';

/** A row as REST sends it. */
export type RawRecord = Readonly<Record<string, unknown>>;

/**
 * The longest text that is indexed, in characters: more than any field of Salesforce holds (131,072), little enough for
 * one record not to hold up the others.
 */
const LONGEST_TEXT = 1_000_000;

/**
 * A queried record as the index takes it. A record that is deleted, or that its object excludes, is a removal; one that
 * cannot be indexed is a removal with its cause.
 *
 * Where the integration user does not see a field that decides on access, the closed reading is taken: an opportunity
 * is private, a child has no account, a contact then has no owner either, and a contact of an org with person accounts may
 * be one's.
 */
export function recordOf(selection: ObjectSelection, raw: RawRecord, version: number): RecordWrite | Removal {
  const { object, accessFields } = selection;
  const id = idOf(object.name, raw);
  if (raw.IsDeleted === true || (object.excludedWhen !== null && raw[object.excludedWhen] === true)) {
    return { id, object: object.name, version };
  }
  const cause = unindexableBecause(selection, raw);
  if (cause !== null) return { id, object: object.name, version, cause };
  // A contact without an account is its owner's; of one whose account nobody sees, not even that is known.
  const hidesAccount = object.name === 'Contact' && !accessFields.includes('AccountId');
  const hidesPrivacy = object.accessFields.includes('IsPrivate') && !accessFields.includes('IsPrivate');
  return {
    id,
    object: object.name,
    ownerId: hidesAccount ? null : text(raw.OwnerId),
    accountId: object.accountField === null ? null : text(raw[object.accountField]),
    isPrivate: hidesPrivacy || raw.IsPrivate === true,
    isPersonAccount: isPersonAccount(selection, raw),
    fields: textFields(selection, raw),
    modified: iso(text(raw.SystemModstamp)),
    version,
  };
}

export function isRecord(write: RecordWrite | Removal): write is RecordWrite {
  return 'ownerId' in write;
}

/** Without an Id nothing can be said of a row, nor where a query goes on. */
function idOf(object: ObjectName, raw: RawRecord): string {
  if (typeof raw.Id === 'string' && /^[0-9A-Za-z]{18}$/.test(raw.Id)) return raw.Id;
  throw new TransientError({
    message: `the org answered a row of ${object} without a readable Id`,
    hint: 'It is read again.',
  });
}

/** What of the record breaks; null: nothing. */
function unindexableBecause({ fields, accessFields }: ObjectSelection, raw: RawRecord): UnindexedCause | null {
  for (const field of [...fields, ...accessFields]) {
    const value = raw[field];
    if (Array.isArray(value)) return { code: 'field_holds_list', field };
    if (typeof value === 'object' && value !== null) return { code: 'field_holds_object', field };
    if (typeof value === 'string' && value.length > LONGEST_TEXT)
      return { code: 'field_too_long', field, characters: value.length, most: LONGEST_TEXT };
  }
  return text(raw.SystemModstamp) === null || isTime(raw.SystemModstamp) ? null : { code: 'modified_malformed' };
}

export function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

/** In an org without person accounts no contact is one; in another one that does not say so is either. */
function isPersonAccount({ hasPersonAccounts }: ObjectSelection, { IsPersonAccount: said }: RawRecord) {
  if (!hasPersonAccounts) return false;
  return typeof said === 'boolean' ? said : 'unknown';
}

function textFields({ fields, labels, richFields }: ObjectSelection, raw: RawRecord): Record<string, string> {
  const result: Record<string, string> = {};
  for (const field of fields) {
    const value = text(raw[field]);
    if (value === null) continue;
    const shown = richFields.includes(field) ? textOfHtml(value) : withLabels(value, labels.get(field));
    if (shown !== '') result[field] = shown;
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
