import type { Access } from '../access/access.ts';
import type { Org } from '../org/types.ts';
import { SoqlError } from '../soql/errors.ts';
import { answerBatch, answerComposite } from './composite.ts';
import { answerExplain } from './explain.ts';
import { ANSWERS } from './faults/answers.ts';
import { answerLimits, answerRecordCount } from './limits.ts';
import type { LongRequests } from './long-requests.ts';
import { answerContinuation, answerQuery, type QueryResource } from './query.ts';
import { ApiError, type ApiRequest, errorReply, notFound, type Reply } from './reply.ts';
import { RequestTooLongError } from './request-time.ts';
import type { Sessions } from './sessions.ts';
import { answerRetrieve, answerSobjects } from './sobjects.ts';
import type { ApiUsage } from './usage.ts';

/** v30 and older are retired and answer 410 since Summer '25. */
const OLDEST_VERSION = 31;

export interface Api extends QueryResource {
  readonly access: Access;
  readonly long: LongRequests;
  readonly sessions: Sessions;
  readonly usage: ApiUsage;
}

/**
 * Answers the REST API below `/services/data`. `calls`: the request's cost against the daily limit, if it is admitted.
 */
export function answerApi(api: Api, request: ApiRequest, calls: number): { reply: Reply; calls: number } {
  if (/^\/services\/data\/?$/.test(request.path)) return { reply: listVersions(api.org), calls: 0 };
  if (!api.sessions.admits(request.header('authorization')))
    return { reply: errorReply(new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid')), calls: 0 };
  if (api.long.isFull()) return { reply: { status: 403, body: ANSWERS['limit-concurrent'].body }, calls: 0 };
  if (api.usage.used() + calls > api.usage.max) {
    const limit = new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    return { reply: errorReply(limit), calls: 0 };
  }
  api.usage.add(calls);
  try {
    return { reply: answerPart(api, request), calls };
  } catch (error) {
    if (!(error instanceof RequestTooLongError)) throw error;
    const tooLong = new ApiError(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.');
    return { reply: { ...errorReply(tooLong), ms: api.time.spentMs }, calls };
  }
}

/** Answers an admitted request or a subrequest, and records the time that it took. */
function answerPart(api: Api, request: ApiRequest): Reply {
  const before = api.time.spentMs;
  const reply = answerOrRefuse(api, request);
  const ms = api.time.spentMs - before;
  return ms === 0 ? reply : { ...reply, ms };
}

/** Turns errors of the API into replies. Other errors are thrown again. */
function answerOrRefuse(api: Api, request: ApiRequest): Reply {
  try {
    return route(api, request);
  } catch (error) {
    if (error instanceof ApiError) return errorReply(error);
    if (error instanceof SoqlError) return errorReply(new ApiError(400, error.errorCode, error.message));
    throw error;
  }
}

function route(api: Api, request: ApiRequest): Reply {
  const [, version = '', major = '', path = ''] =
    /^\/services\/data\/(v(\d{1,3})\.\d)(?:\/(.*?))?\/?$/.exec(request.path) ?? [];
  if (version === '') throw notFound();
  if (Number(major) < OLDEST_VERSION)
    throw new ApiError(410, 'UNSUPPORTED_API_VERSION', 'The requested API version is retired: use v31.0 or later');
  if (Number(major) > Number.parseInt(api.org.settings.apiVersion, 10)) throw notFound();
  const [resource = '', ...rest] = path.split('/');
  const resources = rest.length === 0 ? resource : `${resource}/${rest[0]}`;
  switch (resources) {
    case '':
      return listResources(version);
    case 'query':
      if (request.params.has('explain')) return answerExplain(api, request);
      return answerQuery(api, request, version, false);
    case 'queryAll':
      return answerQuery(api, request, version, true);
    case 'limits':
      return answerLimits(api, request);
    case 'limits/recordCount':
      return answerRecordCount(api, request);
    case 'composite':
      return answerComposite(request, (part) => answerPart(api, part));
    case 'composite/batch':
      return answerBatch(request, version, (part) => answerPart(api, part));
    case 'composite/sobjects':
      if (rest.length !== 2) throw notFound();
      return answerRetrieve(api, request, rest[1] ?? '');
  }
  if (['query', 'queryAll'].includes(resource) && rest.length === 1)
    return answerContinuation(api, request, version, rest[0] ?? '');
  if (resource === 'sobjects') return answerSobjects(api, request, version, rest);
  throw notFound();
}

function listVersions(org: Org): Reply {
  const newest = Number.parseInt(org.settings.apiVersion, 10);
  const body = Array.from({ length: newest - OLDEST_VERSION + 1 }, (_, i) => {
    const version = `${OLDEST_VERSION + i}.0`;
    return { label: `Version ${version}`, url: `/services/data/v${version}`, version };
  });
  return { status: 200, body };
}

function listResources(version: string): Reply {
  const names = ['sobjects', 'query', 'queryAll', 'composite', 'limits'];
  return { status: 200, body: Object.fromEntries(names.map((name) => [name, `/services/data/${version}/${name}`])) };
}
