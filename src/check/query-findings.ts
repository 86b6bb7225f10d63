import { type Remedy, type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { thousands } from '../sentences/numbers.ts';
import { type Finding, good } from './finding.ts';
import type { QueryKind, RunQuery } from './run-queries.ts';
import { isLongScan, type Plans, type TriedQuery } from './try-queries.ts';

/** On a bad day an answer that takes this long would reach Salesforce's limit. */
const LONG_SECONDS = 10;

/** One finding for each query of a run that the org refuses or is slow to answer; a single one if there is none. */
export function queryFindings(all: readonly TriedQuery[], { refusal }: Pick<Plans, 'refusal'>): Finding[] {
  const findings = all.filter((one) => !isReportedBefore(one, all)).flatMap(findingOf);
  const left = all.filter((one) => one.tried.kind === 'left-out' && !isLongScan(one.plan));
  if (left.length > 0) findings.push(notTried(left));
  if (findings.length > 0) return findings;
  const untold = refusal === null ? '' : `; it does not say how it runs them (explain: ${refusal.message})`;
  return [good('queries', null, `the org answers the queries of a run${untold}`)];
}

/** Changed rows are queried with the same columns as all rows: a refused column is reported once. */
const COLUMNS_OF: Partial<Record<QueryKind, QueryKind>> = { 'changed-records': 'records', 'changed-shares': 'shares' };

function isReportedBefore({ query, tried }: TriedQuery, all: readonly TriedQuery[]): boolean {
  if (tried.kind !== 'refused' || remedyOf(tried.error) === 'smaller-range') return false;
  return all.some(
    (other) =>
      other.tried.kind === 'refused' &&
      other.query.object === query.object &&
      other.query.kind === COLUMNS_OF[query.kind] &&
      other.tried.error.errorCode === tried.error.errorCode,
  );
}

function remedyOf(error: SalesforceError): Remedy | null {
  return error instanceof TransientError ? error.remedy : null;
}

function findingOf(one: TriedQuery): Finding[] {
  const { query, tried, plan } = one;
  const name = NAMES[query.kind](query);
  const base = { test: `${query.object}.${query.kind}`, step: null, closes: null } as const;
  const scan = isLongScan(plan) ? `table scan of about ${thousands(plan.sobjectCardinality)} rows, ` : '';
  const slow = (what: string): Finding[] => [
    {
      ...base,
      status: 'warning',
      found: `${name}: ${scan}${what}`,
      remedy: `Salesforce stops a query after two minutes (QUERY_TIMEOUT); then ${lossOfSlow(query)}. ${REMEDIES[query.kind](query)}`,
    },
  ];
  switch (tried.kind) {
    case 'answered':
      return tried.seconds < LONG_SECONDS ? [] : slow(`answered after ${Math.round(tried.seconds)} seconds`);
    case 'slow':
      return slow(`no answer within ${tried.seconds} seconds`);
    case 'left-out':
      return isLongScan(plan) ? slow('not tried, because other queries are slow') : [];
    case 'refused':
      return [{ ...base, ...refused(one, tried.error, `${name}: ${scan}refused (${tried.error.message})`) }];
  }
}

function refused(
  { query }: TriedQuery,
  error: SalesforceError,
  found: string,
): Pick<Finding, 'status' | 'found' | 'remedy'> {
  if (query.kind === 'filter' && error.retry !== 'give-up')
    return { status: 'warning', found: `${found}: ${lossOfSlow(query)}`, remedy: REMEDIES.filter(query) };
  switch (remedyOf(error)) {
    case 'fewer-fields':
      return {
        status: 'warning',
        found: `${found}. Runs split the fields into several queries, which costs more API calls`,
        remedy: error.hint,
      };
    case 'smaller-range':
      return {
        status: 'warning',
        found: `${found}. Runs query smaller ranges; if that does not help, ${lossOfSlow(query)}`,
        remedy: REMEDIES[query.kind](query),
      };
    default:
      return { status: 'failed', found: `${found}: ${lossBy(query)}`, remedy: error.hint };
  }
}

function notTried(left: readonly TriedQuery[]): Finding {
  return {
    test: 'queries',
    step: null,
    status: 'unknown',
    found: `not tried, because other queries are slow: ${left.map(({ query }) => NAMES[query.kind](query)).join(', ')}`,
    closes: null,
    remedy: null,
  };
}

const NAMES: Readonly<Record<QueryKind, (query: RunQuery) => string>> = {
  records: ({ object }) => `records of ${object}`,
  shares: ({ object }) => `share rows of ${object}`,
  filter: ({ object }) => `objects.${object}.where`,
  'changed-records': ({ object }) => `changed records of ${object} (by SystemModstamp)`,
  'changed-shares': ({ object }) => `changed share rows of ${object} (by LastModifiedDate)`,
  'counted-shares': ({ object }) => `counts of share rows of ${object} (by ranges of records)`,
};

/** What people notice if a stream cannot be read. */
function lossBy({ object, kind }: RunQuery): string {
  if (kind === 'filter') return 'no run can start';
  if (kind === 'records' || kind === 'changed-records') return `changes to ${object} do not reach the index`;
  return `changes to who can read ${openedBy(object)} do not reach the index`;
}

/** What people notice if a stream is too slow. Changed share rows are found without the index of their dates. */
function lossOfSlow(query: RunQuery): string {
  if (query.kind === 'filter') return `records of ${query.object} are not read until the query answers in time`;
  if (query.kind !== 'changed-shares') return lossBy(query);
  return `runs look for them by ranges of records: changes to who can read ${openedBy(query.object)} reach the index later and cost more API calls`;
}

function openedBy(object: RunQuery['object']): string {
  return object === 'Account' ? 'accounts, contacts, cases and opportunities' : OPENED[object];
}

const OPENED: Readonly<Record<Exclude<RunQuery['object'], 'Account'>, string>> = {
  Contact: 'contacts',
  Case: 'cases',
  Opportunity: 'opportunities',
  Lead: 'leads',
};

const LARGE = 'docs/operate.md, "A very large org", says what runs do then.';

const MORE = 'docs/troubleshooting.md, "A table that cannot be read", says what runs do then.';

const REMEDIES: Readonly<Record<QueryKind, (query: RunQuery) => string>> = {
  records: () => MORE,
  shares: () => MORE,
  filter: () => 'Write the condition on fields that have an index, such as OwnerId, a lookup or an external id.',
  'changed-records': ({ table }) => `Ask Salesforce Support for an index on ${table}.SystemModstamp. ${MORE}`,
  'changed-shares': ({ table }) => `Ask Salesforce Support for an index on ${table}.LastModifiedDate. ${LARGE}`,
  'counted-shares': () => MORE,
};
