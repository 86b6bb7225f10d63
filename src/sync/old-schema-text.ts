import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { ObjectFacts, SchemaFacts } from './schema-facts.ts';

/**
 * Earlier releases wrote a resolved schema as one line:
 * `Account:Name,Phone,OwnerId,shares,html=Notes__c,title=Phone+Name;Case:-`. Their indexes have such a line until the
 * next complete backfill begins. The format is fixed, even if the objects change.
 */

/** Fields that decided access then. A line has the visible ones in this order, after the indexed fields. */
const ACCESS_FIELDS: Readonly<Record<ObjectName, readonly string[]>> = {
  Account: ['OwnerId'],
  Contact: ['OwnerId', 'AccountId', 'IsPersonAccount'],
  Case: ['OwnerId', 'AccountId'],
  Opportunity: ['OwnerId', 'AccountId', 'IsPrivate'],
  Lead: ['OwnerId', 'IsConverted'],
};

const OFF = 'off';
const UNSEEN = '-';
const SHARES = 'shares';
const NO_SHARES = 'no shares';
const EITHER_KIND = 'either-kind';

const RICH = 'html=';
const LABELLED = 'label=';
const TITLE = 'title=';
const FILTER = 'where=';
const MARKS = [RICH, LABELLED, TITLE, FILTER];

/** Returns the objects in the line; null if no version has written such a line. */
export function readOldSelection(line: string): Partial<SchemaFacts> | null {
  const parts = line.split(';').map((part) => part.split(':'));
  const objects = parts.map(([name = '', entries = '', ...rest]) => {
    const object = OBJECT_NAMES.find((known) => known === name);
    const facts = object === undefined || rest.length > 0 ? null : factsIn(object, entries.split(','));
    return facts === null ? null : ([name, facts] as const);
  });
  const known = objects.filter((object) => object !== null);
  return known.length < objects.length ? null : Object.fromEntries(known);
}

function factsIn(object: ObjectName, entries: readonly string[]): ObjectFacts | null {
  const [first] = entries;
  if (first === UNSEEN) return entries.length === 1 ? { state: 'unseen' } : null;
  if (first === OFF) {
    const isKnown = entries.slice(1).every((entry) => entry === SHARES || entry === NO_SHARES);
    return isKnown ? { state: 'off', shares: entries.includes(SHARES) } : null;
  }
  const at = entries.findIndex((entry) => entry === SHARES || entry === NO_SHARES);
  if (at === -1) return null;
  const names = entries.slice(0, at);
  const marks = entries.slice(at + 1);
  const areKnown =
    names.every((name) => /^\w+$/.test(name)) &&
    marks.every((entry) => entry === EITHER_KIND || MARKS.some((mark) => entry.startsWith(mark)));
  const filters = marked(marks, FILTER).map(decoded);
  if (!areKnown || filters.includes(null)) return null;
  const borders = names.length - accessFieldsAtEnd(names, ACCESS_FIELDS[object]);
  return {
    state: 'read',
    fields: names.slice(0, borders),
    accessFields: names.slice(borders),
    shares: entries[at] === SHARES,
    richFields: marked(marks, RICH),
    labelledFields: marked(marks, LABELLED),
    titleFields: marked(marks, TITLE)[0]?.split('+') ?? null,
    where: filters[0] ?? null,
    eitherKind: marks.includes(EITHER_KIND),
  };
}

/**
 * Returns how many names at the end are fields that decide access. Such a field may be indexed too, even as the last
 * one. It is not counted twice: an indexed field is visible, so it is also among the access fields, where this walk
 * meets it first.
 */
function accessFieldsAtEnd(names: readonly string[], accessFields: readonly string[]): number {
  let count = 0;
  let next = accessFields.length;
  for (const name of names.toReversed()) {
    const at = accessFields.indexOf(name);
    if (at === -1 || at >= next) break;
    next = at;
    count++;
  }
  return count;
}

function marked(entries: readonly string[], mark: string): string[] {
  return entries.filter((entry) => entry.startsWith(mark)).map((entry) => entry.slice(mark.length));
}

/** Returns null if the text is damaged. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
