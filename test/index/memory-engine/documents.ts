import type { DocumentChange, EngineDocument } from '../../../src/index/port/search-engine.ts';
import { indexWords } from '../../../src/index/text/normalize.ts';
import type { FieldLists } from '../../../src/objects/index.ts';
import type { Words } from './levels.ts';

/** A document with its words. Never changes. */
export class StoredDocument {
  readonly document: EngineDocument;
  readonly #words = new Map<string, Words>();

  constructor(document: EngineDocument) {
    this.document = document;
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
    return new StoredDocument({ ...this.document, strings });
  }
}

export type StoredDocuments = ReadonlyMap<string, StoredDocument>;

/** All documents with every applied change, and the sequence of each record's last change. */
export class Documents {
  #byId = new Map<string, StoredDocument>();
  readonly #sequences = new Map<string, number>();
  #highest = 0;

  /** The highest sequence of any change. */
  get highest(): number {
    return this.#highest;
  }

  /** Returns the sequence of the record's last change. */
  sequenceOf(id: string): number {
    return this.#sequences.get(id) ?? Number.NEGATIVE_INFINITY;
  }

  apply({ id, sequence, document }: DocumentChange): void {
    this.#sequences.set(id, sequence);
    this.#highest = Math.max(this.#highest, sequence);
    if (document === null) this.#byId.delete(id);
    else this.#byId.set(id, new StoredDocument(document));
  }

  /** Deletes the strings of all other fields. */
  keepOnly(fields: FieldLists): void {
    this.#byId = new Map(keepingOnly(this.#byId, fields));
  }

  /** Returns the documents as they are now. */
  snapshot(): StoredDocuments {
    return new Map(this.#byId);
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
