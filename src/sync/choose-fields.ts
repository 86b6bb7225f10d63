import type { Closed } from '../access/types.ts';
import { nearNames } from '../near-names.ts';
import type { ObjectChoice } from '../objects/choice.ts';
import type { IndexedObject, ObjectName } from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';
import type { WantedFields } from './share-room.ts';

/**
 * Encrypted text would be shown to users who lack View Encrypted Data; the rest is no text: an address's parts are fields
 * of their own.
 */
const NOT_INDEXED_TYPES = new Set(['encryptedstring', 'address', 'location', 'base64', 'complexvalue', 'anyType']);

/** Fields that are everybody's and nobody's word: a pattern does not mean them, a name does. */
const PLUMBING =
  /^(Id|IsDeleted|MasterRecordId|(Created|LastModified)(Date|ById)|SystemModstamp|Last(Viewed|Referenced|Activity)Date)$/;

export interface ChosenFields extends WantedFields {
  /** Titles among them, the configured one first. */
  readonly titleFields: readonly string[];
  /** Usual fields that are not there. */
  readonly missing: readonly string[];
  /** What the configuration names and the org does not have. */
  readonly leftOut: readonly Closed[];
}

/** Names of the fields that can be indexed. */
export function choosable(described: ObjectDescription | null): string[] {
  return (described?.fields ?? []).filter(({ type }) => !NOT_INDEXED_TYPES.has(type)).map(({ name }) => name);
}

/**
 * The fields that are to be indexed of an object, title fields first: the usual ones and those that the configuration
 * adds, but for those that it leaves out, and those that the org does not have.
 */
export function chooseFields(object: IndexedObject, described: ObjectDescription, choice: ObjectChoice): ChosenFields {
  const { add, leaveOut, title } = choice;
  const has = choosable(described);
  const titles = title === null ? [] : [title];
  const wanted = (fields: readonly string[]): string[] =>
    [...new Set(fields)].filter((field) => !isLeftOut(choice, field));
  /** As describe writes it; one that it does not list as it is; none for one that has no text. */
  const named = (names: readonly string[]): string[] =>
    wanted(names.flatMap((name) => matching(name, has)[0] ?? (described.fields.some(isNamed(name)) ? [] : [name])));

  const usual = named([...titles, ...object.fields]);
  const seen = usual.filter((field) => has.includes(field));
  // A usual field that the org does not show may be left out: then it is not missed.
  const leftOut = leaveOut.filter((pattern) => !object.fields.some((field) => fits(pattern, field)));
  const patterns = [...add, ...leftOut, ...titles];
  const unknown = [...new Set(patterns)].filter((pattern) => matching(pattern, has).length === 0);
  return {
    object: object.name,
    fields: wanted([...seen, ...add.flatMap((pattern) => matching(pattern, has))]),
    usual,
    named: named(add.filter((pattern) => !pattern.includes('*'))),
    titleFields: named([...titles, ...object.titleFields]),
    missing: object.fields.filter((field) => !has.includes(field) && !isLeftOut(choice, field)),
    leftOut: unknown.map((pattern) => unknownField(object.name, pattern, described, has)),
  };
}

/** Whether the configuration leaves the field out. */
export function isLeftOut({ leaveOut }: ObjectChoice, field: string): boolean {
  return leaveOut.some((pattern) => fits(pattern, field));
}

/** What is said of a field that the index has no room for. */
export function noRoom(object: ObjectName, field: string, most: number): Closed {
  return {
    what: `field ${object}.${field}`,
    why: `the index holds ${most.toLocaleString('en')} fields of all objects together`,
    count: 1,
    remedy: 'Leave some out under objects in the config file.',
  };
}

function isNamed(name: string): (field: { readonly name: string }) => boolean {
  return (field) => field.name.toLowerCase() === name.toLowerCase();
}

function unknownField(object: string, pattern: string, described: ObjectDescription, has: readonly string[]): Closed {
  const what = `field ${object}.${pattern}`;
  const type = described.fields.find(isNamed(pattern))?.type;
  if (type !== undefined) {
    const why =
      type === 'address' || type === 'location'
        ? 'it has no text of its own: name its parts'
        : `fields of the type ${type} are not indexed`;
    return { what, why, count: 1, remedy: 'Take it out of objects in the config file.' };
  }
  const near = nearNames(pattern, has, 3);
  const guess = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
  const why = pattern.includes('*')
    ? 'no field that the integration user sees has such a name'
    : 'the org has no such field, or hides it from the integration user';
  return {
    what,
    why: `${why}${guess}`,
    count: 1,
    remedy: 'Correct the name under objects in the config file, or grant the integration user Read on the field.',
  };
}

function matching(pattern: string, has: readonly string[]): string[] {
  const isPattern = pattern.includes('*');
  return has.filter((field) => fits(pattern, field) && !(isPattern && PLUMBING.test(field)));
}

/** API names are compared without case, as Salesforce does. */
function fits(pattern: string, field: string): boolean {
  const name = field.toLowerCase();
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  // No regular expression: with many stars its time would grow as a power of the name's length.
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
