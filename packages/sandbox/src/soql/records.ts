import { keyField, quoted } from '../org/table.ts';
import type { FieldSchema } from '../org/types.ts';
import { type RestValue, type Stored, toRest } from '../org/values.ts';
import type { ChildQuery, FieldItem, Query } from './ast.ts';
import { errorAt } from './errors.ts';
import { hidesDeleted } from './rows.ts';
import type { Column, Parent, QueryContext, Scope } from './scope.ts';

/** A record in REST's format: `attributes`, then fields, parents and child results in the order of the query. */
export type RestRecord = { [name: string]: RestValue | RestRecord | ChildResult };

/** The result of a subquery, inside a record. */
export interface ChildResult {
  readonly totalSize: number;
  readonly done: true;
  readonly records: readonly unknown[];
}

/** Runs a subquery for the parent with that Id. Returns null if it finds nothing, as Salesforce does. */
export type ChildReader = (parentId: string) => ChildResult | null;

interface Selected {
  readonly column: Column;
  /** Its name in the record. */
  readonly key: string;
  readonly asLabel: boolean;
  /** The offset of its values in the row: one value, or a compound field's parts. */
  readonly from: number;
  readonly parts: readonly FieldSchema[];
}

/** Turns rowids into records. */
export class RecordShape {
  readonly columns: readonly string[];
  readonly #scope: Scope;
  readonly #context: QueryContext;
  readonly #selected: Selected[] = [];
  readonly #children: readonly (readonly [string, ChildReader])[];
  readonly #sql: string;
  /** For each parent, the offset in the row of the ids of its possible targets. */
  readonly #parentIds = new Map<string, { readonly parent: Parent; readonly from: number }>();

