import { costsOf } from '../costs/settings.ts';
import type { Api } from './api.ts';
import { type ApiRequest, methodNotAllowed, type Reply } from './reply.ts';

/** `/limits`: what is left of the day. */
export function answerLimits({ usage }: Api, request: ApiRequest): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: usage.max, Remaining: Math.max(0, usage.max - usage.used()) },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
      DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 },
    },
  };
}

/**
 * `/limits/recordCount?sObjects=A,B`: how many records the org has of each, whoever asks; without names, of all. Objects
 * that the asker does not see are left out, and so are share objects.
 */
export function answerRecordCount({ org, sight }: Api, request: ApiRequest): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const asked = request.params.get('sObjects')?.toLowerCase().split(',') ?? null;
  const sObjects = org
    .objects()
    .map(({ name }) => name)
    .filter((name) => asked === null || asked.includes(name.toLowerCase()))
    .filter((name) => !name.endsWith('Share') && sight.object(name))
    .map((name) => ({ count: Math.round(org.count(name) * scaleOf(name)), name }));
  return { status: 200, body: { sObjects } };

  function scaleOf(name: string): number {
    return org.costs === null ? 1 : costsOf(org.costs, name).scale;
  }
}
