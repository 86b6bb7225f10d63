import { account } from './account.ts';
import { caseObject } from './case.ts';
import { contact } from './contact.ts';
import { lead } from './lead.ts';
import type { IndexedObject, ObjectName } from './object.ts';
import { opportunity } from './opportunity.ts';

/**
 * Every indexed object, in the order in which a run reads them. Accounts come first, because their children inherit
 * access from them.
 */
export const OBJECTS: readonly IndexedObject[] = [account, contact, caseObject, opportunity, lead];

export const OBJECT_NAMES: readonly ObjectName[] = OBJECTS.map((object) => object.name);

/** Returns the object with that API name. Throws if the object is not indexed. */
export function objectNamed(name: string): IndexedObject {
  const found = OBJECTS.find((object) => object.name === name);
  if (found === undefined)
    throw new Error(`'${name}' is not an indexed object. Indexed objects: ${OBJECT_NAMES.join(', ')}.`);
  return found;
}

export {
  decidedFields,
  type FieldLists,
  fieldLists,
  type IndexedFields,
  OWNER_FIELD,
  STANDARD_FIELDS,
} from './indexed-fields.ts';
export type { IndexedObject, ObjectName } from './object.ts';
