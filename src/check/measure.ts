import type { OrgTables } from '../access/tables.ts';
import type { ContactDerivation } from '../access/types.ts';
import type { Config } from '../config.ts';
import { runsPerDay, tickSeconds } from '../cron.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { DESCRIBED, isFiltered } from '../sync/describe.ts';
import { PROBE_QUERIES, PROBED_TABLES } from '../sync/probes.ts';
import type { Selection } from '../sync/selection.ts';
import { type Finding, good } from './finding.ts';
import { type Forecast, forecast, type ObjectSize, type ReadObject } from './forecast.ts';
import { emptyShareFindings } from './org-sharing.ts';
import { scheduleFinding } from './schedule.ts';
import { countSizes, samplePage } from './sizes.ts';

/** How fast the index takes rows in, measured on a laptop; the org is mostly slower. */
const ROWS_WRITTEN_PER_SECOND = 4_000;

/** The org as the integration user sees it. */
export interface SeenOrg {
  readonly selection: Selection;
  readonly tables: OrgTables;
  readonly contacts: ContactDerivation;
}

export interface Measured {
  readonly sizes: readonly ObjectSize[];
  readonly forecast: Forecast;
  readonly findings: readonly Finding[];
}

/** Counts the org, times one page, and says what the schedule will cost. Three API calls. */
export async function measure(config: Config, salesforce: Salesforce, org: SeenOrg): Promise<Measured> {
  const { selection, tables, contacts } = org;
  const { cronSpec, timezone, completeBackfillFrequency } = config;
  const sizes = await countSizes(salesforce, selection, contacts);
  const sample = await samplePage(salesforce, selection, sizes, config.pageSize);
  // Where the org sends fewer rows than asked for, it will do so again.
  const wanted = Math.min(config.pageSize, Math.max(0, ...sizes.map(({ records }) => records ?? 0)));
  const pageSize = sample !== null && sample.rows > 0 && sample.rows < wanted ? sample.rows : config.pageSize;
  const limit = salesforce.usage?.limit ?? null;
  const result = forecast(
    {
      objects: sizes,
      tableRows: PROBED_TABLES.flatMap((table) => tables[table].rows?.length ?? []),
      probes: PROBE_QUERIES.length,
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
      uncounted(sizes),
      scheduleFinding(result, config, salesforce.usage),
    ],
  };
}

function sizeOf({ object, records, shareObject, shareRows }: ReadObject): ObjectSize {
  return { object, records, shareObject, shareRows };
}

/** What is read and could not be counted is missing in the forecast. */
function uncounted(sizes: readonly ReadObject[]): Finding {
  const names = sizes.flatMap(({ object, records, shareObject, shareRows, readsRecords, readsShares }) => [
    ...(readsRecords && records === null ? [object] : []),
    ...(readsShares && shareRows === null ? [shareObject] : []),
  ]);
  if (names.length === 0) return good('sizes', null, 'every object and its share rows are counted');
  return {
    test: 'sizes',
    step: null,
    status: 'warning',
    found: `the org did not count ${names.join(', ')}`,
    closes: null,
    remedy: 'Take the forecast for less than it will be: these are not in it.',
  };
}
