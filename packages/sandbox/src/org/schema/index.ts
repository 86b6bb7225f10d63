import { OrgChangeError, OrgFolderError } from '../errors.ts';
import type { CustomFieldType, FieldDeclaration, FieldSchema, ObjectSchema } from '../types.ts';
import { declared } from './declared.ts';
import {
  area,
  currency,
  customLookup,
  date,
  datetime,
  double,
  email,
  type FieldSpec,
  flag,
  id,
  int,
  lookup,
  multipicklist,
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
import { personFields } from './person-accounts.ts';
import { standardPicklist } from './picklists.ts';
import { RECORD_OBJECTS, SHARE_OBJECTS } from './records.ts';

/** Every sObject that the sandbox knows without a file. */
export const KNOWN_OBJECTS: readonly ObjectSpec[] = [
  ...RECORD_OBJECTS,
  ...SHARE_OBJECTS,
  ...PEOPLE_OBJECTS,
  ...PERMISSION_OBJECTS,
];

/** Types of common fields, used for an sObject that the sandbox doesn't know. Its other fields are text. */
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
 * Returns the schema of one sObject in one org: the known fields that the org has, plus those of its file's header, as
 * `org.json` declares them. `columns` is null if the org has no file for it. Throws `OrgFolderError` for a declaration
 * that doesn't fit.
 */
export function describeObject(
  name: string,
  columns: readonly string[] | null,
  declarations: Readonly<Record<string, FieldDeclaration>>,
  hasFieldPermissions: boolean,
): ObjectSchema {
  const known = KNOWN_OBJECTS.find((object) => object.name === name);
  const has = new Set([...(columns ?? []), ...Object.keys(declarations)]);
  const possible = [...(known?.fields ?? []), ...personFields(name, has)];
  const fields = possible.filter((field) => !field.optional || has.has(field.name));
  const described = new Set(fields.map((field) => field.name));
  const added = [...has].filter((column) => !described.has(column));
  refuseOtherSpelling(name, Object.keys(declarations), [...described]);
  const specs = [
    ...fields.map((field) => declaredIn(name, field, declarations[field.name])),
    ...added.map((column) => declaredIn(name, unknownField(column, declarations[column]), declarations[column])),
  ];
  return {
    name,
    label: known?.label ?? labelOf(name),
    keyPrefix: known?.keyPrefix ?? null,
    fields: specs.map((field) => finish(name, field, hasFieldPermissions)),
  };
}

function declaredIn(object: string, spec: FieldSpec, declaration: FieldDeclaration | undefined): FieldSpec {
  if (declaration === undefined) return spec;
  const { field, problem } = declared(spec, declaration);
  if (problem !== null) throw new OrgFolderError(`org.json: "fields", ${object}.${spec.name}: ${problem}.`);
  return field;
}

function refuseOtherSpelling(object: string, declared: readonly string[], described: readonly string[]): void {
  for (const name of declared) {
    const other = described.find((field) => field !== name && field.toLowerCase() === name.toLowerCase());
    if (other !== undefined)
      throw new OrgFolderError(
        `org.json: "fields", ${object}.${name}: names are case-sensitive here. Write ${other}, not ${name}.`,
      );
  }
}

const CUSTOM: Readonly<Record<CustomFieldType, (name: string) => FieldSpec>> = {
  string: text,
  textarea: area,
  email,
  phone,
  url,
  picklist,
  multipicklist,
  reference: customLookup,
  boolean: flag,
  int,
  double,
  currency,
  percent,
  date,
  datetime,
};

/**
 * Returns the schema of a custom field that is added later. Throws `OrgChangeError` for a declaration that doesn't fit.
 */
export function customField(
  object: string,
  name: string,
  declaration: FieldDeclaration,
  hasFieldPermissions: boolean,
): FieldSchema {
  const spec = CUSTOM[declaration.type ?? 'string'](name);
  return finish(object, fitting(object, spec, declaration), hasFieldPermissions);
}

/**
 * Returns the schema of a field whose description changes. Throws `OrgChangeError` for a declaration that doesn't fit.
 */
export function changedField(
  object: string,
  field: FieldSchema,
  declaration: FieldDeclaration,
  hasFieldPermissions: boolean,
): FieldSchema {
  return finish(object, fitting(object, { ...field, optional: false }, declaration), hasFieldPermissions);
}

function fitting(object: string, spec: FieldSpec, declaration: FieldDeclaration): FieldSpec {
  const { field, problem } = declared(spec, declaration);
  if (problem !== null) throw new OrgChangeError(`${object}.${spec.name}: ${problem}.`);
  return field;
}

function unknownField(name: string, declaration: FieldDeclaration | undefined): FieldSpec {
  const familiar = FAMILIAR.find((field) => field.name === name);
  if (familiar !== undefined) return familiar;
  if (declaration?.type !== undefined) return CUSTOM[declaration.type](name);
  return name.startsWith('Permissions') ? flag(name) : text(name);
}

function finish(object: string, field: FieldSpec, hasFieldPermissions: boolean): FieldSchema {
  return {
    name: field.name,
    type: field.type,
    label: field.label ?? labelOf(field.name),
    length: field.length,
    permissionable: isPermissionable(object, field, hasFieldPermissions),
    compoundFieldName: field.compoundFieldName,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    htmlFormatted: field.htmlFormatted,
    picklistValues: field.picklistValues ?? standardPicklist(object, field.name),
    required: field.required,
  };
}

/** Returns a field's label: `Billing Postal Code` for `BillingPostalCode`, `Owner ID` for `OwnerId`. */
function labelOf(name: string): string {
  if (name === 'Id') return 'Record ID';
  return name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/ Id$/, ' ID');
}
