import { type SharedObject, sfId } from '@salesforce-connector/sandbox/testing';

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => sfId(prefix, at + 1));

/** The users and records of a random org, by id. There are so few that random picks collide. */
export const ROLES = ids('00E', 5);
export const USERS = ids('005', 7);
export const GROUPS = ids('00G', 6);
export const TERRITORIES = ids('0MI', 3);
export const PROFILES = ids('00e', 2);
/** The first two belong to the profiles, the third to a permission set group. */
export const SETS = ids('0PS', 5);
export const SET_GROUP = sfId('0PG', 1);
export const MODEL = sfId('0MA', 1);

/** The integration user, who sees every record and field. */
export const ADMIN = sfId('005', 90);
export const ADMIN_PROFILE = sfId('00e', 90);
export const ADMIN_SET = sfId('0PS', 90);

/** A user or group that the org does not show. */
export const UNKNOWN_GROUP = sfId('00G', 99);

export const OBJECTS: readonly SharedObject[] = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];
const PREFIX = { Account: '001', Contact: '003', Case: '500', Opportunity: '006', Lead: '00Q' } as const;
const SHARE_PREFIX = { Account: '00r', Contact: '03s', Case: '01n', Opportunity: '00t', Lead: '01o' } as const;

/** Records that the org has from the beginning, and more records that changes may create. */
export const RECORDS_AT_FIRST = 3;
const RECORDS = 4;

export const recordsOf = (object: SharedObject): string[] => ids(PREFIX[object], RECORDS);

/** Rows that a record may have beside its owner's. A row never changes its record. */
export const SHARES_PER_RECORD = 2;
export const shareId = (object: SharedObject, record: number, slot: number): string =>
  sfId(SHARE_PREFIX[object], record * 10 + slot);
export const ownerShareId = (object: SharedObject, record: number): string => shareId(object, record, 9);

/** Fields with text, each with a word of its own. */
export const FIELDS: Readonly<Record<SharedObject, readonly string[]>> = {
  Account: ['Name', 'Phone', 'BillingCity', 'Description'],
  Contact: ['Name', 'Title', 'MailingCity'],
  Case: ['Subject', 'Status', 'Description'],
  Opportunity: ['Name', 'NextStep', 'Description'],
  Lead: ['Name', 'Company', 'Industry', 'City'],
};

/** What FieldPermissions can name: a compound field represents its parts. */
export const PERMITTED_FIELDS = [
  'Account.Phone',
  'Account.BillingAddress',
  'Account.Description',
  'Contact.Title',
  'Contact.MailingAddress',
  'Case.Subject',
  'Case.Description',
  'Opportunity.NextStep',
  'Opportunity.Description',
  'Lead.Industry',
  'Lead.Address',
] as const;

export const wordIn = (object: string, field: string, edition: number): string =>
  `${object}${field}${'abc'[edition]}`.toLowerCase();
