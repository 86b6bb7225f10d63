import type { ConfiguredFieldGap, GapOf } from '../facts/coverage-gaps.ts';
import { suggestNames } from '../lib/did-you-mean.ts';
import type { IndexedObject, ObjectName } from '../objects/index.ts';
import type { ObjectSettings } from '../objects/settings.ts';
import type { ObjectDescription } from '../salesforce/describe.ts';
import type { WantedFields } from './share-room.ts';

/**
 * Encrypted text would be visible to users without View Encrypted Data. The other types are not text; an address's
 * parts are separate fields.
 */
const NOT_INDEXED_TYPES = new Set(['encryptedstring', 'address', 'location', 'base64', 'complexvalue', 'anyType']);

/** System fields that are not worth searching. A pattern does not match them; an exact name does. */
const PLUMBING =
  /^(Id|IsDeleted|MasterRecordId|(Created|LastModified)(Date|ById)|SystemModstamp|Last(Viewed|Referenced|Activity)Date)$/;

export interface ChosenFields extends WantedFields {
  /** Title fields among them, the configured one first. */
  readonly titleFields: readonly string[];
  /** Standard fields that the org does not show. */
  readonly missing: readonly string[];
  /** Fields that the configuration names and the org does not have. */
  readonly leftOut: readonly LeftOut[];
}

/** A field that the configuration names but that is not indexed. */
export type LeftOut = GapOf<ConfiguredFieldGap['code']>;

/** Returns the names of the fields that can be indexed. */
export function choosable(described: ObjectDescription | null): string[] {
  return (described?.fields ?? []).filter(({ type }) => !NOT_INDEXED_TYPES.has(type)).map(({ name }) => name);
}

/**
 * Chooses the fields to index for an object, title fields first: the standard ones and those that the configuration
 * adds, except those that it leaves out and those that the org does not have.
 */
export function chooseFields(
  object: IndexedObject,
  described: ObjectDescription,
  settings: ObjectSettings,
): ChosenFields {
  const { add, leaveOut, title } = settings;
  const has = choosable(described);
  const titles = title === null ? [] : [title];
  const wanted = (fields: readonly string[]): string[] =>
    [...new Set(fields)].filter((field) => !isLeftOut(settings, field));
  /**
   * Returns the names as describe spells them. Keeps a name that describe does not list, and drops a field without
   * text.
   */
  const named = (names: readonly string[]): string[] =>
    wanted(names.flatMap((name) => matching(name, has)[0] ?? (described.fields.some(isNamed(name)) ? [] : [name])));

  const usual = named([...titles, ...object.fields]);
  const seen = usual.filter((field) => has.includes(field));
  // A standard field may be left out even if the org does not show it: then it is not reported as missing.
  const leftOut = leaveOut.filter((pattern) => !object.fields.some((field) => fits(pattern, field)));
  const patterns = [...add, ...leftOut, ...titles];
  const unknown = [...new Set(patterns)].filter((pattern) => matching(pattern, has).length === 0);
  return {
    object: object.name,
    fields: wanted([...seen, ...add.flatMap((pattern) => matching(pattern, has))]),
    usual,
    named: named(add.filter((pattern) => !pattern.includes('*'))),
    titleFields: named([...titles, ...object.titleFields]),
    missing: object.fields.filter((field) => !has.includes(field) && !isLeftOut(settings, field)),
    leftOut: unknown.map((pattern) => unknownField(object.name, pattern, described, has)),
  };
}

export function isLeftOut({ leaveOut }: ObjectSettings, field: string): boolean {
  return leaveOut.some((pattern) => fits(pattern, field));
}

function isNamed(name: string): (field: { readonly name: string }) => boolean {
  return (field) => field.name.toLowerCase() === name.toLowerCase();
}

function unknownField(
  object: ObjectName,
  field: string,
  described: ObjectDescription,
  has: readonly string[],
): LeftOut {
  const type = described.fields.find(isNamed(field))?.type;
  if (type !== undefined) return { code: 'field_not_indexable', object, field, type, count: 1 };
  return { code: 'field_unknown', object, field, near: suggestNames(field, has, 3), count: 1 };
}

function matching(pattern: string, has: readonly string[]): string[] {
  const isPattern = pattern.includes('*');
  return has.filter((field) => fits(pattern, field) && !(isPattern && PLUMBING.test(field)));
}

/** Matches an API name without regard to case, as Salesforce does. */
function fits(pattern: string, field: string): boolean {
  const name = field.toLowerCase();
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  // Not a regular expression: with many stars, its time would grow as a power of the name's length.
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
