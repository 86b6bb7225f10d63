/** API names of the indexed sObjects. */
export type ObjectName = 'Account' | 'Contact' | 'Case' | 'Opportunity' | 'Lead';

/**
 * What the connector knows about one indexed sObject. Each object has a file with one frozen value, and a line in
 * `index.ts`.
 */
export interface IndexedObject {
  readonly name: ObjectName;
  /** First three characters of the object's record ids. */
  readonly keyPrefix: string;
  /** Text fields that are indexed and shown by default, title fields first. */
  readonly fields: readonly string[];
  /** The subset of `fields` that can be a record's title. The first non-empty one is used. */
  readonly titleFields: readonly string[];
  /** Additional fields that decide access, or whether the record is indexed. */
  readonly accessFields: readonly string[];
  /** The field that names the record's account; null if the object has no account. */
  readonly accountField: string | null;
  /** The field that, when true, keeps the record out of the index. */
  readonly excludedWhen: string | null;
  readonly share: {
    /**
     * The share sObject, its field that names the shared record, and its field with the access level on that record.
     */
    readonly object: string;
    readonly parentField: string;
    readonly levelField: string;
    /** AccountShare only: the fields with the access level on the account's children. */
    readonly childLevelFields: Readonly<Partial<Record<ObjectName, string>>>;
  };
  /** The Organization field that contains the object's org-wide default. */
  readonly defaultField: string;
}
