import { shareRow } from '../access/shares.ts';
import type { ShareRow } from '../access/types.ts';
import type { UnindexedCause } from '../facts/unindexed.ts';
import type { RecordWrite, Removal } from '../index/port/documents.ts';
import type { ObjectName } from '../objects/index.ts';
import { TransientError } from '../salesforce/errors.ts';
import { iso } from './org-time.ts';
import { withLabels } from './picklist-labels.ts';
import type { ObjectSchema } from './resolved-schema.ts';
import { textOfHtml } from './rich-text.ts';

/** A row as REST sends it. */
export type RawRecord = Readonly<Record<string, unknown>>;

/**
 * The longest text that is indexed, in characters. It is longer than any Salesforce field (131,072), and short enough
 * that one record does not delay the others.
 */
const LONGEST_TEXT = 1_000_000;

/**
 * Converts a queried record for the index. A record that is deleted, or that its object excludes, becomes a removal.
 * A record that cannot be indexed becomes a removal with its cause.
 *
 * If the integration user does not see a field that decides access, the strictest reading applies: an opportunity is
 * private, and a child has no account. A contact then has no owner either, and in an org with person accounts it may
 * belong to one.
 */
export function recordOf(schema: ObjectSchema, raw: RawRecord, version: number): RecordWrite | Removal {
  const { object, accessFields } = schema;
  const id = idOf(object.name, raw);
  if (raw.IsDeleted === true || (object.excludedWhen !== null && raw[object.excludedWhen] === true)) {
    return { id, object: object.name, version };
  }
  const cause = unindexableBecause(schema, raw);
  if (cause !== null) return { id, object: object.name, version, cause };
  // A contact without an account is visible to its owner. If the account field is hidden, it is not known whether the
  // contact has one, so not even the owner counts.
  const hidesAccount = object.name === 'Contact' && !accessFields.includes('AccountId');
  const hidesPrivacy = object.accessFields.includes('IsPrivate') && !accessFields.includes('IsPrivate');
  return {
    id,
    object: object.name,
    ownerId: hidesAccount ? null : text(raw.OwnerId),
    accountId: object.accountField === null ? null : text(raw[object.accountField]),
    isPrivate: hidesPrivacy || raw.IsPrivate === true,
    isPersonAccount: isPersonAccount(schema, raw),
    fields: textFields(schema, raw),
    modified: iso(text(raw.SystemModstamp)),
    version,
  };
}

export function isRecord(write: RecordWrite | Removal): write is RecordWrite {
  return 'ownerId' in write;
}

/** Without an Id, a row cannot be identified, and no query can continue after it. */
function idOf(object: ObjectName, raw: RawRecord): string {
  if (typeof raw.Id === 'string' && /^[0-9A-Za-z]{18}$/.test(raw.Id)) return raw.Id;
  throw new TransientError({
    message: `the org answered a row of ${object} without a readable Id`,
    hint: 'It is read again.',
  });
}

/** Returns why the record cannot be indexed; null if it can. */
function unindexableBecause({ fields, accessFields }: ObjectSchema, raw: RawRecord): UnindexedCause | null {
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

/** Without person accounts in the org, no contact belongs to one. Otherwise a contact without a value may. */
function isPersonAccount({ hasPersonAccounts }: ObjectSchema, { IsPersonAccount: said }: RawRecord) {
  if (!hasPersonAccounts) return false;
  return typeof said === 'boolean' ? said : 'unknown';
}

function textFields({ fields, labels, richFields }: ObjectSchema, raw: RawRecord): Record<string, string> {
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

/** Groups share rows by parent, in their order of arrival. */
export function sharesByParent(schema: ObjectSchema, rows: readonly RawRecord[]): Map<string, ShareRow[]> {
  const { object } = schema;
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
