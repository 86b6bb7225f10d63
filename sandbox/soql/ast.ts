/** `at`: the place in the query, counted in characters from 0, for error messages. Printing ignores it. */
interface Placed {
  readonly at: number;
}

/** `Owner.Profile.Name`: relationships, then a field. */
export interface Path extends Placed {
  readonly names: readonly string[];
}

export const AGGREGATES = ['COUNT', 'COUNT_DISTINCT', 'MAX', 'MIN', 'SUM', 'AVG'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

export interface FieldItem {
  readonly kind: 'field';
  readonly path: Path;
  readonly alias: string | null;
  /** `toLabel(Status)`: what a picklist shows, in place of its value. */
  readonly asLabel: boolean;
}

export interface AggregateCall extends Placed {
  readonly kind: 'aggregate';
  readonly name: AggregateName;
  /** null: `COUNT()`. */
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

/** Strings, dates, datetimes and times are kept as they stand in the query; a string without its quotes, escapes and all. */
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

/** What a condition looks at: a field, or in HAVING an aggregate. */
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
      /** INCLUDES, or negated EXCLUDES: filters of a multi-select picklist. */
      readonly kind: 'includes';
      readonly operand: Operand;
      readonly negated: boolean;
      readonly values: readonly Literal[];
    };

export interface OrderItem {
  readonly operand: Operand;
  readonly descending: boolean;
  /** null: the query does not say, and nulls come first. */
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
