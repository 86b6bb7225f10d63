import type { ObjectName } from '../objects/index.ts';

/** What of a selection decides what documents hold: where it is the same, none must be read again. */
export type SelectionFacts = Readonly<Record<ObjectName, ObjectFacts>>;

export type ObjectFacts = OffObject | UnseenObject | ReadObject;

/** The configuration switches it off. */
export interface OffObject {
  readonly state: 'off';
  /** Its share rows are read all the same: those of accounts open their children. */
  readonly shares: boolean;
}

/** The integration user does not see it. */
export interface UnseenObject {
  readonly state: 'unseen';
}

export interface ReadObject {
  readonly state: 'read';
  /** Indexed text fields, in their order. */
  readonly fields: readonly string[];
  /** Further fields that decide on access, and that are seen. */
  readonly accessFields: readonly string[];
  /** Its share rows are seen. */
  readonly shares: boolean;
  /** Those of `fields` that are HTML. */
  readonly richFields: readonly string[];
  /** Those of `fields` that are picklists whose values have labels of another text. */
  readonly labelledFields: readonly string[];
  /** Those of `fields` that are the title; null: the object's usual ones. */
  readonly titleFields: readonly string[] | null;
  /** Which records are indexed, in SOQL; null: all. */
  readonly where: string | null;
  /** Nobody knows of its records whether they are person accounts'. */
  readonly eitherKind: boolean;
}

/** Which records of an object are indexed, in SOQL; null: all, or none. */
export function filterOf(facts: ObjectFacts): string | null {
  return facts.state === 'read' ? facts.where : null;
}
