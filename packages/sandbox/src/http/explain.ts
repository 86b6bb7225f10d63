import type { QueryPlan } from '../costs/types.ts';
import type { QueryResource } from './query.ts';
import { ApiError, type ApiRequest, methodNotAllowed, type Reply } from './reply.ts';

/** Answers `/query?explain=`: the ways to run the query, best first. It takes none of the org's time. */
export function answerExplain(resource: QueryResource, request: ApiRequest): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const soql = request.params.get('explain') ?? '';
  if (soql.trim() === '') throw new ApiError(400, 'MALFORMED_QUERY', 'SOQL query is missing');
  // A query that would be refused has no plan, so run it first.
  resource.run(soql, false);
  return { status: 200, body: { plans: plansOf(resource.org.plan(soql, resource.visibility)), sourceQuery: soql } };
}

function plansOf({ object, sobjectCardinality, ways, unindexed }: QueryPlan) {
  const notes =
    unindexed.length === 0
      ? []
      : [
          {
            description: 'Not considering filter for optimization because unindexed',
            fields: unindexed,
            tableEnumOrId: object,
          },
        ];
  return ways.map((way) => ({
    cardinality: Math.round(way.cardinality),
    fields: way.fields,
    leadingOperationType: way.leading,
    notes,
    relativeCost: way.relativeCost,
    sobjectCardinality: Math.round(sobjectCardinality),
    sobjectType: object,
  }));
}
