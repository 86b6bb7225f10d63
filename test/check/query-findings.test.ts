import { describe, expect, it } from 'vitest';
import { queryFindings } from '../../src/check/query-findings.ts';
import type { QueryKind } from '../../src/check/run-queries.ts';
import type { Tried } from '../../src/check/trial.ts';
import type { TriedQuery } from '../../src/check/try-queries.ts';
import { errorOf } from '../../src/salesforce/error-table.ts';
import { RejectedQueryError, type SalesforceError } from '../../src/salesforce/errors.ts';

const one = (kind: QueryKind, tried: Tried, plan: TriedQuery['plan'] = null): TriedQuery => ({
  query: {
    object: 'Case',
    table: kind.endsWith('shares') ? 'CaseShare' : 'Case',
    kind,
    soql: { select: ['Id'], from: 'Case' },
    all: false,
  },
  tried,
  plan,
});
const refused = (error: SalesforceError): Tried => ({ kind: 'refused', error });
const code = (errorCode: string) => refused(errorOf({ status: 400, errorCode, message: 'No.' }));
const answered = (seconds: number): Tried => ({ kind: 'answered', records: [], seconds });
const scan = (rows: number) => ({ leadingOperationType: 'TableScan', cardinality: rows, sobjectCardinality: rows });

const told = (...all: TriedQuery[]) =>
  queryFindings(all, { refusal: null }).map(({ status, test, found }) => `${status} ${test}: ${found}`);

describe('the findings about the queries of a run', () => {
  it('are good together, even if a query scans a table quickly', () => {
    expect(told(one('records', answered(1)), one('changed-shares', answered(9), scan(9_000_000)))).toEqual([
      'ok queries: the org answers the queries of a run',
    ]);
  });

  it('name slow queries, and queries that were not tried because an earlier one was slow', () => {
    expect(
      told(
        one('records', answered(1)),
        one('changed-records', answered(12.3)),
        one('changed-shares', { kind: 'left-out' }, scan(9_000_000)),
        one('shares', { kind: 'left-out' }, scan(5)),
      ),
    ).toEqual([
      'warning Case.changed-records: changed records of Case (by SystemModstamp): answered after 12 seconds',
      'warning Case.changed-shares: changed share rows of Case (by LastModifiedDate): table scan of about 9,000,000 rows, not tried, because other queries are slow',
      'unknown queries: not tried, because other queries are slow: share rows of Case',
    ]);
  });

  it.each([
    ['QUERY_TOO_COMPLICATED', ['warning']],
    ['QUERY_TIMEOUT', ['warning', 'warning']],
    ['OPERATION_TOO_LARGE', ['warning', 'warning']],
    ['INVALID_FIELD', ['failed']],
    ['SOMETHING_NEW', ['failed']],
  ])(
    'report queries that are refused with %s once for the same columns, and each for its own range',
    (errorCode, statuses) => {
      const findings = told(one('records', code(errorCode)), one('changed-records', code(errorCode)));
      expect(findings.map((text) => text.split(' ')[0])).toEqual(statuses);
      expect(findings.every((text) => text.includes(errorCode))).toBe(true);
    },
  );

  it('say that the org does not report its query plans', () => {
    const refusal = new RejectedQueryError({ message: 'FORBIDDEN', hint: '' });
    expect(queryFindings([one('records', answered(1))], { refusal })[0]?.found).toBe(
      'the org answers the queries of a run; it does not say how it runs them (explain: FORBIDDEN)',
    );
  });
});
