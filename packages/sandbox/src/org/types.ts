import type { Database } from 'libsql';
import type { CostSettings } from '../costs/settings.ts';
import type { QueryPlan } from '../costs/types.ts';
import type { VirtualSettings } from '../virtual/settings.ts';
import type { Clock } from './clock.ts';

/** A certificate, or the file with it. The file may change, or appear later. */
export type CertificateSource = { readonly pem: string } | { readonly file: string };

/** The settings of `org.json`, with defaults. */
export interface OrgSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The app's certificate for the JWT bearer flow; null turns that flow off. */
  readonly certificate: CertificateSource | null;
  /** Audiences that assertions may have in addition to the org's own address. */
  readonly audiences: readonly string[];
  /** The User Id of the integration user. */
  readonly runAs: string;
  readonly apiVersion: string;
  readonly sessionSeconds: number;
  readonly dailyApiRequests: number;
  readonly pageSize: number;
  readonly latencyMs: number;
  readonly faults: readonly unknown[];
  /** sObjects that this org lacks. */
  readonly absent: readonly string[];
  /** The org's field declarations, by object and field. */
  readonly fields: FieldDeclarations;
  /** Fields (`Object.Field`) that the API hides from everyone. The access rules still know them. */
  readonly hiddenFields: readonly string[];
  /** What queries cost; null means that they take no time. */
  readonly costs: CostSettings | null;
  /** The number of requests that may run for more than 20 seconds at the same time. */
  readonly longRequests: number;
  /** Rows that are computed instead of stored; null if there are none. */
  readonly virtual: VirtualSettings | null;
}

/** An org's description of a field, with the keys of Salesforce's describe. Missing keys stay as they are. */
export interface FieldDeclaration {
  readonly type?: CustomFieldType | undefined;
  readonly label?: string | undefined;
  readonly length?: number | undefined;
  readonly required?: boolean | undefined;
  readonly htmlFormatted?: boolean | undefined;
  readonly picklistValues?: readonly PicklistValue[] | undefined;
  readonly referenceTo?: readonly string[] | undefined;
}

/** Field declarations by object and field. */
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

/** The types that a custom field can have. */
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

/** A picklist value and the label that Salesforce shows for it. */
export interface PicklistValue {
  readonly value: string;
  readonly label: string;
  /** Whether new records can use it. Inactive values remain on old records. */
  readonly active: boolean;
  readonly defaultValue: boolean;
  /** For a dependent picklist: a bit for each value of the controlling field, in base64. */
  readonly validFor: string | null;
}

export interface FieldSchema {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly length: number;
  readonly permissionable: boolean;
  readonly compoundFieldName: string | null;
  /** For references: the objects it can point to, and the relationship's name (`Owner` for OwnerId). */
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Whether it is rich text, with HTML values. */
  readonly htmlFormatted: boolean;
  readonly picklistValues: readonly PicklistValue[];
  /** Whether every record has a value. */
  readonly required: boolean;
}

export interface ObjectSchema {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string | null;
  readonly fields: readonly FieldSchema[];
}

/** A row as REST sends it: strings, numbers, booleans and null, keyed by API field name. */
export type Row = Record<string, string | number | boolean | null>;

/** The integration user's visibility. The HTTP side builds it from the access rules, and `query` applies it. */
export interface Visibility {
  /** Whether the user may read the object. If not, a query gets INVALID_TYPE. */
  object(name: string): boolean;
  /** Whether the user may read the field. If not, a query gets INVALID_FIELD and describe omits it. */
  field(object: string, field: string): boolean;
  /** Whether the user sees every row of the object. If so, `row` is not called. */
  everyRow(object: string): boolean;
  row(object: string, row: Row): boolean;
  /** Returns a test for rows that are found and counted but not sent; null if every row is sent. */
  hides(object: string): ((row: Row) => boolean) | null;
}

export interface QueryResult {
  /** The queried object. */
  readonly object: string;
  readonly totalSize: number;
  /** Returns a page of nested records with `attributes`, in Salesforce's REST format. They are built on demand. */
  page(offset: number, count: number): unknown[];
  readonly columns: readonly string[];
  /** Returns the number of rows that the query reads: those that it finds or counts. */
  readonly rowsRead: () => number;
}

/** A Salesforce org from a folder of CSV files. Its rows are in SQLite. */
export interface Org {
  readonly settings: OrgSettings;
  /**
   * One table per sObject and one column per field, for the access code, which decides record by record from these
   * rows.
   */
  readonly db: Database;
  objects(): readonly ObjectSchema[];
  /**
   * Runs a query; `all` includes deleted rows (queryAll). Throws `SoqlError` with Salesforce's errorCode and message.
   */
  query(soql: string, options: { readonly all: boolean; readonly visibility: Visibility }): QueryResult;
  /** Returns how such a query would run, by `costs` or their defaults. Throws `SoqlError`. */
  plan(soql: string, visibility: Visibility): QueryPlan;
  /** Returns the number of the object's records that are not deleted. */
  count(object: string): number;
  /** What queries cost from now on; null means that they take no time. */
  costs: CostSettings | null;
  readonly clock: Clock;
  /** Returns the time of `clock`. */
  now(): Date;
  advanceClock(seconds: number): void;
  /** Returns an object's rows with these values, including deleted rows. */
  rows(object: string, where?: Row): Row[];
  /**
   * Inserts or changes a row by Id. Stamps SystemModstamp and LastModifiedDate with the org's time unless the row gives
   * them.
   */
  put(object: string, row: Row): void;
  /** Runs the work with `at` as the stamp of the rows that it puts. */
  stamping<T>(at: Date, work: () => T): T;
  /** Removes a row permanently: not even queryAll finds it. */
  erase(object: string, id: string): void;
  /** Adds a custom field, null in every row. */
  addField(object: string, name: string, declaration: FieldDeclaration): void;
  /** Changes a field's description. Its values stay. */
  changeField(object: string, name: string, declaration: FieldDeclaration): void;
  /** Drops a custom field: describe omits it, and a query of it gets INVALID_FIELD. */
  dropField(object: string, name: string): void;
  /** Runs the work. If it throws, all of its changes are undone. */
  transaction<T>(work: () => T): T;
  /** Rises with every change to the org. Values computed from rows are valid while it stays. */
  readonly revision: number;
  close(): void;
}
