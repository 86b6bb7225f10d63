import { account } from './account.ts';
import { caseObject } from './case.ts';
import { contact } from './contact.ts';
import { lead } from './lead.ts';
import type { IndexedObject, ObjectName } from './object.ts';
import { opportunity } from './opportunity.ts';

/** Fields of each object, by API name. */
export type FieldLists = Readonly<Record<ObjectName, readonly string[]>>;

/** What is indexed of each object. */
export interface IndexedFields {
  /** Text fields that are searched and shown. None: nothing of the object is indexed. */
  readonly fields: FieldLists;
  /** Those of them whose text is a record's title: the first that is not empty. */
  readonly titleFields: FieldLists;
}

/** One list for each object. */
export function fieldLists(of: (object: IndexedObject) => readonly string[]): FieldLists {
  return {
    Account: of(account),
    Contact: of(contact),
    Case: of(caseObject),
    Opportunity: of(opportunity),
    Lead: of(lead),
  };
}

/** What is indexed where the configuration chooses nothing else. */
export const STANDARD_FIELDS: IndexedFields = {
  fields: fieldLists((object) => object.fields),
  titleFields: fieldLists((object) => object.titleFields),
};

/** The field that names a record's owner: every indexed object has it. */
export const OWNER_FIELD = 'OwnerId';

/**
 * The fields that every user's right to read is decided on: the indexed ones, and those that name a record's owner and its
 * account. A hit shows its account, and a search goes by owner and account, for those only who may read these fields.
 */
export function decidedFields({ fields }: IndexedFields): FieldLists {
  return fieldLists(({ name, accountField }) => [
    ...new Set([...fields[name], OWNER_FIELD, ...(accountField === null ? [] : [accountField])]),
  ]);
}
