import { keyField, quoted } from '../org/table.ts';
import type { OrgTables } from '../org/tables.ts';
import type { FieldSchema, ObjectSchema, Sight } from '../org/types.ts';
import type { Path, Query } from './ast.ts';
import { valueSql } from './column-values.ts';
import { errorAt, messages } from './errors.ts';

/** What a query runs against. */
export interface QueryContext {
  /** The query as it was sent: error messages quote it. */
  readonly soql: string;
  readonly tables: OrgTables;
  readonly sight: Sight;
  /** Deleted rows too? */
  readonly all: boolean;
  readonly now: Date;
  readonly apiVersion: string;
  /** What a COUNT of the object's rows is multiplied by; absent: 1. */
  readonly countFactor?: (object: string) => number;
}

/** One of the tables that a lookup can point to, joined under an alias. */
export interface Target {
  readonly schema: ObjectSchema;
  readonly alias: string;
}

/** A relationship that the query follows: `Owner`, or `Owner.Profile` from there. */
export interface Parent {
  /** The relationships from the queried object, in the schema's spelling. */
  readonly steps: readonly string[];
  readonly targets: readonly Target[];
}

/** A field that a path names. */
export interface Column {
  readonly field: FieldSchema;
  /** The API name of the object that the field is of. */
  readonly object: string;
  /** Its value as SQL. Empty for a compound field, which has none. */
  readonly sql: string;
  /** The relationship that leads to it; null for a field of the queried object. */
  readonly parent: Parent | null;
  /** The path in the schema's spelling: `Owner.Name`. */
  readonly name: string;
}

/** The names of one query: resolves paths, and keeps the joins that they need. */
export class Scope {
  readonly schema: ObjectSchema;
  readonly #context: QueryContext;
  readonly #alias: string | null;
  readonly #parents = new Map<string, Parent>();
  readonly #joins: string[] = [];

  /** Throws `SoqlError` (INVALID_TYPE) where the org has no such object, or the asking user may not read it. */
  constructor(context: QueryContext, from: Query['from']) {
    const schema = context.tables.find(from.object);
    if (schema === undefined || !context.sight.object(schema.name))
      throw errorAt(context.soql, from.at, 'INVALID_TYPE', messages.noSuchObject(from.object));
    this.schema = schema;
    this.#context = context;
    this.#alias = from.alias;
  }

  /** The queried table and its joins, as a FROM clause has them. The table's alias is `t`. */
  get tables(): string {
    return [`${quoted(this.schema.name)} t`, ...this.#joins].join(' ');
  }

  get countFactor(): number {
    return this.#context.countFactor?.(this.schema.name) ?? 1;
  }

  get joins(): string {
    return this.#joins.join(' ');
  }

  /** The relationship of that path (`Owner.Profile`), which a column has led to before. */
  parent(path: string): Parent {
    const found = this.#parents.get(path);
    if (found === undefined) throw new Error(`The query does not follow ${path}.`);
    return found;
  }

  /** Throws `SoqlError` (INVALID_FIELD) for a field or a relationship that is not there or not visible. */
  column(path: Path): Column {
    const names = this.#withoutAlias(path.names);
    let parent: Parent | null = null;
    for (const name of names.slice(0, -1)) parent = this.#follow(path, parent, name);
    const last = names.at(-1) ?? '';
    if (parent === null) return this.#column(path, last, null, [{ schema: this.schema, alias: 't' }]);
    return this.#column(path, last, parent, parent.targets);
  }

  #withoutAlias(names: readonly string[]): readonly string[] {
    if (names.length === 1) return names;
    const first = names[0]?.toLowerCase();
    const isOwn = first === (this.#alias ?? this.schema.name).toLowerCase() && this.#relationship(first) === undefined;
    return isOwn ? names.slice(1) : names;
  }

  #relationship(name: string): FieldSchema | undefined {
    return relationshipOf(this.schema, name);
  }

