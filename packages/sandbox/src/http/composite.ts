import { z } from 'zod';
import { ApiError, type ApiRequest, jsonBody, methodNotAllowed, type Part, type Reply, readTarget } from './reply.ts';

const MOST_SUBREQUESTS = 25;
const MOST_QUERIES = 5;
const QUERY_LIKE = /\/(query|queryAll)([/?]|$)|\/composite\/sobjects\b/;

const compositeBody = z.object({
  allOrNone: z.boolean().default(false),
  compositeRequest: z.array(
    z.object({
      method: z.string(),
      url: z.string(),
      referenceId: z.string(),
      body: z.unknown().optional(),
      httpHeaders: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const batchBody = z.object({
  haltOnError: z.boolean().default(false),
  batchRequests: z.array(z.object({ method: z.string(), url: z.string(), richInput: z.unknown().optional() })),
});

/** Answers a subrequest. Errors of the API become replies. */
export type AnswerPart = (request: ApiRequest) => Reply;

/** Answers `POST /composite`: up to 25 subrequests, of which five can be queries, as one API call. */
export function answerComposite(request: ApiRequest, answer: AnswerPart): Reply {
  const { allOrNone, compositeRequest } = readBody(request, compositeBody);
  if (compositeRequest.length > MOST_SUBREQUESTS) return tooMany(`more than ${MOST_SUBREQUESTS} operations`);
  const queries = compositeRequest.filter(({ url }) => QUERY_LIKE.test(url)).length;
  if (queries > MOST_QUERIES) return tooMany(`more than ${MOST_QUERIES} Query and Collections operations`);

  const asked = compositeRequest.map((sub) => subrequest(sub.method, sub.url, sub.body, sub.httpHeaders ?? {}));
  const replies = asked.map(answer);
  const failed = replies.some((reply) => reply.status >= 400);
  const sent = replies.map((reply) => (allOrNone && failed && reply.status < 400 ? HALTED : reply));
  return {
    ...summary(asked, sent),
    body: {
      compositeResponse: sent.map((reply, i) => ({
        body: reply.body,
        httpHeaders: {},
        httpStatusCode: reply.status,
        referenceId: compositeRequest[i]?.referenceId ?? null,
      })),
    },
  };
}

/** Answers `POST /composite/batch`: up to 25 independent subrequests. Each is an API call. */
export function answerBatch(request: ApiRequest, version: string, answer: AnswerPart): Reply {
  const { haltOnError, batchRequests } = readBody(request, batchBody);
  if (batchRequests.length > MOST_SUBREQUESTS)
    throw new ApiError(400, 'LIMIT_EXCEEDED', `The request can’t contain more than ${MOST_SUBREQUESTS} operations.`);
  const asked = batchRequests.map((sub) => subrequest(sub.method, fullUrl(sub.url, version), sub.richInput, {}));
  let halted = false;
  const replies = asked.map((sub): Reply => {
    if (halted)
      return {
        status: 412,
        body: [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }],
      };
    const reply = answer(sub);
    halted = haltOnError && reply.status >= 400;
    return reply;
  });
  return {
    ...summary(asked, replies),
    body: {
      hasErrors: replies.some((reply) => reply.status >= 400),
      results: replies.map((reply) => ({ statusCode: reply.status, result: reply.body })),
    },
  };
}

/**
 * Returns the number of API calls that a request costs: one for each subrequest of a batch, one for any other request.
 */
export function callsOf(request: ApiRequest): number {
  if (!/\/composite\/batch\/?$/.test(request.path)) return 1;
  const body = batchBody.safeParse(parsed(request.body));
  return body.success ? Math.max(1, body.data.batchRequests.length) : 1;
}

/** Returns the subrequests of a composite or batch; none for any other request or an invalid body. */
export function subrequestsOf(request: ApiRequest): ApiRequest[] {
  if (!/\/composite(\/batch)?\/?$/.test(request.path)) return [];
  const json = parsed(request.body);
  const composite = compositeBody.safeParse(json);
  if (composite.success) return composite.data.compositeRequest.map((sub) => subrequest(sub.method, sub.url, null, {}));
  const batch = batchBody.safeParse(json);
  return batch.success
    ? batch.data.batchRequests.map((sub) => subrequest(sub.method, fullUrl(sub.url, ''), null, {}))
    : [];
}

const HALTED: Reply = {
  status: 400,
  body: [
    {
      errorCode: 'PROCESSING_HALTED',
      message: 'The transaction was rolled back since another operation in the same transaction failed.',
    },
  ],
};

function tooMany(what: string): Reply {
  const body = [{ errorCode: 'LIMIT_EXCEEDED', message: `The request can’t contain ${what}.` }];
  return {
    status: 200,
    body: { compositeResponse: [{ body, httpHeaders: {}, httpStatusCode: 400, referenceId: null }] },
  };
}

function summary(asked: readonly ApiRequest[], replies: readonly Reply[]) {
  const parts = asked.map(
    (sub, i): Part => ({
      method: sub.method,
      path: sub.path,
      query: sub.params.get('q'),
      rows: replies[i]?.rows ?? 0,
      status: replies[i]?.status ?? 0,
      ...tookOf(replies[i]),
    }),
  );
  return { status: 200, rows: parts.reduce((sum, part) => sum + part.rows, 0), parts };
}

/** Returns the time that a reply took, in the request log's format. */
export function tookOf(reply: Reply | undefined): { ms?: number } {
  return reply?.ms === undefined ? {} : { ms: Math.round(reply.ms) };
}

function subrequest(method: string, url: string, body: unknown, headers: Readonly<Record<string, string>>): ApiRequest {
  const { path, params } = readTarget(url);
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: method.toUpperCase(),
    path,
    params,
    body: body === undefined || body === null ? '' : JSON.stringify(body),
    header: (name) => lower.get(name) ?? null,
  };
}

/** Completes a batch's URL, which is relative to /services/data (`v67.0/query?q=…`). */
function fullUrl(url: string, version: string): string {
  if (url.startsWith('/services/')) return url;
  return /^\/?v\d/.test(url) ? `/services/data/${url.replace(/^\//, '')}` : `/services/data/${version}/${url}`;
}

function readBody<T>(request: ApiRequest, shape: z.ZodType<T>): T {
  if (request.method !== 'POST') throw methodNotAllowed(request.method, 'POST');
  const body = shape.safeParse(jsonBody(request));
  if (body.success) return body.data;
  const issue = body.error.issues[0];
  throw new ApiError(
    400,
    'JSON_PARSER_ERROR',
    `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'not readable'}`,
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
