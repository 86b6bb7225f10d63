/** One way to run a query. */
export interface Way {
  readonly leading: 'Index' | 'TableScan';
  /** The fields of the index. */
  readonly fields: readonly string[];
  /** Rows that the index leaves. */
  readonly cardinality: number;
  /** Above 1 the way is not selective. */
  readonly relativeCost: number;
  /** Rows that are read. */
  readonly scanned: number;
}

/** How a query would be run. */
export interface QueryPlan {
  readonly object: string;
  /** Rows of the object, deleted ones too. */
  readonly sobjectCardinality: number;
  /** The best first: that one is taken. Never empty. */
  readonly ways: readonly Way[];
  /** Fields of the filter that no index serves. */
  readonly unindexed: readonly string[];
}
