import { expect, it } from 'vitest';
import type { Forecast } from '../../src/check/forecast.ts';
import { scheduleFinding } from '../../src/check/schedule.ts';
import { checkOf, finding, folderOf, goodOrg } from './checked.ts';

const SCHEDULE = { cronSpec: '*/10 * * * *', completeBackfillFrequency: 48, apiBudgetPercent: 80 };

const forecastOf = (more: Partial<Forecast>): Forecast => ({
  firstBackfill: { calls: 5000, seconds: 3600 },
  incrementalCalls: 6,
  runsPerDay: 144,
  callsPerDay: 16_000,
  percentOfLimit: 16,
  fittingFrequency: 13,
  affordableRuns: 8333,
  ...more,
});

it('is good within half the limit, and says what others used', () => {
  expect(scheduleFinding(forecastOf({}), SCHEDULE, { used: 1234, limit: 100_000 })).toMatchObject({
    status: 'ok',
    found:
      "about 16,000 API calls a day, 16 % of the org's limit; the org used 1,234 of 100,000 in the last 24 hours, and runs wait at 80 % (api_budget_percent)",
  });
});

it('warns above half the limit, with the frequency that fits', () => {
  expect(scheduleFinding(forecastOf({ percentOfLimit: 60, fittingFrequency: 70 }), SCHEDULE, null)).toMatchObject({
    status: 'warning',
    remedy: 'Set complete_backfill_frequency to 70 or more, or make cron-spec less frequent.',
  });
});

it('warns if backfills take longer than their frequency', () => {
  expect(scheduleFinding(forecastOf({ fittingFrequency: 70 }), SCHEDULE, null)).toMatchObject({
    status: 'warning',
    found: expect.stringContaining('take too long for their frequency'),
  });
});

it('fails above the limit, and says how many runs would fit if no frequency does', () => {
  const none = forecastOf({ percentOfLimit: 150, fittingFrequency: null, affordableRuns: 40 });
  expect(scheduleFinding(none, SCHEDULE, null)).toMatchObject({
    status: 'failed',
    remedy: expect.stringContaining('half the limit covers 40 runs a day'),
  });
});

it('takes the limit of a real org from the org', async () => {
  const org = await goodOrg(folderOf({}, { daily_api_requests: 600 }));
  const report = await checkOf(org, { 'cron-spec': '*/10 * * * *' });
  expect(finding(report, 'schedule')).toMatchObject({
    status: 'failed',
    found: expect.stringMatching(/^about 900 API calls a day, 150 % of the org's limit; the org used \d+ of 600/),
    remedy: expect.stringContaining('half the limit covers 50 runs a day'),
  });
});

it('leaves what the org does not count out of the forecast, and says so', async () => {
  const org = await goodOrg();
  const sObjects = [{ name: 'User', count: 7 }];
  await org.setFaults([
    { match: { query: 'COUNT(Id) n FROM Account' }, times: 'always', reply: 'query-timeout' },
    // It has no size of accounts at hand either.
    { match: { path: '/limits/recordCount' }, reply: { status: 200, body: { sObjects } } },
  ]);
  const report = await checkOf(org);
  expect(finding(report, 'sizes')).toMatchObject({ status: 'warning', found: 'the size of Account is not known' });
  expect(report.sizes?.[0]).toMatchObject({ object: 'Account', records: null });
});

it('counts tables one by one if the org does not finish five at once', async () => {
  const org = await goodOrg();
  await org.setFaults([{ match: { query: 'COUNT(Id) n FROM Account' }, times: 3, reply: 'unavailable-html' }]);
  const report = await checkOf(org);
  expect(finding(report, 'sizes')?.status).toBe('ok');
  expect(report.sizes?.map(({ records }) => records)).toEqual([6, 6, 6, 6, 6]);
});