  #column(path: Path, name: string, parent: Parent | null, targets: readonly Target[]): Column {
    if (targets.length > 1 && name.toLowerCase() === 'type') return typeColumn(parent, targets);
    const found = targets.flatMap((target) => {
      const field = visibleField(target.schema, name, this.#context.sight);
      return field === undefined ? [] : [{ field, target }];
    });
    const first = found[0];
    if (first === undefined) {
      const entity = targets.length === 1 ? (targets[0]?.schema.name ?? '') : 'Name';
      throw errorAt(
        this.#context.soql,
        path.at,
        'INVALID_FIELD',
        messages.noSuchColumn(path.names.at(-1) ?? '', entity),
      );
    }
    const { field, target } = first;
    const values = found.map((one) => valueSql(one.target, one.field, this.#context.tables));
    const only = values.length === 1 ? (values[0] ?? '') : `coalesce(${values.join(', ')})`;
    return {
      field,
      object: target.schema.name,
      sql: field.type === 'address' ? '' : only,
      parent,
      name: [...(parent?.steps ?? []), field.name].join('.'),
    };
  }

  #follow(path: Path, from: Parent | null, name: string): Parent {
    const sources = from?.targets ?? [{ schema: this.schema, alias: 't' }];
    for (const source of sources) {
      const lookup = relationshipOf(source.schema, name);
      if (lookup?.relationshipName == null || !this.#context.sight.field(source.schema.name, lookup.name)) continue;
      const steps = [...(from?.steps ?? []), lookup.relationshipName];
      const key = steps.join('.');
      const known = this.#parents.get(key);
      if (known !== undefined) return known;
      const schemas = lookup.referenceTo
        .map((object) => this.#context.tables.find(object))
        .filter((schema) => schema !== undefined)
        .filter((schema) => this.#context.sight.object(schema.name));
      if (schemas.length === 0) continue;
      const targets = schemas.map((schema, at) => this.#join(schema, `p${this.#parents.size}_${at}`, source, lookup));
      const parent = { steps, targets };
      this.#parents.set(key, parent);
      return parent;
    }
    throw errorAt(this.#context.soql, path.at, 'INVALID_FIELD', messages.noSuchRelationship(name));
  }

  #join(schema: ObjectSchema, alias: string, source: Target, lookup: FieldSchema): Target {
    const key = `${alias}.${quoted(keyField(schema))}`;
    this.#joins.push(`LEFT JOIN ${quoted(schema.name)} ${alias} ON ${key} = ${source.alias}.${quoted(lookup.name)}`);
    return { schema, alias };
  }
}

const TYPE: FieldSchema = {
  name: 'Type',
  type: 'picklist',
  label: 'Type',
  length: 40,
  permissionable: false,
  compoundFieldName: null,
  referenceTo: [],
  relationshipName: null,
  htmlFormatted: false,
  picklistValues: [],
  required: false,
};

/** `Owner.Type`: what kind of record the lookup points to. Of a group it is the group's own type, `Queue` for an owner. */
function typeColumn(parent: Parent | null, targets: readonly Target[]): Column {
  const values = targets.map(({ schema, alias }) =>
    schema.name === 'Group' ? `${alias}."Type"` : `CASE WHEN ${alias}."Id" IS NOT NULL THEN '${schema.name}' END`,
  );
  const name = [...(parent?.steps ?? []), TYPE.name].join('.');
  return { field: TYPE, object: 'Name', sql: `coalesce(${values.join(', ')})`, parent, name };
}

function relationshipOf(schema: ObjectSchema, name: string | undefined): FieldSchema | undefined {
  return schema.fields.find((field) => field.relationshipName?.toLowerCase() === name?.toLowerCase());
}

function visibleField(schema: ObjectSchema, name: string, sight: Sight): FieldSchema | undefined {
  const field = schema.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  return field !== undefined && sight.field(schema.name, field.name) ? field : undefined;
}
