/** The sObjects that are indexed, by API name. */
export type ObjectName = 'Account' | 'Contact' | 'Case' | 'Opportunity' | 'Lead';

/**
 * What the connector knows about one indexed sObject. One frozen value a file; a sixth object is one file and one line
 * in `index.ts`.
 */
export interface IndexedObject {
  readonly name: ObjectName;
  /** First three characters of its record ids. */
  readonly keyPrefix: string;
  /** Text fields that are indexed and shown unless the configuration chooses others, title fields first. */
  readonly fields: readonly string[];
  /** The fields, all of `fields`, whose text is a record's title: the first that is not empty. */
  readonly titleFields: readonly string[];
  /** Further fields that decide on access or on whether the record is indexed. */
  readonly accessFields: readonly string[];
  /** The field that names the record's account, where it can have one. */
  readonly accountField: string | null;
  /** The field that, when true, takes the record out of the index. */
  readonly excludedWhen: string | null;
  readonly share: {
    /** The share sObject, its field that names the shared record, and its field that says what a row gives on it. */
    readonly object: string;
    readonly parentField: string;
    readonly levelField: string;
    /** On AccountShare: the fields that say what a row gives on the account's children. */
    readonly childLevelFields: Readonly<Partial<Record<ObjectName, string>>>;
  };
  /** The Organization field with its org-wide default. */
  readonly defaultField: string;
}
