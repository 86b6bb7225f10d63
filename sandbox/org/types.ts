import type { Database } from 'libsql';
import type { CostSettings } from '../costs/settings.ts';
import type { QueryPlan } from '../costs/types.ts';
import type { VirtualSettings } from '../virtual/settings.ts';
import type { Clock } from './clock.ts';

/** `org.json` with its defaults filled in. */
/** A certificate itself, or the file that holds it, which may change or come later. */
export type CertificateSource = { readonly pem: string } | { readonly file: string };

export interface OrgSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The app's certificate, for the JWT bearer flow; null: that flow is off. */
  readonly certificate: CertificateSource | null;
  /** What assertions may be for beside the org's own address. */
  readonly audiences: readonly string[];
  /** User Id of the integration user. */
  readonly runAs: string;
  readonly apiVersion: string;
  readonly sessionSeconds: number;
  readonly dailyApiRequests: number;
  readonly pageSize: number;
  readonly latencyMs: number;
  readonly faults: readonly unknown[];
  /** sObjects that this org does not have. */
  readonly absent: readonly string[];
  /** What the org says of its fields beyond their names, by object and field. */
  readonly fields: FieldDeclarations;
  /** `Object.Field` of what the API neither describes nor answers, whoever asks; the rules of access know it. */
  readonly hiddenFields: readonly string[];
  /** What queries cost; null: no time. */
  readonly costs: CostSettings | null;
  /** How many requests may run for more than 20 seconds at once. */
  readonly longRequests: number;
  /** Rows that are computed and not stored; null: none. */
  readonly virtual: VirtualSettings | null;
}

/** What an org says of a field, in the words of Salesforce's describe; what is left out stays as it is. */
export interface FieldDeclaration {
  readonly type?: CustomFieldType | undefined;
  readonly label?: string | undefined;
  readonly length?: number | undefined;
  readonly required?: boolean | undefined;
  readonly htmlFormatted?: boolean | undefined;
  readonly picklistValues?: readonly PicklistValue[] | undefined;
  readonly referenceTo?: readonly string[] | undefined;
}

/** By object and field. */
export type FieldDeclarations = Readonly<Record<string, Readonly<Record<string, FieldDeclaration>>>>;

export type FieldType =
  | 'id'
  | 'reference'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'address';

/** What a custom field can be. */
export const CUSTOM_FIELD_TYPES = [
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'picklist',
  'multipicklist',
  'reference',
  'boolean',
  'int',
  'double',
  'currency',
  'percent',
  'date',
  'datetime',
] as const satisfies readonly FieldType[];
export type CustomFieldType = (typeof CUSTOM_FIELD_TYPES)[number];

/** A value of a picklist, and how Salesforce shows it. */
export interface PicklistValue {
  readonly value: string;
  readonly label: string;
  /** Values that are not active stay on old records. */
  readonly active: boolean;
  readonly defaultValue: boolean;
  /** Of a dependent picklist: a bit for each value of the controlling field, in base64. */
  readonly validFor: string | null;
}

export interface FieldSchema {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly length: number;
  readonly permissionable: boolean;
  readonly compoundFieldName: string | null;
  /** For references: what they can point to, and the name of the relationship (`Owner` of OwnerId). */
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Rich text: its values are HTML. */
  readonly htmlFormatted: boolean;
  readonly picklistValues: readonly PicklistValue[];
  /** No record is without a value. */
  readonly required: boolean;
}

export interface ObjectSchema {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string | null;
  readonly fields: readonly FieldSchema[];
}

/** A row as REST sends it: strings, numbers, booleans and null, by API field name. */
export type Row = Record<string, string | number | boolean | null>;

/** What the asking user may see. The HTTP side makes one from the access rules; `query` applies it. */
export interface Sight {
  /** May the user read the object at all? No: INVALID_TYPE on query. */
  object(name: string): boolean;
  /** May the user read the field? No: INVALID_FIELD on query, absent in describe. */
  field(object: string, field: string): boolean;
  /** Does the user see every row of the object? Then `row` is not asked. */
  everyRow(object: string): boolean;
  row(object: string, row: Row): boolean;
  /** Tells which rows of the object are counted and found, but not sent; null: every row is sent. */
  hides(object: string): ((row: Row) => boolean) | null;
}

export interface QueryResult {
  /** The object that is queried. */
  readonly object: string;
  readonly totalSize: number;
  /** Nested records with `attributes`, in Salesforce's REST shape, made as they are taken: a page at a time. */
  page(offset: number, count: number): unknown[];
  readonly columns: readonly string[];
  /** How many rows the query reads: those that it finds, or that it counts. */
  readonly rowsRead: () => number;
}

/** A Salesforce org from a folder of CSV files, its rows held in SQLite. */
export interface Org {
  readonly settings: OrgSettings;
  /** One table an sObject, a column a field; for the access code, which computes record by record from these rows. */
  readonly db: Database;
  objects(): readonly ObjectSchema[];
  /** Throws `SoqlError` with Salesforce's errorCode and message. `all`: deleted rows too (queryAll). */
  query(soql: string, options: { readonly all: boolean; readonly sight: Sight }): QueryResult;
  /** How such a query would be run, by `costs` or else by its defaults. Throws `SoqlError`. */
  plan(soql: string, sight: Sight): QueryPlan;
  /** How many records the object has that are not deleted. */
  count(object: string): number;
  /** What queries cost from now on; null: no time. */
  costs: CostSettings | null;
  readonly clock: Clock;
  /** The time of `clock`. */
  now(): Date;
  advanceClock(seconds: number): void;
  /** Reads the rows of an object, deleted ones included, that have these values. */
  rows(object: string, where?: Row): Row[];
  /** Inserts or changes a row, by Id; stamps SystemModstamp and LastModifiedDate with the org's time unless given. */
  put(object: string, row: Row): void;
  /** Does the work with that time as the stamp of what it puts. */
  stamping<T>(at: Date, work: () => T): T;
  /** Removes a row for good: no query finds it again. */
  erase(object: string, id: string): void;
  /** Adds a custom field, null in every row. */
  addField(object: string, name: string, declaration: FieldDeclaration): void;
  /** Describes a field anew; its values stay. */
  changeField(object: string, name: string, declaration: FieldDeclaration): void;
  /** Takes a custom field away: no describe shows it, and a query of it is INVALID_FIELD. */
  dropField(object: string, name: string): void;
  /** Does all of the work, or, where it throws, none. */
  transaction<T>(work: () => T): T;
  /** Counts every change to the org; what is computed from rows can be kept until it moves. */
  readonly revision: number;
  close(): void;
}