  /** Throws `SoqlError` for fields that are unknown or selected twice. */
  constructor(
    query: Query,
    scope: Scope,
    context: QueryContext,
    childReader: (child: ChildQuery) => readonly [string, ChildReader],
  ) {
    this.#scope = scope;
    this.#context = context;
    const values = [`t.${quoted(keyField(scope.schema))}`];
    const items = query.select.filter((item): item is FieldItem => item.kind === 'field');
    for (const item of items) {
      const column = scope.column(item.path);
      const key = (item.asLabel ? item.alias : null) ?? column.field.name;
      if (this.#selected.some((other) => other.column.parent === column.parent && other.key === key))
        throw errorAt(context.soql, item.path.at, 'INVALID_FIELD', `duplicate field selected: ${column.name}`);
      const parts = partsOf(column, scope, context);
      this.#selected.push({ column, key, asLabel: item.asLabel, from: values.length, parts });
      if (column.field.type !== 'address') values.push(column.sql);
      for (const part of parts) values.push(`${aliasOf(column)}.${quoted(part.name)}`);
      const { parent } = column;
      if (parent !== null) this.#addParents(parent, values);
    }
    this.columns = this.#selected.map(({ column }) => column.name);
    this.#children = query.select.filter((item) => item.kind === 'children').map(childReader);
    const left = hidesDeleted(query, scope, context) ? ' AND t."IsDeleted" = 0' : '';
    this.#sql = `SELECT ${values.join(', ')} FROM json_each(?) j CROSS JOIN ${quoted(scope.schema.name)} t ON t.rowid = j.value${left} ${scope.joins} ORDER BY j.key`;
  }

  /**
   * Returns the records at these rowids as they are now, in that order. Records deleted in the meantime are left out.
   */
  read(rowids: Int32Array): RestRecord[] {
    const found: unknown[] = this.#context.tables.db
      .prepare(this.#sql)
      .raw()
      .all([JSON.stringify(this.#sent([...rowids]))]);
    return found.map((values) => this.#record(values as Stored[]));
  }

  #sent(rowids: readonly number[]): readonly number[] {
    const hidden = this.#context.visibility.hides(this.#scope.schema.name);
    if (hidden === null) return rowids;
    const rows = this.#context.tables.rowsAt(this.#scope.schema, rowids);
    return rows.filter(({ row }) => !hidden(row)).map(({ rowid }) => rowid);
  }

  #addParents(parent: Parent, values: string[]): void {
    for (let depth = 1; depth <= parent.steps.length; depth++) {
      const key = parent.steps.slice(0, depth).join('.');
      if (this.#parentIds.has(key)) continue;
      const ancestor = this.#scope.parent(key);
      this.#parentIds.set(key, { parent: ancestor, from: values.length });
      for (const target of ancestor.targets) values.push(`${target.alias}.${quoted(keyField(target.schema))}`);
    }
  }

  #record(values: readonly Stored[]): RestRecord {
    const id = String(values[0]);
    const record: RestRecord = { attributes: this.#attributes(this.#scope.schema.name, this.#scope.schema.name, id) };
    for (const { column, key, asLabel, from, parts } of this.#selected) {
      const holder = column.parent === null ? record : this.#parentRecord(record, column.parent, values);
      if (holder === null) continue;
      const value = values[from] ?? null;
      if (column.field.type === 'address') holder[key] = addressOf(parts, values.slice(from, from + parts.length));
      else holder[key] = asLabel ? labelsOf(column.field, value) : toRest(column.field.type, value);
    }
    for (const [name, read] of this.#children) record[name] = read(id);
    return record;
  }

  /** Returns the nested record of a parent, and creates it if needed; null if the record has no such parent. */
  #parentRecord(record: RestRecord, parent: Parent, values: readonly Stored[]): RestRecord | null {
    let holder = record;
    for (const [depth, step] of parent.steps.entries()) {
      const known = holder[step];
      if (known === null) return null;
      if (typeof known === 'object') {
        holder = known as RestRecord;
        continue;
      }
      const ids = this.#parentIds.get(parent.steps.slice(0, depth + 1).join('.'));
      const target = ids?.parent.targets.findIndex((_target, at) => (values[ids.from + at] ?? null) !== null) ?? -1;
      const schema = ids?.parent.targets[target]?.schema;
      if (ids === undefined || schema === undefined) {
        holder[step] = null;
        return null;
      }
      const type = ids.parent.targets.length > 1 ? 'Name' : schema.name;
      const made: RestRecord = { attributes: this.#attributes(type, schema.name, String(values[ids.from + target])) };
      holder[step] = made;
      holder = made;
    }
    return holder;
  }

  #attributes(type: string, object: string, id: string): RestRecord {
    return { type, url: `/services/data/v${this.#context.apiVersion}/sobjects/${object}/${id}` };
  }
}

/**
 * Returns a picklist value's label, or the labels of several values. A value that the org doesn't list is its own
 * label.
 */
function labelsOf({ type, picklistValues }: FieldSchema, value: Stored): RestValue {
  const shown = toRest(type, value);
  if (typeof shown !== 'string') return shown;
  const labels = new Map(picklistValues.map((listed) => [listed.value, listed.label]));
  const values = type === 'multipicklist' ? shown.split(';') : [shown];
  return values.map((one) => labels.get(one) ?? one).join(';');
}

function aliasOf(column: Column): string {
  return column.parent?.targets[0]?.alias ?? 't';
}

/** Returns the visible parts of a compound field; none for any other field. */
function partsOf(column: Column, scope: Scope, context: QueryContext): readonly FieldSchema[] {
  if (column.field.type !== 'address') return [];
  const schema = column.parent?.targets[0]?.schema ?? scope.schema;
  return schema.fields.filter(
    (field) => field.compoundFieldName === column.field.name && context.visibility.field(schema.name, field.name),
  );
}

/** Returns a compound address in REST's format: its parts by their short names (`city`), or null if all are empty. */
function addressOf(parts: readonly FieldSchema[], values: readonly Stored[]): RestRecord | null {
  if (values.every((value) => value === null)) return null;
  const address: RestRecord = {};
  for (const [at, part] of parts.entries()) {
    const prefix = part.compoundFieldName?.replace(/Address$/, '') ?? '';
    const short = part.name.slice(prefix.length);
    address[short.charAt(0).toLowerCase() + short.slice(1)] = toRest(part.type, values[at] ?? null);
  }
  return address;
}
