import type { Org } from '../org/types.ts';
import { perRevision } from './revision.ts';

/** The objects with record sharing. */
export const SHARED_OBJECTS = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'] as const;
export type SharedObject = (typeof SHARED_OBJECTS)[number];

export function isSharedObject(name: string): name is SharedObject {
  return SHARED_OBJECTS.some((object) => object === name);
}

/** Returns the object whose records a share object shares (`Case` for CaseShare), or null. */
export function sharedBy(name: string): SharedObject | null {
  const object = name.endsWith('Share') ? name.slice(0, -'Share'.length) : '';
  return isSharedObject(object) ? object : null;
}

/** A share row. `levels`: its access levels on the shared record and, for AccountShare, on the account's children. */
export interface Share {
  readonly grantee: string | null;
  readonly cause: string | null;
  readonly levels: Readonly<Partial<Record<SharedObject, string | null>>>;
}

/** Whether the row gives read access to the object. `None` and a missing level give nothing. */
export function gives(share: Share, object: SharedObject): boolean {
  const level = share.levels[object] ?? 'None';
  return level === 'Read' || level === 'Edit' || level === 'All';
}

/** The maximum number of records whose share rows are cached. */
const MOST_KEPT = 50_000;

/** Returns the share rows of one record, without deleted ones. */
export type FindShares = (object: SharedObject, recordId: string) => readonly Share[];

/**
 * Prepares a lookup of share rows. It has its own statements because every question about a record asks here, and
 * `Org.rows` prepares a statement and reads all columns on each call.
 */
export function readShares(org: Org): FindShares {
  const finders = new Map<SharedObject, (recordId: string) => Share[]>();
  const kept = perRevision(org, () => new Map<string, readonly Share[]>());
  return (object, recordId) => {
    const known = kept().get(recordId);
    if (known !== undefined) return known;
    const finder = finders.get(object) ?? finderOf(org, object);
    finders.set(object, finder);
    const shares = finder(recordId);
    if (kept().size >= MOST_KEPT) kept().clear();
    kept().set(recordId, shares);
    return shares;
  };
}

function finderOf(org: Org, object: SharedObject): (recordId: string) => Share[] {
  const schema = org.objects().find(({ name }) => name === `${object}Share`);
  if (schema === undefined) return () => [];
  const levels = SHARED_OBJECTS.filter((name) => schema.fields.some((field) => field.name === `${name}AccessLevel`));
  const columns = ['UserOrGroupId', 'RowCause', ...levels.map((name) => `${name}AccessLevel`)];
  const statement = org.db.prepare(
    `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM "${schema.name}"
     WHERE "${object}Id" = ? AND ifnull("IsDeleted", 0) = 0 ORDER BY rowid`,
  );
  return (recordId) => {
    const rows: unknown[] = statement.raw().all([recordId]);
    return rows.map((row) => {
      const [grantee, cause, ...values] = (row as unknown[]).map((value) => (typeof value === 'string' ? value : null));
      return {
        grantee: grantee ?? null,
        cause: cause ?? null,
        levels: Object.fromEntries(levels.map((name, at) => [name, values[at] ?? null])),
      };
    });
  };
}

/** The parts of an account that decide access to its contacts. */
export interface AccountOfContact {
  readonly ownerId: string | null;
  /** Whether it is a person account. */
  readonly isPerson: boolean;
}

/** Prepares a lookup of an account that is not deleted. The lookup returns null if there is none. */
export function readAccounts(org: Org): (accountId: string) => AccountOfContact | null {
  const schema = org.objects().find(({ name }) => name === 'Account');
  if (schema === undefined) return () => null;
  const has = (name: string): boolean => schema.fields.some((field) => field.name === name);
  const isPerson = has('IsPersonAccount') ? '"IsPersonAccount" = 1 OR "PersonContactId" IS NOT NULL' : '0';
  const statement = org.db.prepare(
    `SELECT "OwnerId", ${isPerson} FROM "Account" WHERE "Id" = ? AND ifnull("IsDeleted", 0) = 0`,
  );
  return (accountId) => {
    const [row]: unknown[] = statement.raw().all([accountId]);
    if (!Array.isArray(row)) return null;
    const [ownerId, person]: unknown[] = row;
    return { ownerId: typeof ownerId === 'string' ? ownerId : null, isPerson: person === 1 };
  };
}
