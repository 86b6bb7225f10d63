import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { readableFields, readableIds } from '../access/readable.ts';
import { isSharedObject, SHARED_OBJECTS, type SharedObject } from '../access/shares.ts';
import { costSettings } from '../costs/settings.ts';
import type { Org, Row } from '../org/types.ts';
import type { Commits } from './change/commits.ts';
import { ChangeError, readChanges } from './change/request.ts';
import { type Faults, faultList } from './faults/faults.ts';
import type { ApiRequest, Reply } from './reply.ts';
import type { RequestLog } from './request-log.ts';
import type { Sessions } from './sessions.ts';
import { type TokenResource, tokenFailure } from './token.ts';

export interface Controls {
  readonly org: Org;
  readonly access: Access;
  readonly sessions: Sessions;
  readonly token: TokenResource;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly commits: Commits;
}

/** Reports an invalid `/sandbox/` request. Sent as `{"error": message}`. */
class ControlError extends Error {
  override name = 'ControlError';
}

/** Answers the endpoints below `/sandbox/`, which Salesforce doesn't have. README.md describes them. */
export function answerControl(controls: Controls, request: ApiRequest): Reply {
  try {
    return { status: 200, body: route(controls, request) };
  } catch (error) {
    if (error instanceof ControlError || error instanceof ChangeError)
      return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function route(controls: Controls, request: ApiRequest): unknown {
  const { org, faults, log, commits } = controls;
  commits.settle();
  const [first = '', second = ''] = request.path.slice('/sandbox/'.length).split('/');
  const object = first === 'rows' ? second : '';
  const endpoint = second === '' || object !== '' ? first : `${first}/${second}`;
  switch (`${request.method} ${endpoint}`) {
    case 'POST token':
      controls.token.failure = read(request, z.strictObject({ fail: tokenFailure.nullable() })).fail;
      return { fail: controls.token.failure };
    case 'POST sessions/expire':
      controls.sessions.expireAll();
      return { expired: true };
    case 'POST faults':
      faults.set(read(request, faultList));
      return faults.report();
    case 'GET faults':
      return faults.report();
    case 'POST faults/release':
      return { released: faults.release() };
    case 'POST change':
      return { changed: commits.make(readChanges(json(request))) };
    case 'POST clock':
      org.advanceClock(read(request, z.strictObject({ advance_seconds: z.number() })).advance_seconds);
      return { now: org.now().toISOString() };
    case 'GET clock':
      return { now: org.now().toISOString() };
    case 'POST costs':
      org.costs = read(request, costSettings.nullable());
      return { costs: org.costs };
    case 'GET costs':
      return { costs: org.costs };
    case 'GET rows':
      return { rows: rowsOf(org, object, request.params) };
    case 'GET access':
      return { ids: readableIds(org, controls.access, knownUser(org, request.params), sharedObject(request.params)) };
    case 'GET fields':
      return {
        fields: readableFields(org, controls.access, knownUser(org, request.params), sharedObject(request.params)),
      };
    case 'GET requests':
      return log.entries();
    case 'DELETE requests':
      log.clear();
      return [];
    default:
      throw new ControlError(`There is no ${request.method} /sandbox/${endpoint}. README.md lists the endpoints.`);
  }
}

/** Returns an object's rows with the values in the parameters, including deleted rows. */
function rowsOf(org: Org, object: string, params: URLSearchParams): Row[] {
  if (!org.objects().some((schema) => schema.name === object))
    throw new ControlError(`The org has no sObject ${object}.`);
  const wanted = [...params];
  return org.rows(object).filter((row) => wanted.every(([field, value]) => String(row[field] ?? '') === value));
}

function knownUser(org: Org, params: URLSearchParams): string {
  const id = params.get('user') ?? '';
  if (!/^[A-Za-z0-9]{18}$/.test(id) || org.rows('User', { Id: id }).length === 0)
    throw new ControlError(`'${id}' is not the 18-character id of a user of this org: give user=<id>.`);
  return id;
}

function sharedObject(params: URLSearchParams): SharedObject {
  const object = params.get('object') ?? '';
  if (!isSharedObject(object)) throw new ControlError(`object must be one of ${SHARED_OBJECTS.join(', ')}.`);
  return object;
}

function json(request: ApiRequest): unknown {
  try {
    return JSON.parse(request.body);
  } catch {
    throw new ControlError('The body is not valid JSON.');
  }
}

function read<T>(request: ApiRequest, shape: z.ZodType<T>): T {
  const body = shape.safeParse(json(request));
  if (body.success) return body.data;
  const issue = body.error.issues[0];
  throw new ControlError(`${[...(issue?.path ?? []), issue?.message].join(' ')}.`);
}
