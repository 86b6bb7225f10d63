import type { ContactDerivation } from '../access/types.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import type { QueryPlan } from '../salesforce/sizes.ts';
import { isRecordId } from '../soql/literals.ts';
import { toSoql } from '../soql/query.ts';
import type { Selection } from '../sync/selection.ts';
import { changeQueries, type RunQuery, recordQueries, shareQueries } from './run-queries.ts';
import { type Estimates, isSmall } from './sizes.ts';
import type { Trial, Tried } from './trial.ts';

/** What is known of a query of a run. */
export interface TriedQuery {
  readonly query: RunQuery;
  readonly tried: Tried;
  /** How the org would run it; null: it does not say, or nobody asked, as the table is small. */
  readonly plan: QueryPlan | null;
}

/** A filter of the config file is tried before anything else: no run begins without it. */
export type TriedFilter = Omit<TriedQuery, 'plan'>;

/** More rows than these are scanned in more than some seconds. */
const MANY_ROWS = 1_000_000;

export function isLongScan(plan: QueryPlan | null): plan is QueryPlan {
  return plan?.leadingOperationType === 'TableScan' && plan.sobjectCardinality > MANY_ROWS;
}

/** Objects whose changed share rows runs look for by ranges of records, for the org takes too long over their dates. */
export function slowShares(all: readonly TriedQuery[]): Set<ObjectName> {
  const slow = all.filter(({ query, tried, plan }) => {
    if (query.kind !== 'changed-shares') return false;
    if (tried.kind === 'refused')
      return tried.error instanceof TransientError && tried.error.remedy === 'smaller-range';
    return tried.kind === 'slow' || (tried.kind === 'left-out' && isLongScan(plan));
  });
  return new Set(slow.map(({ query }) => query.object));
}

/** How the org would run queries. It is asked about one at least, and about no more once it refuses. */
export class Plans {
  readonly #salesforce: Salesforce;
  readonly #trial: Trial;
  readonly #plans = new Map<string, QueryPlan | null>();
  /** Why the org tells nothing; null: it tells. */
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
    const { answer, refusal } = await this.#trial.told((signal) => this.#salesforce.explain(soql, { signal }));
    this.#plans.set(nameOf(query), answer?.[0] ?? null);
    return { refusal };
  }
}

/** Its times differ from one moment to the next; what it asks does not. */
function nameOf({ object, kind }: RunQuery): string {
  return `${kind} of ${object}`;
}

export interface QueriesInput {
  readonly salesforce: Salesforce;
  readonly trial: Trial;
  readonly plans: Plans;
  readonly selection: Selection;
  readonly contacts: ContactDerivation;
}

/** Estimates, and those of the share tables: one API call for each. */
export async function withShares(
  { salesforce, plans, selection, contacts }: Omit<QueriesInput, 'trial'>,
  ofRecords: Estimates,
): Promise<Estimates> {
  const shares = changeQueries(selection, contacts, salesforce.clock.now()).filter(
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
 * Tries every query of a run, each by itself; what the org will take long over comes last. Records are not asked for by a
 * filter that is known to be slow.
 */
export async function tryQueries(
  { salesforce, trial, plans, selection, contacts }: QueriesInput,
  estimates: Estimates,
  filters: readonly TriedFilter[],
): Promise<TriedQuery[]> {
  const unanswered = new Set(filters.flatMap(({ query, tried }) => (tried.kind === 'answered' ? [] : [query.object])));
  const byId = recordQueries(selection, 1).filter(({ object }) => !unanswered.has(object));
  const records = await trial.askAll(byId);
  const others = [
    ...changeQueries(selection, contacts, salesforce.clock.now()),
    ...shareQueries(selection, contacts, firstIds(byId, records)),
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

/** The first record of each object, as far as the org answered. */
function firstIds(queries: readonly RunQuery[], tried: readonly Tried[]): Map<ObjectName, string> {
  const first = new Map<ObjectName, string>();
  for (const [at, { object }] of queries.entries()) {
    const one = tried[at];
    const id = one?.kind === 'answered' ? one.records[0]?.Id : null;
    if (typeof id === 'string' && isRecordId(id)) first.set(object, id);
  }
  return first;
}
