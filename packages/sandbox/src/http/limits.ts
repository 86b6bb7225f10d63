import { costsOf } from '../costs/settings.ts';
import type { QueryResource } from './query.ts';
import { type ApiRequest, methodNotAllowed, type Reply } from './reply.ts';
import type { ApiUsage } from './usage.ts';

/** Answers `/limits`: the day's limits and what is left of them. */
export function answerLimits({ usage }: { readonly usage: ApiUsage }, request: ApiRequest): Reply {
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
 * Answers `/limits/recordCount?sObjects=A,B`: the number of records of each object in the org; without names, of all
 * objects. The count doesn't depend on who asks. Share objects, and objects that the user can't see, are left out.
 */
export function answerRecordCount(
  { org, visibility }: Pick<QueryResource, 'org' | 'visibility'>,
  request: ApiRequest,
): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const asked = request.params.get('sObjects')?.toLowerCase().split(',') ?? null;
  const sObjects = org
    .objects()
    .map(({ name }) => name)
    .filter((name) => asked === null || asked.includes(name.toLowerCase()))
    .filter((name) => !name.endsWith('Share') && visibility.object(name))
    .map((name) => ({ count: Math.round(org.count(name) * scaleOf(name)), name }));
  return { status: 200, body: { sObjects } };

  function scaleOf(name: string): number {
    return org.costs === null ? 1 : costsOf(org.costs, name).scale;
  }
}
