import type { FieldType, PicklistValue } from '../types.ts';

/** A field in the schema files: the parts of `FieldSchema` that can't be derived from the name. */
export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  readonly length: number;
  readonly compoundFieldName: string | null;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Whether only some orgs have it. It exists if the file has its column. */
  readonly optional: boolean;
  /** The label in describe; null derives it from the name. */
  readonly label: string | null;
  readonly htmlFormatted: boolean;
  /** The org's own values; null means the values that Salesforce gives every org. */
  readonly picklistValues: readonly PicklistValue[] | null;
  /** Whether the org requires a value. Then every record has one, and nobody can be denied reading it. */
  readonly required: boolean;
}

/** An sObject in the schema files. */
export interface ObjectSpec {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string | null;
  readonly fields: readonly FieldSpec[];
}

function field(name: string, type: FieldType, length: number, more: Partial<FieldSpec> = {}): FieldSpec {
  return {
    name,
    type,
    length,
    compoundFieldName: null,
    referenceTo: [],
    relationshipName: null,
    optional: false,
    label: null,
    htmlFormatted: false,
    picklistValues: null,
    required: false,
    ...more,
  };
}

export const id = (): FieldSpec => field('Id', 'id', 18);
export const text = (name: string, length = 255): FieldSpec => field(name, 'string', length);
export const area = (name: string, length = 32_000): FieldSpec => field(name, 'textarea', length);
export const picklist = (name: string, length = 255): FieldSpec => field(name, 'picklist', length);
export const multipicklist = (name: string): FieldSpec => field(name, 'multipicklist', 4099);
export const email = (name: string): FieldSpec => field(name, 'email', 80);
export const phone = (name: string): FieldSpec => field(name, 'phone', 40);
export const url = (name: string): FieldSpec => field(name, 'url', 255);
export const flag = (name: string): FieldSpec => field(name, 'boolean', 0);
export const int = (name: string): FieldSpec => field(name, 'int', 0);
export const double = (name: string): FieldSpec => field(name, 'double', 0);
export const currency = (name: string): FieldSpec => field(name, 'currency', 0);
export const percent = (name: string): FieldSpec => field(name, 'percent', 0);
export const date = (name: string): FieldSpec => field(name, 'date', 0);
export const datetime = (name: string): FieldSpec => field(name, 'datetime', 0);

/** Describes a lookup. Its relationship is its name without `Id`, as for all standard lookups here. */
export const lookup = (name: string, ...referenceTo: string[]): FieldSpec =>
  field(name, 'reference', 18, { referenceTo, relationshipName: name.replace(/Id$/, '') });

/** Describes a custom lookup. The relationship of `Partner__c` is `Partner__r`. */
export const customLookup = (name: string): FieldSpec =>
  field(name, 'reference', 18, { relationshipName: name.replace(/__c$/, '__r') });

/** Describes an id of a record that SOQL cannot follow. */
export const idOf = (name: string, ...referenceTo: string[]): FieldSpec =>
  field(name, 'reference', 18, { referenceTo });

export const optional = (spec: FieldSpec): FieldSpec => ({ ...spec, optional: true });

/**
 * Describes a compound address and its parts. `prefix` is `Billing`, for example, or empty if the parts are named
 * `Street`, `City` …
 */
export function address(prefix: string): FieldSpec[] {
  const compound = `${prefix}Address`;
  const part = (name: string, type: FieldType, length: number) =>
    field(`${prefix}${name}`, type, length, { compoundFieldName: compound });
  return [
    part('Street', 'textarea', 255),
    part('City', 'string', 40),
    part('State', 'string', 80),
    part('PostalCode', 'string', 20),
    part('Country', 'string', 80),
    part('Latitude', 'double', 0),
    part('Longitude', 'double', 0),
    part('GeocodeAccuracy', 'picklist', 40),
    field(compound, 'address', 0),
  ];
}

/** Describes a person's name and its parts, which have no field-level security of their own. */
export function personName(): FieldSpec[] {
  const part = (name: string, type: FieldType, length: number) =>
    field(name, type, length, { compoundFieldName: 'Name' });
  return [
    part('LastName', 'string', 80),
    part('FirstName', 'string', 40),
    part('Salutation', 'picklist', 40),
    { ...part('MiddleName', 'string', 40), optional: true },
    { ...part('Suffix', 'string', 40), optional: true },
    text('Name', 121),
  ];
}

/** Describes the fields that say who created and changed a row, and when. */
export function audit(): FieldSpec[] {
  return [
    datetime('CreatedDate'),
    lookup('CreatedById', 'User'),
    datetime('LastModifiedDate'),
    lookup('LastModifiedById', 'User'),
    datetime('SystemModstamp'),
  ];
}

/** Describes the fields that only some orgs have: record types and several currencies. */
export function edition(): FieldSpec[] {
  return [optional(lookup('RecordTypeId', 'RecordType')), optional(picklist('CurrencyIsoCode'))];
}
