import { randomInt } from 'node:crypto';
import { longId } from '../../org/ids.ts';
import { keyField } from '../../org/table.ts';
import type { FieldDeclaration, Org, Row } from '../../org/types.ts';
import { ChangeError } from './request.ts';

export interface Changed {
  readonly object: string;
  /** The id of a row, or the name of a field. */
  readonly id: string;
  readonly change: 'created' | 'changed' | 'erased';
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Access to the org's rows while a batch of changes is made. It records what changed. */
export class Edit {
  readonly changed: Changed[] = [];
  readonly #org: Org;

  constructor(org: Org) {
    this.#org = org;
  }

  get org(): Org {
    return this.#org;
  }

  exists(object: string): boolean {
    return this.#org.objects().some((schema) => schema.name === object);
  }

  hasField(object: string, field: string): boolean {
    return this.#schema(object).fields.some(({ name }) => name === field);
  }

  /** Returns rows with these values; none if the org lacks the object or one of the fields. */
  rows(object: string, where: Row): Row[] {
    if (!this.exists(object) || !Object.keys(where).every((field) => this.hasField(object, field))) return [];
    return this.#org.rows(object, where);
  }

  /** Returns the name of the field that identifies a row: Id, or its substitute. */
  keyField(object: string): string {
    return this.exists(object) ? keyField(this.#schema(object)) : 'Id';
  }

  row(object: string, id: string): Row {
    const row = this.find(object, id);
    if (row === null) throw new ChangeError(`${object} has no row ${id}.`);
    return row;
  }

  find(object: string, id: string): Row | null {
    return this.rows(object, { [this.keyField(object)]: id })[0] ?? null;
  }

  /** Inserts or changes a row; the org stamps it. Fields of `extras` that the object lacks are ignored. */
  put(object: string, row: Row, extras: Row = {}): void {
    const known = Object.entries(extras).filter(([field]) => this.hasField(object, field));
    const id = String(row[this.keyField(object)]);
    const change = this.find(object, id) === null ? 'created' : 'changed';
    this.#org.put(object, { ...Object.fromEntries(known), ...row });
    this.changed.push({ object, id, change });
  }

  erase(object: string, id: string): void {
    this.#org.erase(object, id);
    this.changed.push({ object, id, change: 'erased' });
  }

  addField(object: string, name: string, declaration: FieldDeclaration): void {
    this.#org.addField(object, name, declaration);
    this.changed.push({ object, id: name, change: 'created' });
  }

  changeField(object: string, name: string, declaration: FieldDeclaration): void {
    this.#org.changeField(object, name, declaration);
    this.changed.push({ object, id: name, change: 'changed' });
  }

  dropField(object: string, name: string): void {
    this.#org.dropField(object, name);
    this.changed.push({ object, id: name, change: 'erased' });
  }

  /** Returns an id that no row of the object has. */
  newId(object: string): string {
    const prefix = this.#schema(object).keyPrefix;
    if (prefix === null) throw new ChangeError(`${object} has no key prefix: give the row its Id.`);
    const random = Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    return longId(`${prefix}Sbx${random}`);
  }

  #schema(object: string) {
    const schema = this.#org.objects().find(({ name }) => name === object);
    if (schema === undefined) throw new ChangeError(`The org has no sObject ${object}.`);
    return schema;
  }
}
