/** `at` is the offset in the query, in characters from 0, for error messages. Printing ignores it. */
interface Placed {
  readonly at: number;
}

/** Relationships, then a field: `Owner.Profile.Name`. */
export interface Path extends Placed {
  readonly names: readonly string[];
}

export const AGGREGATES = ['COUNT', 'COUNT_DISTINCT', 'MAX', 'MIN', 'SUM', 'AVG'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

export interface FieldItem {
  readonly kind: 'field';
  readonly path: Path;
  readonly alias: string | null;
  /** Whether it is `toLabel(Status)`, which returns a picklist's label instead of its value. */
  readonly asLabel: boolean;
}

export interface AggregateCall extends Placed {
  readonly kind: 'aggregate';
  readonly name: AggregateName;
  /** null for `COUNT()`. */
  readonly path: Path | null;
}

export interface AggregateItem {
  readonly kind: 'aggregateItem';
  readonly call: AggregateCall;
  readonly alias: string | null;
}

export interface ChildQuery {
  readonly kind: 'children';
  readonly query: Query;
}

export type SelectItem = FieldItem | AggregateItem | ChildQuery;

/**
 * A literal. Strings, dates, datetimes and times are as written in the query; a string is without its quotes but with
 * its escapes.
 */
export type Literal = Placed &
  (
    | { readonly kind: 'string'; readonly raw: string }
    | { readonly kind: 'number'; readonly raw: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'date'; readonly raw: string }
    | { readonly kind: 'datetime'; readonly raw: string }
    | { readonly kind: 'time'; readonly raw: string }
    | { readonly kind: 'dateFunction'; readonly name: string; readonly count: number | null }
  );

export const COMPARISONS = ['=', '!=', '<=', '>=', '<', '>', 'LIKE'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The left side of a condition: a field, or an aggregate in HAVING. */
export type Operand = { readonly kind: 'path'; readonly path: Path } | AggregateCall;

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | {
      readonly kind: 'compare';
      readonly operand: Operand;
      readonly comparison: Comparison;
      readonly value: Literal;
    }
  | {
      readonly kind: 'in';
      readonly operand: Operand;
      readonly negated: boolean;
      readonly values: readonly Literal[] | Query;
    }
  | {
      /** INCLUDES, or EXCLUDES if negated: a filter on a multi-select picklist. */
      readonly kind: 'includes';
      readonly operand: Operand;
      readonly negated: boolean;
      readonly values: readonly Literal[];
    };

export interface OrderItem {
  readonly operand: Operand;
  readonly descending: boolean;
  /** null if the query doesn't say; then nulls come first. */
  readonly nulls: 'first' | 'last' | null;
}

export interface Query {
  readonly select: readonly SelectItem[];
  readonly from: Placed & { readonly object: string; readonly alias: string | null };
  readonly where: Condition | null;
  readonly groupBy: readonly Path[];
  readonly having: Condition | null;
  readonly orderBy: readonly OrderItem[];
  readonly limit: number | null;
  readonly offset: (Placed & { readonly count: number }) | null;
  readonly allRows: boolean;
}
