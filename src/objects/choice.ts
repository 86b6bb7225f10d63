import type { ObjectName } from './object.ts';

/** What the configuration says of one object. */
export interface ObjectChoice {
  /** False: its records are not read, and its documents leave the index. */
  readonly on: boolean;
  /** Further fields, by API name or pattern: `Region__c`, `Ext_*__c`. */
  readonly add: readonly string[];
  /** Fields that are not indexed, by API name or pattern. */
  readonly leaveOut: readonly string[];
  /** The condition, in SOQL, of the records that are indexed; null: all of them. */
  readonly where: string | null;
  /** The field that is a record's title, before the usual ones; null: the usual ones. */
  readonly title: string | null;
}

/** By object; one that is not there is as the configuration leaves it. */
export type Choices = Readonly<Partial<Record<ObjectName, ObjectChoice>>>;

export const USUAL_CHOICE: ObjectChoice = { on: true, add: [], leaveOut: [], where: null, title: null };
