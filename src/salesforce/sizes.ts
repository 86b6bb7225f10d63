import { z } from 'zod';
import { shaped } from './json.ts';

/** One way to run a query, as Salesforce's Query Performance Feedback (beta) tells it. */
export interface QueryPlan {
  /** `Index`, `Sharing`, `Other` or `TableScan`. */
  readonly leadingOperationType: string;
  /** Rows that this way leaves, about. */
  readonly cardinality: number;
  /** Rows of the whole table, about. */
  readonly sobjectCardinality: number;
}

const plans = z.object({
  plans: z
    .array(
      z.object({
        leadingOperationType: z.string(),
        cardinality: z.number().min(0),
        sobjectCardinality: z.number().min(0),
      }),
    )
    .min(1),
});

export function explainPath(root: string, soql: string): string {
  return `${root}/query?explain=${encodeURIComponent(soql)}`;
}

/** The ways of an explain, the one that is taken first. */
export function readPlans(body: unknown): readonly QueryPlan[] {
  return shaped(plans, body, 'a query plan').plans;
}

const counts = z.object({ sObjects: z.array(z.object({ name: z.string(), count: z.number().min(0) })) });

export function recordCountPath(root: string, names: readonly string[]): string {
  return `${root}/limits/recordCount?sObjects=${names.map(encodeURIComponent).join(',')}`;
}

export function readRecordCounts(body: unknown): ReadonlyMap<string, number> {
  return new Map(shaped(counts, body, 'a record count').sObjects.map(({ name, count }) => [name, count]));
}
