import { OBJECTS, type ObjectName } from '../../../objects/index.ts';
import { NORMALIZE_VERSION } from '../../text/normalize.ts';
import { Damage } from './stored.ts';

/**
 * Raise this whenever schema.ts or the meaning of a stored value changes. Older files that upgrade.ts does not know are
 * then emptied.
 */
const SCHEMA_VERSION = 8;

/** The numbers of objects in the file. */
const CODES: Readonly<Record<ObjectName, number>> = { Account: 1, Contact: 2, Case: 3, Opportunity: 4, Lead: 5 };

export function codeOf(object: ObjectName): number {
  return CODES[object];
}

const NAMES = new Map(OBJECTS.map((object) => [codeOf(object.name), object.name]));

export function objectOf(code: number): ObjectName {
  const name = NAMES.get(code);
  if (name === undefined) throw new Damage(`no object has the code ${code}`);
  return name;
}

/** The layout of files that this version can read. A file with another schema or normalization is not readable. */
export const LAYOUT: string = [SCHEMA_VERSION, NORMALIZE_VERSION].join('.');
