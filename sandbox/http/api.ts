import type { Access } from '../access/access.ts';
import type { Org, Sight } from '../org/types.ts';
import { SoqlError } from '../soql/errors.ts';
import { answerBatch, answerComposite } from './composite.ts';
import type { Faults } from './faults/faults.ts';
import type { Locators } from './locators.ts';
import { answerContinuation, answerQuery, type RunQuery } from './query.ts';
import { ApiError, type ApiRequest, errorReply, methodNotAllowed, notFound, type Reply } from './reply.ts';
import type { Sessions } from './sessions.ts';
import { answerRetrieve, answerSobjects } from './sobjects.ts';
import type { ApiUsage } from './usage.ts';

/** v30 and older are retired (410) since Summer '25. */
const OLDEST_VERSION = 31;

export interface Api {
  readonly org: Org;
  readonly access: Access;
  readonly sight: Sight;
  readonly run: RunQuery;
  readonly locators: Locators;
  readonly faults: Faults;
  readonly sessions: Sessions;
  readonly usage: ApiUsage;
}

/** The REST API below `/services/data`. `calls`: what the request costs of the day's limit, if it is let in. */
export function answerApi(api: Api, request: ApiRequest, calls: number): { reply: Reply; calls: number } {
  if (/^\/services\/data\/?$/.test(request.path)) return { reply: listVersions(api.org), calls: 0 };
  if (!api.sessions.admits(request.header('authorization')))
    return { reply: errorReply(new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid')), calls: 0 };
  if (api.usage.used() + calls > api.usage.max) {
    const limit = new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    return { reply: errorReply(limit), calls: 0 };
  }
  api.usage.add(calls);
  return { reply: answerPart(api, request), calls };
}

/** Answers one request that is let in, or one subrequest. Errors of the API become replies; others are thrown on. */
function answerPart(api: Api, request: ApiRequest): Reply {
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
      return answerQuery(api, request, version, false);
    case 'queryAll':
      return answerQuery(api, request, version, true);
    case 'limits':
      return answerLimits(api, request);
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

function answerLimits(api: Api, request: ApiRequest): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const { max } = api.usage;
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: max, Remaining: Math.max(0, max - api.usage.used()) },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
      DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 },
    },
  };
}
