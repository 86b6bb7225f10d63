import type { Closed } from '../access/types.ts';
import { nearNames } from '../near-names.ts';
import type { ObjectChoice } from '../objects/choice.ts';
import type { IndexedObject } from '../objects/index.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';

/**
 * Encrypted text would be shown to users who lack View Encrypted Data; the rest is no text: an address's parts are fields
 * of their own.
 */
const NOT_INDEXED_TYPES = new Set(['encryptedstring', 'address', 'location', 'base64', 'complexvalue', 'anyType']);

/** Fields that are everybody's and nobody's word: a pattern does not mean them, a name does. */
const PLUMBING =
  /^(Id|IsDeleted|MasterRecordId|(Created|LastModified)(Date|ById)|SystemModstamp|Last(Viewed|Referenced|Activity)Date)$/;

export interface ChosenFields {
  readonly fields: readonly string[];
  readonly titleFields: readonly string[];
  /** Fields that were wanted by name and are not there. */
  readonly missing: readonly string[];
  /** What the configuration names and is not indexed. */
  readonly leftOut: readonly Closed[];
}

/** Names of the fields that can be indexed. */
export function choosable(described: ObjectDescription | null): string[] {
  return (described?.fields ?? []).filter(({ type }) => !NOT_INDEXED_TYPES.has(type)).map(({ name }) => name);
}

/**
 * The fields that are indexed of an object, title fields first: the usual ones and those that the configuration adds, but
 * for those that it leaves out, and those that the org does not have.
 *
 * @param room so many fields the index can hold
 */
export function chooseFields(
  object: IndexedObject,
  described: ObjectDescription,
  { add, leaveOut, title }: ObjectChoice,
  room: number,
): ChosenFields {
  const has = choosable(described);
  const usual = object.fields.filter((field) => has.includes(field));
  const added = add.flatMap((pattern) => matching(pattern, has));
  const titles = title === null ? [] : matching(title, has);
  const out = new Set(leaveOut.flatMap((pattern) => matching(pattern, has)));
  const wanted = [...new Set([...titles, ...usual, ...added])].filter((field) => !out.has(field));
  const fields = wanted.slice(0, room);
  const titleFields = [...new Set([...titles, ...object.titleFields])].filter((field) => fields.includes(field));

  const named = [...add, ...leaveOut, ...(title === null ? [] : [title])];
  const unknown = [...new Set(named)].filter((pattern) => matching(pattern, has).length === 0);
  const isLeftOut = (field: string): boolean => leaveOut.some((pattern) => fits(pattern, field));
  return {
    fields,
    titleFields,
    missing: object.fields.filter((field) => !has.includes(field) && !isLeftOut(field)),
    leftOut: [
      ...unknown.map((pattern) => unknownField(object.name, pattern, described, has)),
      ...wanted.slice(room).map((field) => ({
        what: `field ${object.name}.${field}`,
        why: 'the index holds 120 fields of all objects together',
        count: 1,
        remedy: 'Leave some out under objects in the config file.',
      })),
    ],
  };
}

function unknownField(object: string, pattern: string, described: ObjectDescription, has: readonly string[]): Closed {
  const what = `field ${object}.${pattern}`;
  const type = described.fields.find(({ name }) => name.toLowerCase() === pattern.toLowerCase())?.type;
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
