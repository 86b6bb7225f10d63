import type { FieldType, PicklistValue } from '../types.ts';

/** A field as the schema files write it: what `FieldSchema` needs beyond what can be derived from the name. */
export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  readonly length: number;
  readonly compoundFieldName: string | null;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Only some orgs have it: it exists where the file has its column. */
  readonly optional: boolean;
  /** What describe calls it; null: what its name says. */
  readonly label: string | null;
  readonly htmlFormatted: boolean;
  /** The org's own values; null: those that Salesforce gives every org. */
  readonly picklistValues: readonly PicklistValue[] | null;
  /** The org requires a value: every record has one, and nobody can be kept from reading it. */
  readonly required: boolean;
}

/** An sObject as the schema files write it. */
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

/** A lookup. Its relationship is its name without `Id`, as it is for every standard lookup described here. */
export const lookup = (name: string, ...referenceTo: string[]): FieldSpec =>
  field(name, 'reference', 18, { referenceTo, relationshipName: name.replace(/Id$/, '') });

/** A custom lookup; of `Partner__c` the relationship is `Partner__r`. */
export const customLookup = (name: string): FieldSpec =>
  field(name, 'reference', 18, { relationshipName: name.replace(/__c$/, '__r') });

/** An id that names a record, but that SOQL cannot follow. */
export const idOf = (name: string, ...referenceTo: string[]): FieldSpec =>
  field(name, 'reference', 18, { referenceTo });

export const optional = (spec: FieldSpec): FieldSpec => ({ ...spec, optional: true });

/** A compound address and its parts. `prefix` is `Billing`, or empty where the parts are named `Street`, `City` … */
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

/** A person's name and its parts, which have no field-level security of their own. */
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

/** Who made and changed a row, and when. */
export function audit(): FieldSpec[] {
  return [
    datetime('CreatedDate'),
    lookup('CreatedById', 'User'),
    datetime('LastModifiedDate'),
    lookup('LastModifiedById', 'User'),
    datetime('SystemModstamp'),
  ];
}

/** The fields that only some orgs have: record types, several currencies. */
export function edition(): FieldSpec[] {
  return [optional(lookup('RecordTypeId', 'RecordType')), optional(picklist('CurrencyIsoCode'))];
}
