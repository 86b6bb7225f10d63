import type { ObjectName } from './object.ts';

/** The configuration of one object. */
export interface ObjectSettings {
  /** If false, the object's records are not read and its documents leave the index. */
  readonly on: boolean;
  /** Additional fields, by API name or pattern: `Region__c`, `Ext_*__c`. */
  readonly add: readonly string[];
  /** Fields to leave out, by API name or pattern. */
  readonly leaveOut: readonly string[];
  /** SOQL condition that selects the records to index; null for all of them. */
  readonly where: string | null;
  /** Field to try first as a record's title, before the standard ones; null for the standard ones only. */
  readonly title: string | null;
}

/** Settings by object. A missing object has the default settings. */
export type SettingsByObject = Readonly<Partial<Record<ObjectName, ObjectSettings>>>;

export const DEFAULT_SETTINGS: ObjectSettings = { on: true, add: [], leaveOut: [], where: null, title: null };
