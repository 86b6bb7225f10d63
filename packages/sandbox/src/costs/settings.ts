import { z } from 'zod';

const positive = z.number().positive();

/** The rates of a query on any object; `tables` can override them for one. */
const RATES = {
  /** The number of rows that each stored row counts as. */
  scale: positive,
  rows_scanned_per_second: positive,
  rows_returned_per_second: positive,
  fixed_ms: z.number().nonnegative(),
};

const table = z.strictObject({
  ...z.object(RATES).partial().shape,
  /** Fields that have an index in this org, in addition to the standard ones. */
  indexed: z.array(z.string().min(1)).optional(),
});

/** The key `costs` of `org.json` and the body of `POST /sandbox/costs`. README.md describes each key. */
export const costSettings = z.strictObject({
  scale: RATES.scale.default(1),
  rows_scanned_per_second: RATES.rows_scanned_per_second.default(200_000),
  rows_returned_per_second: RATES.rows_returned_per_second.default(5000),
  fixed_ms: RATES.fixed_ms.default(50),
  query_timeout_seconds: positive.default(120),
  or_uses_index: z.boolean().default(false),
  counts: z.enum(['stored', 'scaled']).default('stored'),
  real: z.boolean().default(false),
  real_factor: positive.max(1).default(1),
  tables: z.record(z.string(), table).default({}),
});
export type CostSettings = z.infer<typeof costSettings>;

/** The rates of one object. */
export interface TableCosts {
  readonly scale: number;
  readonly rows_scanned_per_second: number;
  readonly rows_returned_per_second: number;
  readonly fixed_ms: number;
  readonly indexed: readonly string[];
}

export const DEFAULT_COSTS: CostSettings = costSettings.parse({});

export function costsOf(settings: CostSettings, object: string): TableCosts {
  const { scale, rows_scanned_per_second, rows_returned_per_second, fixed_ms, tables } = settings;
  return { scale, rows_scanned_per_second, rows_returned_per_second, fixed_ms, indexed: [], ...tables[object] };
}

/** Returns the factor that multiplies every COUNT of the object. */
export function countFactor(settings: CostSettings | null, object: string): number {
  return settings?.counts === 'scaled' ? costsOf(settings, object).scale : 1;
}
