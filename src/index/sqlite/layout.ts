import { type IndexedFields, OBJECT_NAMES, OBJECTS, type ObjectName } from '../../objects/index.ts';
import { indexText, NORMALIZE_VERSION } from '../normalize.ts';

/** Raise it whenever schema.ts or the meaning of a stored value changes: older files are then built anew. */
const SCHEMA_VERSION = 3;

/** How objects are written in the file. */
const CODES: Readonly<Record<ObjectName, number>> = { Account: 1, Contact: 2, Case: 3, Opportunity: 4, Lead: 5 };

/** What a word in a title field counts, against 1 anywhere else. */
const TITLE_WEIGHT = 10;

/**
 * Without column sizes bm25() takes every document for `-columns` words long, and its saturation,
 * `f / (f + 1.2 * (0.25 - 0.75 * columns / average length))`, then *falls* with the weighted count f wherever documents
 * are short. With weights this small f vanishes in the divisor: the size of the score is idf * f, whatever its sign.
 */
export const WEIGHT_UNIT = 1e-6;

export function codeOf(object: ObjectName): number {
  return CODES[object];
}

const NAMES = new Map(OBJECTS.map((object) => [codeOf(object.name), object.name]));

export function objectOf(code: number): ObjectName {
  const name = NAMES.get(code);
  if (name === undefined) throw new Error(`No object has the code ${code}.`);
  return name;
}

/** The full-text column of an object's field. One table has the columns of all objects, so that scores compare. */
export function columnOf(object: ObjectName, field: string): string {
  return `${object}_${field}`;
}

/** The full-text columns of a file with these fields, in their order; the principals' comes after them. */
export function columnsOf({ fields }: IndexedFields): string[] {
  return OBJECT_NAMES.flatMap((name) => fields[name].map((field) => columnOf(name, field)));
}

/** The arguments of bm25(): one weight per column, and nothing for the principals. */
export function weightsOf({ fields, titleFields }: IndexedFields): string {
  const weights = OBJECT_NAMES.flatMap((name) =>
    fields[name].map((field) => (titleFields[name].includes(field) ? TITLE_WEIGHT : 1) * WEIGHT_UNIT),
  );
  return [...weights, 0].join(', ');
}

/** What a file was made for: one of another schema or normalisation cannot be read with this one. */
export const LAYOUT: string = [SCHEMA_VERSION, NORMALIZE_VERSION].join('.');

/** A principal in the `acl` column: a letter that no text keeps after normalisation, and its number. */
export function principalToken(pid: number): string {
  return `\u{e000}p${pid}`;
}

/** What stands in the full-text columns of a document, in the order of its object's fields, principals last. */
export function indexedStrings(
  fields: readonly string[],
  strings: Readonly<Record<string, string>>,
  pids: readonly number[],
): (string | null)[] {
  const texts = fields.map((field) => {
    const text = strings[field];
    return text === undefined ? null : indexText(text);
  });
  return [...texts, pids.map(principalToken).join(' ')];
}
