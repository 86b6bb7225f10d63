import { createRoute, type z } from '@hono/zod-openapi';
import { REQUEST_CODES, type RequestCode } from '../problem.ts';
import {
  explanationReply,
  meReply,
  problemReply,
  recordParams,
  recordReply,
  searchReply,
  searchRequest,
  statusReply,
  userHeader,
} from './schemas.ts';

/** The addresses of the HTTP API, with what each takes and replies. */

const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } });

/** What every address may reply. */
const ALWAYS = [
  'unauthorized',
  'forbidden',
  'origin_refused',
  'too_many_requests',
  'internal_error',
  'index_unavailable',
] as const;

function problems(...codes: readonly RequestCode[]) {
  const all = [...ALWAYS, ...codes];
  const statuses = [...new Set(all.map((code) => REQUEST_CODES[code]))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: all.filter((code) => REQUEST_CODES[code] === status).join(', '),
        content: { 'application/problem+json': { schema: problemReply } },
      },
    ]),
  );
}

export const searchRoute = createRoute({
  method: 'post',
  path: '/v1/search',
  operationId: 'search',
  summary: 'Find what the user may read',
  request: { headers: userHeader, body: { required: true, content: json(searchRequest) } },
  responses: {
    200: { description: 'One page of hits.', content: json(searchReply) },
    ...problems(
      'bad_request',
      'user_not_served',
      'body_too_large',
      'not_json',
      'too_many_searches',
      'salesforce_failed',
    ),
  },
});

export const recordRoute = createRoute({
  method: 'get',
  path: '/v1/records/{id}',
  operationId: 'getRecord',
  summary: 'One record, with the fields that the user may read',
  request: { headers: userHeader, params: recordParams },
  responses: {
    200: { description: 'The record.', content: json(recordReply) },
    ...problems('bad_request', 'user_not_served', 'record_not_found'),
  },
});

export const explainRoute = createRoute({
  method: 'get',
  path: '/v1/records/{id}/access',
  operationId: 'explainAccess',
  summary: 'Why the user finds a record, or why not',
  description:
    "For operators: the reasons may contain names that the user may not read. It needs the permission 'explain'.",
  request: { headers: userHeader, params: recordParams },
  responses: {
    200: { description: 'The explanation.', content: json(explanationReply) },
    ...problems('bad_request', 'user_not_served'),
  },
});

export const statusRoute = createRoute({
  method: 'get',
  path: '/v1/status',
  operationId: 'getStatus',
  summary: 'Whether the index is up to date, and if not, why',
  description: "It needs the permission 'status'.",
  responses: {
    200: { description: 'The status.', content: json(statusReply) },
    ...problems('temporal_unreachable'),
  },
});

export const meRoute = createRoute({
  method: 'get',
  path: '/v1/me',
  operationId: 'getCaller',
  summary: 'Who asks, by the credential of this request',
  request: { headers: userHeader },
  responses: {
    200: { description: 'The caller.', content: json(meReply) },
    ...problems('bad_request', 'two_users'),
  },
});
