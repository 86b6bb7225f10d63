import { keyField, quoted } from '../org/table.ts';
import type { OrgTables } from '../org/tables.ts';
import type { FieldSchema, ObjectSchema, Visibility } from '../org/types.ts';
import type { Path, Query } from './ast.ts';
import { errorAt, messages } from './errors.ts';

/** The environment that a query runs in. */
export interface QueryContext {
  /** The query as sent. Error messages quote it. */
  readonly soql: string;
  readonly tables: OrgTables;
  readonly visibility: Visibility;
  /** Whether to include deleted rows. */
  readonly all: boolean;
  readonly now: Date;
  readonly apiVersion: string;
  /** Returns the factor that multiplies the object's counts; 1 if absent. */
  readonly countFactor?: (object: string) => number;
}

/** One of the tables that a lookup can point to, joined under an alias. */
export interface Target {
  readonly schema: ObjectSchema;
  readonly alias: string;
}

/** A relationship that the query follows: `Owner`, or `Owner.Profile`. */
export interface Parent {
  /** The relationships from the queried object, as spelled in the schema. */
  readonly steps: readonly string[];
  readonly targets: readonly Target[];
}

/** A field that a path names. */
export interface Column {
  readonly field: FieldSchema;
  /** The API name of the field's object. */
  readonly object: string;
  /** Its value as SQL; empty for a compound field, which has none. */
  readonly sql: string;
  /** The relationship that leads to it; null for a field of the queried object. */
  readonly parent: Parent | null;
  /** The path as spelled in the schema: `Owner.Name`. */
  readonly name: string;
}

/** Resolves the paths of one query, and collects the joins that they need. */
export class Scope {
  readonly schema: ObjectSchema;
  readonly #context: QueryContext;
  readonly #alias: string | null;
  readonly #parents = new Map<string, Parent>();
  readonly #joins: string[] = [];

  /** Throws `SoqlError` (INVALID_TYPE) if the org has no such object or the user may not read it. */
  constructor(context: QueryContext, from: Query['from']) {
    const schema = context.tables.find(from.object);
    if (schema === undefined || !context.visibility.object(schema.name))
      throw errorAt(context.soql, from.at, 'INVALID_TYPE', messages.noSuchObject(from.object));
    this.schema = schema;
    this.#context = context;
    this.#alias = from.alias;
  }

  /** The queried table and its joins, for a FROM clause. The table's alias is `t`. */
  get tables(): string {
    return [`${quoted(this.schema.name)} t`, ...this.#joins].join(' ');
  }

  get countFactor(): number {
    return this.#context.countFactor?.(this.schema.name) ?? 1;
  }

  get joins(): string {
    return this.#joins.join(' ');
  }

  /** Returns the relationship of that path (`Owner.Profile`). A column must have followed it before. */
  parent(path: string): Parent {
    const found = this.#parents.get(path);
    if (found === undefined) throw new Error(`The query does not follow ${path}.`);
    return found;
  }

  /** Resolves a path. Throws `SoqlError` (INVALID_FIELD) for a field or relationship that is unknown or hidden. */
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
      const field = visibleField(target.schema, name, this.#context.visibility);
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
      if (lookup?.relationshipName == null || !this.#context.visibility.field(source.schema.name, lookup.name))
        continue;
      const steps = [...(from?.steps ?? []), lookup.relationshipName];
      const key = steps.join('.');
      const known = this.#parents.get(key);
      if (known !== undefined) return known;
      const schemas = lookup.referenceTo
        .map((object) => this.#context.tables.find(object))
        .filter((schema) => schema !== undefined)
        .filter((schema) => this.#context.visibility.object(schema.name));
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

/**
 * Returns the column `Owner.Type`: the type of record that the lookup points to. For a group it is the group's own
 * type, such as `Queue` for an owner.
 */
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

function visibleField(schema: ObjectSchema, name: string, visibility: Visibility): FieldSchema | undefined {
  const field = schema.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  return field !== undefined && visibility.field(schema.name, field.name) ? field : undefined;
}

/**
 * Returns the SQL for a field's value. It is the field's column, except for FieldPermissions.PermissionsRead: if the
 * permission set has View All Fields on the object, the answer is true even if the row says false.
 */
function valueSql({ schema, alias }: Target, field: FieldSchema, tables: OrgTables): string {
  const column = `${alias}.${quoted(field.name)}`;
  const isFieldRead = schema.name === 'FieldPermissions' && field.name === 'PermissionsRead';
  if (!isFieldRead || tables.find('ObjectPermissions') === undefined) return column;
  return `(${column} OR EXISTS (
    SELECT 1 FROM "ObjectPermissions" v
    WHERE v."ParentId" = ${alias}."ParentId" AND v."SobjectType" = ${alias}."SobjectType" AND v."PermissionsViewAllFields" = 1
  ))`;
}
