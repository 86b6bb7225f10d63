import { CHILD_RELATIONSHIPS } from '../org/schema/children.ts';
import type { FieldSchema, ObjectSchema, Visibility } from '../org/types.ts';
import { describeField } from './describe-field.ts';
import type { QueryResource } from './query.ts';
import { ApiError, type ApiRequest, jsonBody, methodNotAllowed, notFound, type Reply } from './reply.ts';

const RETRIEVE_LIMIT = 2000;
const RECORD_ID = /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/;

/**
 * Answers `/sobjects`, `/sobjects/X`, `/sobjects/X/describe` and `/sobjects/X/<id>`. `rest` is the path after
 * `/sobjects`.
 */
export function answerSobjects(
  resource: QueryResource,
  request: ApiRequest,
  version: string,
  rest: readonly string[],
): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const [name, selector, ...more] = rest;
  if (name === undefined) return listObjects(resource, version);
  const schema = findObject(resource, name);
  if (more.length > 0) throw notFound();
  if (selector === undefined)
    return { status: 200, body: { objectDescribe: objectSummary(schema, version), recentItems: [] } };
  if (selector === 'describe') return { status: 200, body: describe(resource, schema, version) };
  const fields = request.params.get('fields')?.split(',') ?? queryableFields(schema, resource.visibility);
  const record = readRecords(resource, schema, fields, [selector]).at(0);
  if (record === undefined) throw notFound();
  return { status: 200, body: record, rows: 1 };
}

/**
 * Answers `POST /composite/sobjects/X {ids, fields}`, or a GET with them as parameters: a record or null for each id.
 */
export function answerRetrieve(resource: QueryResource, request: ApiRequest, name: string): Reply {
  const schema = findObject(resource, name);
  const { ids, fields } = askedRecords(request);
  if (ids.length > RETRIEVE_LIMIT)
    throw new ApiError(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${RETRIEVE_LIMIT} records into this call`,
    );
  const byId = new Map<string, unknown>();
  for (const record of readRecords(resource, schema, ['Id', ...fields], ids)) {
    const id = recordId(record);
    byId.set(id, record);
    byId.set(id.slice(0, 15), record);
  }
  const body = ids.map((id) => byId.get(id) ?? null);
  return { status: 200, body, rows: body.filter((record) => record !== null).length };
}

function askedRecords(request: ApiRequest): { ids: string[]; fields: string[] } {
  if (request.method === 'GET') {
    const list = (key: string): string[] => request.params.get(key)?.split(',') ?? [];
    return { ids: list('ids'), fields: list('fields') };
  }
  if (request.method !== 'POST') throw methodNotAllowed(request.method, 'GET,POST');
  const body = jsonBody(request);
  const list = (key: 'ids' | 'fields'): string[] => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw new ApiError(400, 'JSON_PARSER_ERROR', `'${key}' must be a list of strings`);
    return value;
  };
  return { ids: list('ids'), fields: list('fields') };
}

/** Reads records by Id through SOQL, so that visibility is decided in one place. */
function readRecords(
  resource: QueryResource,
  schema: ObjectSchema,
  fields: readonly string[],
  ids: readonly string[],
): unknown[] {
  const known = ids.filter((id) => RECORD_ID.test(id));
  if (known.length === 0) return [];
  const names = [...new Map(fields.map((field) => [field.trim().toLowerCase(), field.trim()])).values()];
  const list = known.map((id) => `'${id}'`).join(',');
  const result = resource.run(`SELECT ${names.join(', ')} FROM ${schema.name} WHERE Id IN (${list})`, false);
  return result.page(0, known.length);
}

function recordId(record: unknown): string {
  const id: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, 'Id') : undefined;
  return typeof id === 'string' ? id : '';
}

function findObject(resource: QueryResource, name: string): ObjectSchema {
  const schema = resource.org.objects().find((object) => object.name.toLowerCase() === name.toLowerCase());
  if (schema === undefined || !resource.visibility.object(schema.name)) throw notFound();
  return schema;
}

function queryableFields(schema: ObjectSchema, visibility: Visibility): string[] {
  return visibleFields(schema, visibility)
    .filter((field) => field.type !== 'address')
    .map((field) => field.name);
}

function visibleFields(schema: ObjectSchema, visibility: Visibility): FieldSchema[] {
  return schema.fields.filter((field) => visibility.field(schema.name, field.name));
}

function listObjects({ org, visibility }: QueryResource, version: string): Reply {
  const sobjects = org
    .objects()
    .filter((schema) => visibility.object(schema.name))
    .map((schema) => objectSummary(schema, version));
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } };
}

function objectSummary(schema: ObjectSchema, version: string) {
  const base = `/services/data/${version}/sobjects/${schema.name}`;
  return {
    name: schema.name,
    label: schema.label,
    labelPlural: `${schema.label}s`,
    keyPrefix: schema.keyPrefix,
    custom: schema.name.endsWith('__c'),
    queryable: true,
    retrieveable: true,
    searchable: false,
    createable: false,
    updateable: false,
    deletable: false,
    undeletable: false,
    replicateable: schema.fields.some((field) => field.name === 'SystemModstamp'),
    triggerable: false,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

/** Returns the relationships that a subquery can name, to objects that the user sees. */
function childRelationships({ org, visibility }: QueryResource, schema: ObjectSchema) {
  const seen = new Set(org.objects().flatMap(({ name }) => (visibility.object(name) ? [name] : [])));
  return CHILD_RELATIONSHIPS.filter(({ parent, child }) => parent === schema.name && seen.has(child)).map((link) => ({
    childSObject: link.child,
    field: link.field,
    relationshipName: link.name,
    cascadeDelete: false,
    deprecatedAndHidden: false,
    restrictedDelete: false,
  }));
}

function describe(resource: QueryResource, schema: ObjectSchema, version: string) {
  return {
    ...objectSummary(schema, version),
    childRelationships: childRelationships(resource, schema),
    recordTypeInfos: [],
    fields: visibleFields(schema, resource.visibility).map((field) => describeField(schema, field)),
  };
}
