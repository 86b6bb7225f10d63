import { performance } from 'node:perf_hooks';
import type { OrgTables } from '../access/tables.ts';
import type { ContactDerivation } from '../access/types.ts';
import type { Config } from '../config.ts';
import { runsPerDay, tickSeconds } from '../cron.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import { DESCRIBED, isFiltered } from '../sync/describe.ts';
import { PROBES } from '../sync/probes.ts';
import type { Selection } from '../sync/selection.ts';
import { type Finding, good } from './finding.ts';
import { type Forecast, forecast, type ObjectSize, type ReadObject } from './forecast.ts';
import { emptyShareFindings } from './org-sharing.ts';
import { queryFindings } from './query-findings.ts';
import { type RunQuery, recordQueries } from './run-queries.ts';
import { scheduleFinding } from './schedule.ts';
import { sizesOf } from './sizes.ts';
import type { Told, Trial } from './trial.ts';
import { Plans, slowShares, type TriedFilter, type TriedQuery, tryQueries, withShares } from './try-queries.ts';

/** How fast the index takes rows in, measured on a laptop; the org is mostly slower. */
const ROWS_WRITTEN_PER_SECOND = 4_000;

/** The org as the integration user sees it. */
export interface SeenOrg {
  readonly selection: Selection;
  readonly tables: OrgTables;
  readonly contacts: ContactDerivation;
  /** What `limits/recordCount` says. */
  readonly recordCounts: Told<ReadonlyMap<string, number>>;
  /** Rows of each table of who is who. */
  readonly tableRows: readonly number[];
  /** The filters of the config file, which were tried before. */
  readonly filters: readonly TriedFilter[];
}

export interface Measured {
  readonly sizes: readonly ObjectSize[];
  readonly forecast: Forecast;
  readonly findings: readonly Finding[];
}

/** Tries the queries of a run, learns how large the org is, times one page, and says what the schedule will cost. */
export async function measure(config: Config, salesforce: Salesforce, trial: Trial, org: SeenOrg): Promise<Measured> {
  const { cronSpec, timezone, completeBackfillFrequency } = config;
  const { selection, tables, contacts, recordCounts } = org;
  const plans = new Plans(salesforce, trial);
  const queries = { salesforce, trial, plans, selection, contacts };
  const estimates = await withShares(queries, recordCounts.answer ?? new Map());
  const tried = await tryQueries(queries, estimates, org.filters);
  const slow = new Set(tried.flatMap(({ query, tried: { kind } }) => (kind === 'slow' ? [query.table] : [])));
  const sizes = await sizesOf(salesforce, trial, selection, contacts, { estimates, slow });
  const sample = await samplePage(salesforce, trial, largestPage(config, selection, sizes, tried));
  const pageSize = sample?.pageSize ?? config.pageSize;
  const limit = salesforce.usage?.limit ?? null;
  const byRanges = slowShares(tried);
  const result = forecast(
    {
      objects: sizes.map((size) => ({ ...size, sharesByRanges: byRanges.has(size.object) })),
      tableRows: org.tableRows,
      probes: PROBES,
      describes: DESCRIBED.length,
      filters: Object.values(selection.objects).filter(isFiltered).length,
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

/** A page of the largest object of which the org sends records as a backfill asks for them; undefined: there is none. */
function largestPage(
  { pageSize }: Config,
  selection: Selection,
  sizes: readonly ReadObject[],
  tried: readonly TriedQuery[],
): RunQuery | undefined {
  const readable = tried.flatMap(({ query, tried: one }) =>
    query.kind === 'records' && one.kind === 'answered' && one.records.length > 0 ? [query.object] : [],
  );
  const recordsOf = new Map(sizes.map(({ object, records }) => [object, records ?? 0]));
  const [largest] = readable.toSorted((a, b) => (recordsOf.get(b) ?? 0) - (recordsOf.get(a) ?? 0));
  return recordQueries(selection, pageSize).find(({ object }) => object === largest);
}

/** How the org serves a page. */
interface SamplePage {
  /** Rows in a page, where it has fewer than were asked for; null: it has as many. */
  readonly pageSize: number | null;
  /** Seconds until the page was there. */
  readonly seconds: number;
}

/** Reads one page, as a backfill would; null where there is no answer in time. One API call. */
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

/** What is read and could not be counted is missing in the forecast. */
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
