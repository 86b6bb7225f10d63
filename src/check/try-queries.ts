import type { ContactSharing } from '../access/types.ts';
import { isRecordId } from '../lib/record-ids.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import type { QueryPlan } from '../salesforce/sizes.ts';
import { toSoql } from '../soql/query.ts';
import type { ResolvedSchema } from '../sync/resolved-schema.ts';
import { changeQueries, type RunQuery, recordQueries, shareQueries } from './run-queries.ts';
import { type Estimates, isSmall } from './sizes.ts';
import type { Trial, Tried } from './trial.ts';

/** What the test of a run's query showed. */
export interface TriedQuery {
  readonly query: RunQuery;
  readonly tried: Tried;
  /** The org's query plan; null: the org gives none, or the table is too small to ask. */
  readonly plan: QueryPlan | null;
}

/** A filter of the config file. It is tested first, because no run begins without it. */
export type TriedFilter = Omit<TriedQuery, 'plan'>;

/** Scanning more rows than this takes more than a few seconds. */
const MANY_ROWS = 1_000_000;

export function isLongScan(plan: QueryPlan | null): plan is QueryPlan {
  return plan?.leadingOperationType === 'TableScan' && plan.sobjectCardinality > MANY_ROWS;
}

/** Objects whose changed share rows runs search by ranges of records, because filtering by date takes too long. */
export function slowShares(all: readonly TriedQuery[]): Set<ObjectName> {
  const slow = all.filter(({ query, tried, plan }) => {
    if (query.kind !== 'changed-shares') return false;
    if (tried.kind === 'refused')
      return tried.error instanceof TransientError && tried.error.remedy === 'smaller-range';
    return tried.kind === 'slow' || (tried.kind === 'left-out' && isLongScan(plan));
  });
  return new Set(slow.map(({ query }) => query.object));
}

/** The org's query plans. It is asked for at least one, and for no more once it refuses. */
export class Plans {
  readonly #salesforce: Salesforce;
  readonly #trial: Trial;
  readonly #plans = new Map<string, QueryPlan | null>();
  /** Why the org gives no plans; null: it does. */
  refusal: SalesforceError | null = null;

  constructor(salesforce: Salesforce, trial: Trial) {
    this.#salesforce = salesforce;
    this.#trial = trial;
  }

  of(query: RunQuery): QueryPlan | null {
    return this.#plans.get(nameOf(query)) ?? null;
  }

  async ask(queries: readonly RunQuery[]): Promise<void> {
    const [first, ...others] = queries.filter((query) => !this.#plans.has(nameOf(query)));
    if (first === undefined || this.refusal !== null) return;
    this.refusal = (await this.#explain(first)).refusal;
    if (this.refusal === null) await Promise.all(others.map((query) => this.#explain(query)));
  }

  async #explain(query: RunQuery) {
    const soql = toSoql(query.soql);
    const { answer, refusal } = await this.#trial.ask((signal) => this.#salesforce.explain(soql, { signal }));
    this.#plans.set(nameOf(query), answer?.[0] ?? null);
    return { refusal };
  }
}

/** The query without its times, which differ from one moment to the next. */
function nameOf({ object, kind }: RunQuery): string {
  return `${kind} of ${object}`;
}

export interface QueriesInput {
  readonly salesforce: Salesforce;
  readonly trial: Trial;
  readonly plans: Plans;
  readonly schema: ResolvedSchema;
  readonly contacts: ContactSharing;
}

/** The estimates, with those of the share tables, which take one API call each. */
export async function withShares(
  { salesforce, plans, schema, contacts }: Omit<QueriesInput, 'trial'>,
  ofRecords: Estimates,
): Promise<Estimates> {
  const shares = changeQueries(schema, contacts, salesforce.clock.now()).filter(
    ({ kind }) => kind === 'changed-shares',
  );
  await plans.ask(shares);
  return new Map([
    ...ofRecords,
    ...shares.flatMap((query): [string, number][] => {
      const plan = plans.of(query);
      return plan === null ? [] : [[query.table, plan.sobjectCardinality]];
    }),
  ]);
}

/**
 * Tests every query of a run, one by one, the slow ones last. It does not query records by a filter that is known to be
 * slow.
 */
export async function tryQueries(
  { salesforce, trial, plans, schema, contacts }: QueriesInput,
  estimates: Estimates,
  filters: readonly TriedFilter[],
): Promise<TriedQuery[]> {
  const unanswered = new Set(filters.flatMap(({ query, tried }) => (tried.kind === 'answered' ? [] : [query.object])));
  const byId = recordQueries(schema, 1).filter(({ object }) => !unanswered.has(object));
  const records = await trial.askAll(byId);
  const others = [
    ...changeQueries(schema, contacts, salesforce.clock.now()),
    ...shareQueries(schema, contacts, firstIds(byId, records)),
  ];
  const large = [...filters.map(({ query }) => query), ...others].filter(({ table }) => !isSmall(estimates, table));
  await plans.ask(large);
  const ordered = [
    ...others.filter((query) => !isLongScan(plans.of(query))),
    ...others.filter((query) => isLongScan(plans.of(query))),
  ];
  const rest = await trial.askAll(ordered);
  const tried = [...filters.map((filter) => filter.tried), ...records, ...rest];
  return [...filters.map(({ query }) => query), ...byId, ...ordered].flatMap((query, at) => {
    const one = tried[at];
    return one === undefined ? [] : [{ query, tried: one, plan: plans.of(query) }];
  });
}

/** The first record of each object for which the org answered. */
function firstIds(queries: readonly RunQuery[], tried: readonly Tried[]): Map<ObjectName, string> {
  const first = new Map<ObjectName, string>();
  for (const [at, { object }] of queries.entries()) {
    const one = tried[at];
    const id = one?.kind === 'answered' ? one.records[0]?.Id : null;
    if (typeof id === 'string' && isRecordId(id)) first.set(object, id);
  }
  return first;
}
