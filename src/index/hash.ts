import { hash } from 'node:crypto';

/** A short hash of a document's id, which names its object, and of its strings. The order of the fields does not matter. */
export function stringsHash(id: string, fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  return hash('sha256', JSON.stringify([id, entries]), 'base64').slice(0, 22);
}
