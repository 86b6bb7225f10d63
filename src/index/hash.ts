import { hash } from 'node:crypto';
import type { ObjectName } from '../objects/index.ts';

/** A short hash of a document's strings; the order in which the fields come does not matter. */
export function stringsHash(object: ObjectName, fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  return hash('sha256', JSON.stringify([object, entries]), 'base64').slice(0, 22);
}
