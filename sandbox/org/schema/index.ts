import type { CustomFieldType, FieldSchema, ObjectSchema } from '../types.ts';
import {
  area,
  currency,
  date,
  datetime,
  double,
  email,
  type FieldSpec,
  flag,
  id,
  int,
  lookup,
  type ObjectSpec,
  percent,
  phone,
  picklist,
  text,
  url,
} from './field.ts';
import { PEOPLE_OBJECTS } from './people.ts';
import { isPermissionable } from './permissionable.ts';
import { PERMISSION_OBJECTS } from './permissions.ts';
import { RECORD_OBJECTS, SHARE_OBJECTS } from './records.ts';

/** Every sObject that the sandbox knows without being told by a file. */
export const KNOWN_OBJECTS: readonly ObjectSpec[] = [
  ...RECORD_OBJECTS,
  ...SHARE_OBJECTS,
  ...PEOPLE_OBJECTS,
  ...PERMISSION_OBJECTS,
];

/** The fields of an sObject that the sandbox does not know have these types wherever they appear; the rest is text. */
const FAMILIAR: readonly FieldSpec[] = [
  id(),
  flag('IsDeleted'),
  lookup('OwnerId', 'User', 'Group'),
  datetime('CreatedDate'),
  lookup('CreatedById', 'User'),
  datetime('LastModifiedDate'),
  lookup('LastModifiedById', 'User'),
  datetime('SystemModstamp'),
  date('LastActivityDate'),
];

/**
 * The schema of one sObject in one org: what is known of it, without what only some orgs have, plus what its file's
 * header adds. `columns` is null where the org has no file for it.
 */
export function describeObject(
  name: string,
  columns: readonly string[] | null,
  hasFieldPermissions: boolean,
): ObjectSchema {
  const known = KNOWN_OBJECTS.find((object) => object.name === name);
  const has = new Set(columns ?? []);
  const fields = (known?.fields ?? []).filter((field) => !field.optional || has.has(field.name));
  const described = new Set(fields.map((field) => field.name));
  const added = (columns ?? []).filter((column) => !described.has(column)).map(unknownField);
  return {
    name,
    label: known?.label ?? labelOf(name),
    keyPrefix: known?.keyPrefix ?? null,
    fields: [...fields, ...added].map((field) => finish(name, field, hasFieldPermissions)),
  };
}

const CUSTOM: Readonly<Record<CustomFieldType, (name: string) => FieldSpec>> = {
  string: text,
  textarea: area,
  email,
  phone,
  url,
  picklist,
  boolean: flag,
  int,
  double,
  currency,
  percent,
  date,
  datetime,
};

/** The schema of a custom field that is added to an object later. */
export function customField(
  object: string,
  name: string,
  type: CustomFieldType,
  hasFieldPermissions: boolean,
): FieldSchema {
  return finish(object, CUSTOM[type](name), hasFieldPermissions);
}

function unknownField(name: string): FieldSpec {
  const familiar = FAMILIAR.find((field) => field.name === name);
  if (familiar !== undefined) return familiar;
  return name.startsWith('Permissions') ? flag(name) : text(name);
}

function finish(object: string, field: FieldSpec, hasFieldPermissions: boolean): FieldSchema {
  return {
    name: field.name,
    type: field.type,
    label: labelOf(field.name),
    length: field.length,
    permissionable: isPermissionable(object, field, hasFieldPermissions),
    compoundFieldName: field.compoundFieldName,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
  };
}

/** `BillingPostalCode` reads `Billing Postal Code`, `OwnerId` reads `Owner ID`. */
function labelOf(name: string): string {
  if (name === 'Id') return 'Record ID';
  return name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/ Id$/, ' ID');
}
