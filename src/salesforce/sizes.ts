import { z } from 'zod';
import { shaped } from './json.ts';

/** One way to run a query, from Salesforce's Query Performance Feedback (beta). */
export interface QueryPlan {
  /** `Index`, `Sharing`, `Other` or `TableScan`. */
  readonly leadingOperationType: string;
  /** Approximate number of rows that remain. */
  readonly cardinality: number;
  /** Approximate number of rows in the whole table. */
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

/** Reads the plans of an explain, the preferred one first. */
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
