import type { ObjectName } from '../objects/index.ts';

/**
 * The facts of a resolved schema that decide what documents contain. If they are the same, nothing must be read again.
 */
export type SchemaFacts = Readonly<Record<ObjectName, ObjectFacts>>;

export type ObjectFacts = OffObject | UnseenObject | ReadObject;

/** The configuration switches the object off. */
export interface OffObject {
  readonly state: 'off';
  /** Whether share rows are read anyway: those of accounts grant access to their children. */
  readonly shares: boolean;
}

/** The integration user does not see the object. */
export interface UnseenObject {
  readonly state: 'unseen';
}

export interface ReadObject {
  readonly state: 'read';
  /** Indexed text fields, in order. */
  readonly fields: readonly string[];
  /** Additional visible fields that decide access. */
  readonly accessFields: readonly string[];
  /** Whether its share rows are visible. */
  readonly shares: boolean;
  /** The subset of `fields` that is HTML. */
  readonly richFields: readonly string[];
  /** The subset of `fields` that are picklists with labels that differ from the values. */
  readonly labelledFields: readonly string[];
  /** The subset of `fields` that can be the title; null for the object's standard ones. */
  readonly titleFields: readonly string[] | null;
  /** Which records are indexed, in SOQL; null for all. */
  readonly where: string | null;
  /** True if it is unknown which of its records belong to person accounts. */
  readonly eitherKind: boolean;
}

/** Returns which records of an object are indexed, in SOQL; null for all, or if none are. */
export function filterOf(facts: ObjectFacts): string | null {
  return facts.state === 'read' ? facts.where : null;
}
