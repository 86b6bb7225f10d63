/** One way to run a query. */
export interface Way {
  readonly leading: 'Index' | 'TableScan';
  /** The fields whose index is used. */
  readonly fields: readonly string[];
  /** The number of rows that the index leaves. */
  readonly cardinality: number;
  /** The cost relative to the selectivity threshold. Above 1 it is not selective. */
  readonly relativeCost: number;
  /** The number of rows that are read. */
  readonly scanned: number;
}

/** How a query would run. */
export interface QueryPlan {
  readonly object: string;
  /** The number of rows of the object, including deleted ones. */
  readonly sobjectCardinality: number;
  /** The ways to run the query, best first. The first is used. Never empty. */
  readonly ways: readonly Way[];
  /** Fields of the filter that have no index. */
  readonly unindexed: readonly string[];
}
