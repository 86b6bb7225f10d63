import { isSameSecond, orderOf } from '../../../src/index/model/order.ts';
import type { DocumentChange, EngineDocument } from '../../../src/index/port/search-engine.ts';
import { indexWords } from '../../../src/index/text/normalize.ts';
import type { FieldLists } from '../../../src/objects/index.ts';
import type { Words } from './levels.ts';

/** A document with its place in the order of equal hits, and its words. Never changes. */
export class StoredDocument {
  readonly document: EngineDocument;
  readonly order: number;
  readonly #words = new Map<string, Words>();

  constructor(document: EngineDocument, order: number) {
    this.document = document;
    this.order = order;
  }

  /** Returns the words of these fields, for each that has a text. */
  wordsOf(fields: readonly string[]): Words[] {
    return fields.flatMap((field) => {
      const text = this.document.strings[field];
      if (text === undefined) return [];
      const words = this.#words.get(field) ?? indexWords(text);
      this.#words.set(field, words);
      return [words];
    });
  }

  /** Returns the document with the strings of these fields alone. */
  keeping(fields: readonly string[]): StoredDocument {
    const strings = pick(this.document.strings, fields);
    if (Object.keys(strings).length === Object.keys(this.document.strings).length) return this;
    return new StoredDocument({ ...this.document, strings }, this.order);
  }
}

export type StoredDocuments = ReadonlyMap<string, StoredDocument>;

/** All documents with every applied change, and the sequence of each record's last change. */
export class Documents {
  #byId = new Map<string, StoredDocument>();
  readonly #sequences = new Map<string, number>();
  readonly #orders = new Set<number>();
  #highest = 0;

  /** The highest sequence of any change. */
  get highest(): number {
    return this.#highest;
  }

  /** Reports whether the change is newer than the record's last one. */
  isNew({ id, sequence }: DocumentChange): boolean {
    return sequence > (this.#sequences.get(id) ?? Number.NEGATIVE_INFINITY);
  }

  apply({ id, sequence, document }: DocumentChange): void {
    this.#sequences.set(id, sequence);
    this.#highest = Math.max(this.#highest, sequence);
    const old = this.#byId.get(id);
    this.#byId.delete(id);
    if (old !== undefined) this.#orders.delete(old.order);
    if (document === null) return;
    const stored = new StoredDocument(document, this.#orderOf(document, old));
    this.#byId.set(id, stored);
    this.#orders.add(stored.order);
  }

  /** Deletes the strings of all other fields. */
  keepOnly(fields: FieldLists): void {
    this.#byId = new Map(keepingOnly(this.#byId, fields));
  }

  /** Returns the documents as they are now. */
  snapshot(): StoredDocuments {
    return new Map(this.#byId);
  }

  #orderOf({ modified, id }: EngineDocument, old: StoredDocument | undefined): number {
    if (old !== undefined && isSameSecond(old.document.modified, modified)) return old.order;
    let order = orderOf(modified, id);
    while (this.#orders.has(order)) order++;
    return order;
  }
}

/** Returns the documents without the strings of all other fields. */
export function keepingOnly(documents: StoredDocuments, fields: FieldLists): StoredDocuments {
  return new Map([...documents].map(([id, each]) => [id, each.keeping(fields[each.document.object])]));
}

/** Returns the strings of these fields. */
export function pick(
  strings: Readonly<Record<string, string>>,
  fields: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = strings[field];
      return text === undefined ? [] : [[field, text]];
    }),
  );
}
