import { describe, expect, test } from 'vitest';
import { errorOf } from '../../src/salesforce/error-table.ts';
import { textWithoutContent } from '../../src/salesforce/message-text.ts';
import { type Answer, clientOf, refusal, rejection, rowsOf, scriptedOrg } from './scripted-org.ts';

const TRIES = 3;
const BUSY_TRIES = 5;

const caret =
  "\nSELECT Id, Nope__c FROM Account WHERE Email = 'jane@example.com'\n           ^\nERROR at Row:1:Column:12\n";
const html = '<html><body>We are down for maintenance.</body></html>';

describe('a refusal', () => {
  test.each([
    [
      'of the daily limit waits for minutes',
      refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
      { name: 'LimitError', retry: 'wait', limit: 'daily', waitMs: 900_000 },
      1,
    ],
    [
      'of the concurrent limit waits for a moment',
      refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
      { name: 'LimitError', limit: 'concurrent', waitMs: 30_000 },
      BUSY_TRIES,
    ],
    [
      'of the limit on long transactions waits for a moment',
      refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'),
      { name: 'LimitError', limit: 'concurrent' },
      BUSY_TRIES,
    ],
    [
      'of an org without API asks for another edition or permission',
      refusal(403, 'API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner'),
      { name: 'LostAccessError', retry: 'give-up', hint: expect.stringContaining('API Enabled') },
      1,
    ],
    [
      'of a query that ran too long leads to smaller ranges',
      refusal(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.'),
      { name: 'TransientError', remedy: 'smaller-range' },
      1,
    ],
    [
      'of a query with too many fields leads to fewer fields',
      refusal(400, 'QUERY_TOO_COMPLICATED', 'Query is either selecting too many fields'),
      { name: 'TransientError', remedy: 'fewer-fields' },
      1,
    ],
    [
      'of a lost cursor repeats the range',
      refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator'),
      { name: 'TransientError', remedy: 'same-range' },
      1,
    ],
    [
      'of a missing object names the object',
      refusal(400, 'INVALID_TYPE', `${caret}sObject type 'Nope__c' is not supported. If you are…`),
      { name: 'LostAccessError', subject: 'Nope__c', hint: expect.stringContaining('Read') },
      1,
    ],
    [
      'of a missing field names the field',
      refusal(400, 'INVALID_FIELD', `${caret}No such column 'Nope__c' on entity 'Account'. If you are…`),
      { name: 'LostAccessError', subject: 'Account.Nope__c' },
      1,
    ],
    [
      'of a malformed query is final',
      refusal(400, 'MALFORMED_QUERY', `${caret}unexpected token: 'AND'`),
      { name: 'RejectedQueryError', retry: 'give-up', message: "MALFORMED_QUERY: unexpected token: 'AND'" },
      1,
    ],
    [
      'of a missing resource is lost access',
      refusal(404, 'NOT_FOUND', 'The requested resource does not exist'),
      { name: 'LostAccessError' },
      1,
    ],
    [
      'of a retired version is a configuration error',
      refusal(410, 'UNSUPPORTED_API_VERSION', 'retired'),
      { name: 'ConfigurationError' },
      1,
    ],
    [
      'by an internal error passes',
      refusal(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred. ErrorId: 12-34 (56)'),
      { name: 'TransientError', remedy: 'same-request' },
      TRIES,
    ],
    ['by an unavailable server passes', refusal(503, 'SERVER_UNAVAILABLE', 'busy'), { name: 'TransientError' }, TRIES],
    [
      'with an unknown code and a server error passes',
      refusal(502, 'NEW_CODE'),
      { name: 'TransientError', errorCode: 'NEW_CODE' },
      TRIES,
    ],
    [
      'with an unknown code and a bad request does not pass',
      refusal(400, 'NEW_CODE'),
      { name: 'RejectedQueryError', errorCode: 'NEW_CODE' },
      1,
    ],
    [
      'of a query with too many owners to check leads to smaller ranges, and names the right that helps',
      refusal(400, 'OPERATION_TOO_LARGE', 'exceeded 100000 distinct ids'),
      { name: 'TransientError', remedy: 'smaller-range', hint: expect.stringContaining('View All Data') },
      1,
    ],
    [
      'of a request that ran too long leads to smaller ranges',
      refusal(400, 'REQUEST_RUNNING_TOO_LONG', 'Your request was running for too long, and has been stopped.'),
      { name: 'TransientError', remedy: 'smaller-range' },
      1,
    ],
    [
      'of a query that Salesforce expands too far leads to fewer fields, not to fewer rows',
      refusal(
        400,
        'QUERY_TOO_COMPLICATED',
        'Query is either selecting too many fields or the filter is too complicated.',
      ),
      { name: 'TransientError', remedy: 'fewer-fields', hint: expect.stringContaining('formula fields') },
      1,
    ],
    [
      'by a security policy names the policy',
      refusal(403, 'TXN_SECURITY_NO_ACCESS', 'The operation you requested isn’t allowed'),
      { name: 'LostAccessError', hint: expect.stringContaining('Transaction Security Policies') },
      1,
    ],
    [
      'of a continuation beyond the limit of ids repeats the range',
      refusal(400, 'EXCEEDED_ID_LIMIT', 'exceeded id limit'),
      { name: 'TransientError', remedy: 'same-range' },
      1,
    ],
    [
      'of a locator in other words repeats the range',
      refusal(400, 'INVALID_LOCATOR', 'invalid locator'),
      { name: 'TransientError', remedy: 'same-range' },
      1,
    ],
    [
      "for the user's login hours names them",
      refusal(403, 'LOGIN_DURING_RESTRICTED_TIME'),
      { name: 'CredentialsError', hint: expect.stringContaining('Login Hours') },
      1,
    ],
    [
      "for the user's IP ranges names them",
      refusal(403, 'LOGIN_DURING_RESTRICTED_DOMAIN'),
      { name: 'CredentialsError', hint: expect.stringContaining('Login IP Ranges') },
      1,
    ],
    [
      'of a session with too low assurance names it',
      refusal(403, 'TXN_SECURITY_TWO_FA_REQUIRED'),
      { name: 'CredentialsError', hint: expect.stringContaining('session policies') },
      1,
    ],
    [
      'of a session that a policy ended',
      refusal(403, 'TXN_SECURITY_END_A_SESSION'),
      { name: 'CredentialsError', hint: expect.stringContaining('Transaction Security Policies') },
      1,
    ],
    [
      'of an expired password',
      refusal(403, 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD', 'The users password has expired'),
      { name: 'CredentialsError', hint: expect.stringContaining('Password Never Expires') },
      1,
    ],
    [
      'of a locked user',
      refusal(403, 'PASSWORD_LOCKOUT'),
      { name: 'CredentialsError', hint: expect.stringContaining('unlock it') },
      1,
    ],
    [
      'of an app that the user may not use',
      refusal(403, 'CLIENT_NOT_ACCESSIBLE_FOR_USER'),
      { name: 'CredentialsError', hint: expect.stringContaining('External Client App Access Settings') },
      1,
    ],
    [
      'of a user without the API asks for the permission',
      refusal(403, 'API_CURRENTLY_DISABLED', 'API is disabled for this User'),
      { name: 'LostAccessError', hint: expect.stringContaining('API Enabled') },
      1,
    ],
    [
      'of an API that is off for a moment passes',
      refusal(403, 'API_CURRENTLY_DISABLED', 'API is currently disabled'),
      { name: 'TransientError' },
      TRIES,
    ],
    [
      'of a locked org',
      refusal(403, 'ORG_LOCKED'),
      { name: 'LostAccessError', hint: expect.stringContaining('locked') },
      1,
    ],
    [
      'of an ended trial',
      refusal(403, 'TRIAL_EXPIRED'),
      { name: 'LostAccessError', hint: expect.stringContaining('trial has ended') },
      1,
    ],
    [
      'of an object that cannot be queried',
      refusal(400, 'ENTITY_NOT_QUERYABLE'),
      { name: 'LostAccessError', hint: expect.stringContaining('Read') },
      1,
    ],
    [
      'of a field that cannot be filtered blames the filter',
      refusal(400, 'INVALID_FIELD', `${caret}field 'Notes__c' can not be filtered in a query call`),
      { name: 'RejectedQueryError', hint: expect.stringContaining('`where`') },
      1,
    ],
    [
      'of an operator that the field does not allow blames the filter',
      refusal(400, 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator'),
      { name: 'RejectedQueryError', hint: expect.stringContaining('`where`') },
      1,
    ],
    [
      'of too many subqueries',
      refusal(400, 'EXCEEDED_MAX_SEMIJOIN_SUBSELECTS', 'The maximum number of semijoin subselects is exceeded'),
      { name: 'RejectedQueryError', hint: expect.stringContaining('simpler') },
      1,
    ],
    ['for maintenance passes', refusal(503, 'ORG_IN_MAINTENANCE'), { name: 'TransientError' }, TRIES],
    [
      'of too many requests of another kind waits for a moment',
      refusal(403, 'TOO_MANY_APEX_REQUESTS'),
      { name: 'LimitError', limit: 'concurrent' },
      BUSY_TRIES,
    ],
    ['with an unknown code and 403 is lost access', refusal(403, 'NEW_CODE'), { name: 'LostAccessError' }, 1],
    ['by a maintenance page passes', { status: 503, text: html }, { name: 'TransientError', status: 503 }, TRIES],
    ['by a maintenance page with status 200 passes', { text: html }, { name: 'TransientError', status: 200 }, TRIES],
    ['by an empty 406 passes', { status: 406, text: '' }, { name: 'TransientError' }, TRIES],
    ['by a 420 with a page passes', { status: 420, text: html }, { name: 'TransientError' }, TRIES],
    [
      'by a truncated document passes',
      { text: '{"totalSize":1,"rec', headers: { 'Content-Type': 'application/json' } },
      { name: 'TransientError' },
      TRIES,
    ],
    [
      'by JSON of another form names the place',
      { json: { done: true, records: 'x', totalSize: 1 } },
      { name: 'TransientError', message: expect.stringContaining('records') },
      TRIES,
    ],
    ['of a URL that is too long blames the query', { status: 414, text: html }, { name: 'RejectedQueryError' }, 1],
    [
      'of too many requests waits for a moment',
      { status: 429, text: '' },
      { name: 'LimitError', limit: 'concurrent' },
      BUSY_TRIES,
    ],
  ] satisfies [string, Answer, object, number][])('%s', async (_name, answer, expected, requests) => {
    const org = await scriptedOrg({ api: () => answer });
    const error = await rejection(rowsOf(clientOf(org).query('SELECT Id FROM Account')));
    expect(error).toMatchObject(expected);
    expect(error).toMatchObject({ hint: expect.stringMatching(/\w{3}/) });
    expect(JSON.stringify([error, String(error)])).not.toContain('jane@example.com');
    expect(org.seen).toHaveLength(requests);
  });

  test.each([400, 401, 403, 404, 500])('with status %i and an unknown code says so, and blames no filter', (status) => {
    const error = errorOf({ status, errorCode: 'NEW_CODE', message: 'odd' });
    expect(error.message).toBe('NEW_CODE: odd');
    expect(error.hint).toMatch(/^This connector does not know this code\. .*Salesforce Support.*report it/);
    expect(error.hint).not.toContain('where');
  });

  test('of a limit says until when it lasts', async () => {
    const org = await scriptedOrg({
      api: () => refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
    });
    const before = Date.now();
    const error = await rejection(rowsOf(clientOf(org).query('SELECT Id FROM Account')));
    expect(error).toMatchObject({ until: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(Date.parse((error as { until: string }).until)).toBeGreaterThanOrEqual(before + 900_000);
  });

  test('is repeated after waits that are shorter than the caller would notice', async () => {
    const waits: number[] = [];
    const org = await scriptedOrg({ api: () => refusal(503, 'SERVER_UNAVAILABLE') });
    const client = clientOf(org, { sleep: async (ms) => void waits.push(ms) });
    await rejection(rowsOf(client.query('SELECT Id FROM Account')));
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThanOrEqual(250);
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits[1]).toBeGreaterThanOrEqual(1000);
    expect(waits[1]).toBeLessThanOrEqual(2000);
  });
});

describe('the text of an error', () => {
  test.each([
    [
      'drops a piece of the query',
      `${caret}No such column 'Nope__c' on entity 'Account'.`,
      "No such column 'Nope__c' on entity 'Account'.",
    ],
    ['drops quoted values', "bad value 'Jane Doe, 4 Main St' for field 'Name'", "bad value '…' for field 'Name'"],
    ['drops addresses', 'duplicate of jane.doe@example.com found', 'duplicate of … found'],
    ['drops telephone numbers', 'cannot parse 4915112345678 here', 'cannot parse … here'],
    ['keeps the number of an error', 'ErrorId: 1234-5678 (-90)', 'ErrorId: 1234-5678 (-90)'],
  ])('%s', (_name, message, expected) => {
    expect(textWithoutContent(message)).toBe(expected);
  });

  test('is short', () => {
    expect(textWithoutContent('word '.repeat(1000)).length).toBeLessThanOrEqual(300);
  });
});
