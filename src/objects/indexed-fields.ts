import { account } from './account.ts';
import { caseObject } from './case.ts';
import { contact } from './contact.ts';
import { lead } from './lead.ts';
import type { IndexedObject, ObjectName } from './object.ts';
import { opportunity } from './opportunity.ts';

/** Fields of each object, by API name. */
export type FieldLists = Readonly<Record<ObjectName, readonly string[]>>;

/** The fields that are indexed, by object. */
export interface IndexedFields {
  /** Text fields that can be searched and shown. If an object has none, nothing of it is indexed. */
  readonly fields: FieldLists;
  /** The subset of `fields` that can be a record's title. The first non-empty one is used. */
  readonly titleFields: FieldLists;
}

/** Returns one list for each object. */
export function fieldLists(of: (object: IndexedObject) => readonly string[]): FieldLists {
  return {
    Account: of(account),
    Contact: of(contact),
    Case: of(caseObject),
    Opportunity: of(opportunity),
    Lead: of(lead),
  };
}

/** The indexed fields if the configuration does not change them. */
export const STANDARD_FIELDS: IndexedFields = {
  fields: fieldLists((object) => object.fields),
  titleFields: fieldLists((object) => object.titleFields),
};

/** The field that names a record's owner. Every indexed object has it. */
export const OWNER_FIELD = 'OwnerId';

/**
 * Returns the fields for which each user's read access is decided: the indexed fields, the owner field and the account
 * field. Only users who can read the owner or account field can filter by it, and only they see a hit's account.
 */
export function decidedFields({ fields }: IndexedFields): FieldLists {
  return fieldLists(({ name, accountField }) => [
    ...new Set([...fields[name], OWNER_FIELD, ...(accountField === null ? [] : [accountField])]),
  ]);
}
