import { performance } from 'node:perf_hooks';
import type { OrgTables } from '../access/tables.ts';
import type { ContactSharing } from '../access/types.ts';
import { runsPerDay, tickSeconds } from '../config/cron.ts';
import type { Config } from '../config/load.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import { PROBES } from '../sync/probes.ts';
import { DESCRIBED, isFiltered } from '../sync/resolve-schema.ts';
import type { ResolvedSchema } from '../sync/resolved-schema.ts';
import { type Finding, good } from './finding.ts';
import { type Forecast, forecast, type ObjectSize, type ReadObject } from './forecast.ts';
import { emptyShareFindings } from './org-sharing.ts';
import { queryFindings } from './query-findings.ts';
import { type RunQuery, recordQueries } from './run-queries.ts';
import { scheduleFinding } from './schedule.ts';
import { sizesOf } from './sizes.ts';
import type { Answered, Trial } from './trial.ts';
import { Plans, slowShares, type TriedFilter, type TriedQuery, tryQueries, withShares } from './try-queries.ts';

/** How fast the index takes in rows, measured on a laptop. The org is usually slower. */
const ROWS_WRITTEN_PER_SECOND = 4_000;

/** The org as the integration user sees it. */
export interface SeenOrg {
  readonly schema: ResolvedSchema;
  readonly tables: OrgTables;
  readonly contacts: ContactSharing;
  /** The answer of `limits/recordCount`. */
  readonly recordCounts: Answered<ReadonlyMap<string, number>>;
  /** Rows of each membership table. */
  readonly tableRows: readonly number[];
  /** The filters of the config file, already tested. */
  readonly filters: readonly TriedFilter[];
}

export interface Measured {
  readonly sizes: readonly ObjectSize[];
  readonly forecast: Forecast;
  readonly findings: readonly Finding[];
}

/** Tests the queries of a run, measures the org's size and the time of one page, and forecasts the schedule's cost. */
export async function measure(config: Config, salesforce: Salesforce, trial: Trial, org: SeenOrg): Promise<Measured> {
  const { cronSpec, timezone, completeBackfillFrequency } = config;
  const { schema, tables, contacts, recordCounts } = org;
  const plans = new Plans(salesforce, trial);
  const queries = { salesforce, trial, plans, schema, contacts };
  const estimates = await withShares(queries, recordCounts.answer ?? new Map());
  const tried = await tryQueries(queries, estimates, org.filters);
  const slow = new Set(tried.flatMap(({ query, tried: { kind } }) => (kind === 'slow' ? [query.table] : [])));
  const sizes = await sizesOf(salesforce, trial, schema, contacts, { estimates, slow });
  const sample = await samplePage(salesforce, trial, largestPage(config, schema, sizes, tried));
  const pageSize = sample?.pageSize ?? config.pageSize;
  const limit = salesforce.usage?.limit ?? null;
  const byRanges = slowShares(tried);
  const result = forecast(
    {
      objects: sizes.map((size) => ({ ...size, sharesByRanges: byRanges.has(size.object) })),
      tableRows: org.tableRows,
      probes: PROBES,
      describes: DESCRIBED.length,
      filters: Object.values(schema.objects).filter(isFiltered).length,
      pageSize,
      sliceRecords: config.sliceRecords,
      secondsPerPage: (sample?.seconds ?? 0) + pageSize / ROWS_WRITTEN_PER_SECOND,
    },
    {
      runsPerDay: runsPerDay(cronSpec, timezone),
      tickSeconds: tickSeconds(cronSpec, timezone),
      completeBackfillFrequency,
      limit,
    },
  );
  return {
    sizes: sizes.map(sizeOf),
    forecast: result,
    findings: [
      ...emptyShareFindings(sizes, tables),
      ...queryFindings(tried, plans),
      sizesFinding(sizes, recordCounts.refusal, plans.refusal),
      scheduleFinding(result, config, salesforce.usage),
    ],
  };
}

/** A page of the largest object whose records the org sends as a backfill asks for them; undefined: no such object. */
function largestPage(
  { pageSize }: Config,
  schema: ResolvedSchema,
  sizes: readonly ReadObject[],
  tried: readonly TriedQuery[],
): RunQuery | undefined {
  const readable = tried.flatMap(({ query, tried: one }) =>
    query.kind === 'records' && one.kind === 'answered' && one.records.length > 0 ? [query.object] : [],
  );
  const recordsOf = new Map(sizes.map(({ object, records }) => [object, records ?? 0]));
  const [largest] = readable.toSorted((a, b) => (recordsOf.get(b) ?? 0) - (recordsOf.get(a) ?? 0));
  return recordQueries(schema, pageSize).find(({ object }) => object === largest);
}

/** One page, as the org sends it. */
interface SamplePage {
  /** Rows in the page, if it has fewer than requested; null: it has as many. */
  readonly pageSize: number | null;
  /** Seconds until the page arrived. */
  readonly seconds: number;
}

/** Reads one page as a backfill would, in one API call; null: no answer in time. */
async function samplePage(
  salesforce: Salesforce,
  trial: Trial,
  query: RunQuery | undefined,
): Promise<SamplePage | null> {
  if (query === undefined) return null;
  const from = performance.now();
  const pageSize = await trial.within(async (signal) => {
    for await (const { records, done } of salesforce.query(toSoql(query.soql), { signal }))
      return { ofOrg: done ? null : records.length };
    return { ofOrg: null };
  });
  return pageSize === null ? null : { pageSize: pageSize.ofOrg, seconds: (performance.now() - from) / 1000 };
}

function sizeOf({ object, records, shareObject, shareRows, estimated }: ReadObject): ObjectSize {
  return { object, records, shareObject, shareRows, estimated };
}

/** The forecast lacks what is read but could not be counted. */
function sizesFinding(
  sizes: readonly ReadObject[],
  recordCount: SalesforceError | null,
  explain: SalesforceError | null,
): Finding {
  const refusals = [
    ...(recordCount === null ? [] : [`limits/recordCount: ${recordCount.message}`]),
    ...(explain === null ? [] : [`explain: ${explain.message}`]),
  ];
  const why = refusals.length === 0 ? '' : ` (refused: ${refusals.join('; ')})`;
  const unknown = sizes.flatMap(({ object, records, shareObject, shareRows, readsRecords, readsShares }) => [
    ...(readsRecords && records === null ? [object] : []),
    ...(readsShares && shareRows === null ? [shareObject] : []),
  ]);
  if (unknown.length === 0) {
    const isCounted = sizes.every(({ estimated }) => estimated.length === 0);
    return good(
      'sizes',
      null,
      isCounted
        ? `every object and its share rows are counted${why}`
        : `small objects are counted, the sizes of large ones are the org's estimates${why}`,
    );
  }
  return {
    test: 'sizes',
    step: null,
    status: 'warning',
    found: `the size of ${unknown.join(', ')} is not known${why}`,
    closes: null,
    remedy: 'The forecast leaves them out, so it is too low.',
  };
}
