import type { FieldSchema, Org, Row } from '../org/types.ts';
import { type Defaults, readDefaults } from './defaults.ts';
import { groupReaches } from './groups.ts';
import { type People, readPeople } from './people.ts';
import { type Permissions, readPermissions } from './permissions.ts';
import { perRevision } from './revision.ts';
import {
  type AccountOfContact,
  type FindShares,
  gives,
  readAccounts,
  readShares,
  type SharedObject,
} from './shares.ts';
import { readTables, type Tables } from './tables.ts';
import { flag, text } from './values.ts';

/** Read access in the org, decided record by record from the rows as they are now. */
export interface Access {
  /** Returns the first reason found why the user may read the record, in words; null if the user may not. */
  reason(userId: string, object: SharedObject, record: Row): string | null;
  mayRead(userId: string, object: SharedObject, record: Row): boolean;
  /** Whether field-level security shows the user this field of the object's records that they can read. */
  mayReadField(userId: string, object: string, field: string): boolean;
  readonly permissions: Permissions;
  readonly people: People;
  readonly defaults: Defaults;
  readonly tables: Tables;
}

/**
 * Returns Salesforce's rules of read access to Accounts, Contacts, Cases, Opportunities and Leads. Each question is
 * about one user and one record. Source: "Designing Record Access for Enterprise Scale" and the object reference. A
 * frozen user keeps access.
 */
export function openAccess(org: Org): Access {
  const tables = readTables(org);
  const permissions = readPermissions(org, tables);
  const people = readPeople(tables);
  const defaults = readDefaults(tables);
  const rules: Rules = {
    tables,
    permissions,
    people,
    defaults,
    sharesOf: readShares(org),
    accountOf: readAccounts(org),
  };
  const schemas = perRevision(
    org,
    () => new Map(org.objects().map((schema) => [schema.name, new Map(schema.fields.map((f) => [f.name, f]))])),
  );
  const reason = (userId: string, object: SharedObject, record: Row): string | null => {
    if (!people.isActive(userId)) return null;
    if (!permissions.objectRead(userId, object)) return null;
    return reasonToRead(rules, userId, object, record);
  };
  return {
    reason,
    mayRead: (userId, object, record) => reason(userId, object, record) !== null,
    mayReadField: (userId, object, field) => mayReadField(permissions, schemas(), userId, object, field),
    permissions,
    people,
    defaults,
    tables,
  };
}

interface Rules {
  readonly tables: Tables;
  readonly permissions: Permissions;
  readonly people: People;
  readonly defaults: Defaults;
  readonly sharesOf: FindShares;
  readonly accountOf: (accountId: string) => AccountOfContact | null;
}

function reasonToRead(rules: Rules, userId: string, object: SharedObject, record: Row): string | null {
  if (rules.permissions.viewAll(userId, object)) return `View All on ${object}`;
  const accountId = text(record, 'AccountId');
  if (object === 'Contact') {
    if (accountId === null) return text(record, 'OwnerId') === userId ? 'owner of a contact without an account' : null;
    const controlled = rules.defaults.internal('Contact') === 'controlled by parent';
    if (controlled || isOfPerson(rules, record, accountId)) return reasonThroughControl(rules, userId, accountId);
  }
  if (object === 'Opportunity' && flag(record, 'IsPrivate') === true)
    return reachesOwner(rules, userId, record) ? 'owner of a private opportunity, or above the owner' : null;

  const byDefault = rules.people.isInternal(userId) ? rules.defaults.internal(object) : rules.defaults.external(object);
  if (byDefault === 'open') return `the org-wide default of ${object}`;
  if (reachesOwner(rules, userId, record)) return 'owner, or reached through the owner';
  const id = text(record, 'Id');
  const share = id === null ? null : findShare(rules, userId, object, id, object);
  if (share !== null) return `a share row of cause ${share}`;
  if ((object === 'Contact' || object === 'Case' || object === 'Opportunity') && accountId !== null) {
    const throughAccount = findShare(rules, userId, 'Account', accountId, object);
    if (throughAccount !== null) return `the account's share row of cause ${throughAccount}`;
  }
  return null;
}

/** Whether the contact is half of a person account. If the contact has no flag, its account decides. */
function isOfPerson({ accountOf }: Rules, contact: Row, accountId: string): boolean {
  return flag(contact, 'IsPersonAccount') ?? accountOf(accountId)?.isPerson ?? false;
}

/**
 * Decides on a contact that is controlled by its parent: a user who can read the account can read the contact. This
 * needs Read on both objects.
 */
function reasonThroughControl(rules: Rules, userId: string, accountId: string): string | null {
  if (!rules.permissions.objectRead(userId, 'Account')) return null;
  const account: Row = { Id: accountId, OwnerId: rules.accountOf(accountId)?.ownerId ?? null };
  const reason = reasonToRead(rules, userId, 'Account', account);
  return reason === null ? null : `controlled by its account: ${reason}`;
}

/**
 * Whether the owner, a user or a queue, gives the user access. OwnerId counts even if the Owner share row is missing.
 */
function reachesOwner(rules: Rules, userId: string, record: Row): boolean {
  const ownerId = text(record, 'OwnerId');
  return ownerId !== null && reaches(rules, ownerId, userId);
}

/** Returns the cause of the first share row of the record that reaches the user and gives read access to `opens`. */
function findShare(
  rules: Rules,
  userId: string,
  shared: SharedObject,
  recordId: string,
  opens: SharedObject,
): string | null {
  for (const share of rules.sharesOf(shared, recordId)) {
    const { grantee, cause } = share;
    if (grantee === null || !gives(share, opens)) continue;
    const reached = cause === 'CompliantDataSharing' ? grantee === userId : reaches(rules, grantee, userId);
    if (reached) return cause ?? 'unknown';
  }
  return null;
}

/**
 * Whether a share to the grantee reaches the user. A user grantee also reaches everyone in a role above; a group's type
 * says whom it reaches.
 */
function reaches({ tables, people }: Rules, grantee: string, userId: string): boolean {
  if (grantee === userId || people.isAbove(userId, grantee)) return true;
  return groupReaches(grantee, userId, tables, people);
}

type Schemas = ReadonlyMap<string, ReadonlyMap<string, FieldSchema>>;

function mayReadField(
  permissions: Permissions,
  schemas: Schemas,
  userId: string,
  object: string,
  name: string,
): boolean {
  if (!permissions.objectRead(userId, object)) return false;
  const field = schemas.get(object)?.get(name);
  if (field === undefined) return false;
  const whole = field.compoundFieldName === null ? undefined : schemas.get(object)?.get(field.compoundFieldName);
  const decides = whole ?? field;
  if (!decides.permissionable) return true;
  if (!permissions.fieldRead(userId, object, decides.name)) return false;
  const twin = contactFieldOf(object, name);
  return twin === null || mayReadField(permissions, schemas, userId, 'Contact', twin);
}

/**
 * Returns the contact field behind a person account's field, or null. Salesforce doesn't document whether the account's
 * or the contact's permission decides, so the user needs both.
 */
function contactFieldOf(object: string, field: string): string | null {
  if (object !== 'Account') return null;
  if (field.endsWith('__pc')) return `${field.slice(0, -'__pc'.length)}__c`;
  return /^Person[A-Z]/.test(field) ? field.slice('Person'.length) : null;
}
