import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/check/report.ts';
import { checkOf, finding, folderOf, goodOrg } from './checked.ts';

const marks = (report: Report): string[] => report.steps.map(({ id, status }) => `${id} ${status}`);

it('finds nothing to fix in a good org, and shows what it saw', async () => {
  const report = await checkOf(await goodOrg());
  expect(marks(report)).toEqual([
    'app ok',
    'oauth ok',
    'flow ok',
    'policies ok',
    'permission-set ok',
    'credentials ok',
  ]);
  expect(report).toMatchObject({ status: 'ok', stopped: null });
  expect(finding(report, 'run-as')?.found).toBe('runs as integration@test.example');
  expect(finding(report, 'api-version')?.found).toBe('the org offers API v67.0');
  expect(report.unseen.map(({ step }) => step)).toEqual(['oauth', 'policies']);
});

describe('fails the step that fixes a refused token, leaves the rest untested, and says why it stopped', () => {
  it.each([
    ['app', 'some_new_error', 'of which nothing is known', 'Consumer Key and Secret'],
    ['oauth', 'invalid_grant', 'no valid scopes', 'Select only "Manage user data via APIs (api)"'],
    ['flow', 'invalid_grant', 'client credentials flow not enabled', 'Enable Client Credentials Flow'],
    ['flow', 'unsupported_grant_type', 'grant type not supported', 'Enable Client Credentials Flow'],
    ['policies', 'invalid_grant', 'no client credentials user enabled', 'Client Credentials Flow › Run As'],
    ['policies', 'inactive_user', 'user is inactive', 'Activate the integration user'],
    [
      'permission-set',
      'invalid_app_access',
      'user is not admin approved to access this app',
      'External Client App Access Settings',
    ],
    ['credentials', 'invalid_grant', 'request not supported on this domain', 'https://<MyDomain>.my.salesforce.com'],
  ])('%s: %s (%s)', async (step, error, error_description, remedy) => {
    const org = await goodOrg();
    await org.failTokens({ status: 400, error, error_description });
    const report = await checkOf(org);
    expect(marks(report).filter((mark) => !mark.endsWith('not-tested'))).toEqual([`${step} failed`]);
    expect(finding(report, 'token')).toMatchObject({
      found: `no token: ${error} (${error_description})`,
      remedy: expect.stringContaining(remedy),
    });
    expect(report).toMatchObject({ status: 'failed', sizes: null, forecast: null, closed: null });
    expect(report.stopped).toMatch(/^without a token/);
  });

  it.each([
    ['a wrong key', { client_id: 'another' }, 'client_id is not a Consumer Key of this org.'],
    ['a wrong secret', { client_secret: 'HUSHHUSH' }, 'client_secret is not the Consumer Secret of this client_id.'],
  ])('credentials: fails for %s', async (_, settings, remedy) => {
    const report = await checkOf(await goodOrg(), settings);
    expect(marks(report).at(-1)).toBe('credentials failed');
    expect(finding(report, 'token')?.remedy).toContain(remedy);
    expect(JSON.stringify(report)).not.toContain('HUSH');
  });

  it('credentials: fails without a request if there is no secret', async () => {
    const org = await goodOrg();
    const report = await checkOf(org, { client_secret: undefined });
    expect(finding(report, 'token')).toMatchObject({
      step: 'credentials',
      found: expect.stringMatching(/client_secret is missing: write it or client_secret_file there/),
    });
    expect(await org.requests()).toEqual([]);
  });

  it('credentials: fails for a port of this machine where nobody answers', async () => {
    const org = await goodOrg();
    await org.close();
    const report = await checkOf(org);
    expect(finding(report, 'token')).toMatchObject({
      step: 'credentials',
      remedy: expect.stringMatching(/^Nothing listens there: start the sandbox org again, .* or correct base_url\.$/),
    });
  });

  it('fails no step for too many logins', async () => {
    const org = await goodOrg();
    await org.failTokens({ status: 400, error: 'invalid_grant', error_description: 'login rate exceeded' });
    const report = await checkOf(org);
    expect(report.org).toMatchObject([{ test: 'token', status: 'failed' }]);
    expect(new Set(report.steps.map(({ status }) => status))).toEqual(new Set(['not-tested']));
  });
});

describe('the scope', () => {
  /** A token of the org with another scope. */
  async function withScope(scope: string): Promise<Report> {
    const org = await goodOrg();
    const form = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox' };
    const reply = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
    const body = { ...((await reply.json()) as object), scope };
    await org.setFaults([{ match: { path: '/oauth2/token' }, reply: { status: 200, body } }]);
    return checkOf(org);
  }

  it('is a warning if it is wider than api, and the check continues', async () => {
    const report = await withScope('api refresh_token');
    expect(finding(report, 'scope')).toMatchObject({
      step: 'oauth',
      status: 'warning',
      found: 'scope: api refresh_token, wider than api',
      remedy: expect.stringContaining('Select only "Manage user data via APIs (api)"'),
    });
    expect(report).toMatchObject({ status: 'warning', stopped: null });
  });

  it('fails without api', async () => {
    expect(finding(await withScope('openid'), 'scope')).toMatchObject({ status: 'failed', step: 'oauth' });
  });

  it('is good if it is only api', async () => {
    expect(finding(await withScope('api'), 'scope')).toMatchObject({ status: 'ok' });
  });
});

describe('the Run-As user', () => {
  it.each([
    ['cannot be found', [], /user 005.* is not visible/],
    [
      'is not active',
      [{ Username: 'old@test.example', IsActive: false }],
      /runs as old@test\.example, who is not active/,
    ],
  ])('fails the policies if the user %s', async (_, records, found) => {
    const org = await goodOrg();
    const page = { totalSize: records.length, done: true, records };
    const body = { compositeResponse: [{ body: page, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r0' }] };
    await org.setFaults([{ match: { query: 'Username, IsActive' }, reply: { status: 200, body } }]);
    const report = await checkOf(org);
    expect(finding(report, 'run-as')).toMatchObject({
      step: 'policies',
      status: 'failed',
      found: expect.stringMatching(found),
      remedy: expect.stringContaining('Run As'),
    });
  });
});

it('fails for an org without the required API version, and sends no further request', async () => {
  const org = await goodOrg(folderOf({}, { api_version: '66.0' }));
  const report = await checkOf(org);
  expect(finding(report, 'api-version')).toMatchObject({
    status: 'failed',
    found: 'the org does not offer API v67.0; its newest is v66.0',
  });
  expect(report.stopped).toMatch(/^without API v67\.0/);
  expect((await org.requests()).map(({ path }) => path)).toEqual(['/services/oauth2/token', '/services/data']);
});

it('fails for an org that has used up its API calls, and says so', async () => {
  const org = await goodOrg(folderOf({}, { daily_api_requests: 3 }));
  const report = await checkOf(org);
  expect(report).toMatchObject({ status: 'failed', sizes: null });
  expect(finding(report, 'api')?.remedy).toMatch(/API requests of the last 24 hours are used up/);
  expect(report.stopped).toMatch(/nothing after it was tested/);
});
