import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Cron } from 'croner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { connectClient, temporalSettings } from '../../src/temporal/connect.ts';
import { applySchedule, type ScheduleConfig, triggerRun } from '../../src/temporal/schedule.ts';
import { nextTimes, scheduleTimes } from '../../src/temporal/schedule-times.ts';
import { type DevServer, startDevServer } from '../../src/temporal/server.ts';

let folder: string;
let server: DevServer;
let client: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schedule-'));
  server = await startDevServer({ binary: await fetchTemporal('temporal'), database: null, log: join(folder, 'log') });
  client = await connectClient(temporalSettings(folder, { TEMPORAL_ADDRESS: server.address }));
});
afterAll(async () => {
  await client?.connection.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const someConnection = (): ScheduleConfig => ({
  connection: `c-${randomUUID()}`,
  cronSpec: '*/10 * * * *',
  timezone: 'UTC',
  completeBackfillFrequency: 48,
});
const handleOf = (config: ScheduleConfig) => client.schedule.getHandle(`salesforce-sync/${config.connection}`);

describe('applying a Schedule', () => {
  it('creates it with every policy named', async () => {
    const config = someConnection();
    expect(await applySchedule(client, config)).toEqual(['created']);
    const made = await handleOf(config).describe();
    expect(made.policies).toEqual({ overlap: 'SKIP', catchupWindow: 365 * 24 * 3_600_000, pauseOnFailure: false });
    expect(made.action).toMatchObject({
      workflowType: 'SyncWorkflow',
      workflowId: `salesforce-sync/${config.connection}`,
      taskQueue: `salesforce-connector/${config.connection}`,
      args: [{ connection: config.connection, completeBackfillFrequency: 48, tickSeconds: 600 }],
    });
    const { workflowRunTimeout, workflowExecutionTimeout, retry } = made.action;
    expect({ workflowRunTimeout, workflowExecutionTimeout, retry }).toEqual({});
    expect(made.info.nextActionTimes.map((time) => time.getUTCMinutes() % 10)).not.toContainEqual(
      expect.not.closeTo(0),
    );
  });

  it('leaves it alone if nothing differs', async () => {
    const config = someConnection();
    await applySchedule(client, config);
    const before = await handleOf(config).describe();
    expect(await applySchedule(client, config)).toEqual(['unchanged']);
    expect((await handleOf(config).describe()).info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
  });

  it('says what it changed, in the terms of the config file', async () => {
    const config = someConnection();
    await applySchedule(client, config);
    const changed = { ...config, cronSpec: '*/5 * * * *', timezone: 'Europe/Berlin', completeBackfillFrequency: 24 };
    expect(await applySchedule(client, changed)).toEqual([
      'cron-spec */10 * * * * → */5 * * * *',
      'timezone UTC → Europe/Berlin',
      'complete_backfill_frequency 48 → 24',
      'shortest time between two runs 600 s → 300 s',
    ]);
    expect(await applySchedule(client, changed)).toEqual(['unchanged']);
    const { info, spec } = await handleOf(config).describe();
    expect(spec.calendars).toHaveLength(1);
    expect(info.nextActionTimes.some((time) => time.getUTCMinutes() % 10 === 5)).toBe(true);
  });

  it('reverts a change that someone else made', async () => {
    const config = someConnection();
    await applySchedule(client, config);
    await handleOf(config).update(({ state, action }) => ({
      spec: { cronExpressions: ['0 3 * * *'] },
      policies: { overlap: 'ALLOW_ALL', catchupWindow: 60_000 },
      action,
      state,
    }));
    expect(await applySchedule(client, config)).toEqual([
      'cron-spec (set by someone else) → */10 * * * *',
      'overlap ALLOW_ALL → SKIP',
      'catch-up window 60 s → 31536000 s',
    ]);
  });

  it.each([
    ['leaves a paused one paused, with its note', true],
    ['leaves a running one running', false],
  ])('%s', async (_, paused) => {
    const config = someConnection();
    await applySchedule(client, config);
    if (paused) await handleOf(config).pause('org is being migrated');
    await applySchedule(client, { ...config, cronSpec: '0 * * * *' });
    const { state } = await handleOf(config).describe();
    expect(state.paused).toBe(paused);
    expect(state.note ?? '').toBe(paused ? 'org is being migrated' : '');
  });

  it('sees the run in progress, so that a triggered one waits for it', async () => {
    const config = someConnection();
    await applySchedule(client, config);
    await triggerRun(client, config.connection);
    await expect.poll(async () => (await handleOf(config).describe()).info.runningActions).toHaveLength(1);
    await applySchedule(client, { ...config, cronSpec: '*/5 * * * *' });
    await triggerRun(client, config.connection);
    await expect.poll(async () => (await handleOf(config).describe()).info.recentActions).toHaveLength(1);
    const [first] = (await handleOf(config).describe()).info.runningActions;
    const { workflowId = '', firstExecutionRunId } = first?.workflow ?? {};
    await client.workflow.getHandle(workflowId, firstExecutionRunId).terminate('the test is over');
    await expect.poll(async () => (await handleOf(config).describe()).info.recentActions).toHaveLength(2);
  });

  it.each(['0 0 * * 7', '0 0 * JAN-JUN sun', '1,2,5-9/2 */4 1-7 * MON', '0 0 29 2 *'])(
    'the server accepts "%s" and gives it the same times',
    async (cronSpec) => {
      const config = { ...someConnection(), cronSpec };
      await applySchedule(client, config);
      const { info } = await handleOf(config).describe();
      expect(info.nextActionTimes.length).toBeGreaterThan(0);
      const parser = new Cron(cronSpec, { timezone: 'UTC', mode: '5-part', paused: true, domAndDow: true });
      expect(info.nextActionTimes).toEqual(parser.nextRuns(info.nextActionTimes.length));
    },
  );
});

describe('the times of a Schedule', () => {
  it("are the server's own: a day whose hour the zone skips has none", async () => {
    const config = { ...someConnection(), cronSpec: '30 2 14 3 *', timezone: 'America/New_York' };
    await applySchedule(client, config);
    const range = [new Date('2026-12-01T00:00:00Z'), new Date('2029-01-01T00:00:00Z')] as const;
    expect(await scheduleTimes(client, config.connection, ...range)).toEqual([new Date('2028-03-14T06:30:00Z')]);
    const { info } = await handleOf(config).describe();
    const [next] = await nextTimes(client, config.connection, info.nextActionTimes, 20, range[0]);
    expect(info.nextActionTimes).toContainEqual(next);
  });

  it('go further than the description of the Schedule', async () => {
    const config = someConnection();
    await applySchedule(client, config);
    const { info } = await handleOf(config).describe();
    const times = await nextTimes(client, config.connection, info.nextActionTimes, 48, new Date());
    expect(times).toHaveLength(48);
    expect(times.slice(1).every((time, at) => time.getTime() - (times[at]?.getTime() ?? 0) === 600_000)).toBe(true);
    expect(await nextTimes(client, config.connection, info.nextActionTimes, 5, new Date())).toBe(info.nextActionTimes);
  });

  it("end where the server's calendar ends", async () => {
    const config = { ...someConnection(), cronSpec: '0 0 29 2 *' };
    await applySchedule(client, config);
    const { info } = await handleOf(config).describe();
    const times = await nextTimes(client, config.connection, info.nextActionTimes, 48, new Date());
    expect(times.length).toBeGreaterThan(info.nextActionTimes.length);
    expect(times.length).toBeLessThan(48);
    expect(times.every((time) => time.getUTCMonth() === 1 && time.getUTCDate() === 29)).toBe(true);
  });

  it('are none for a range without an end', async () => {
    const config = someConnection();
    await applySchedule(client, config);
    expect(await scheduleTimes(client, config.connection, new Date(1_000), new Date(1_000))).toEqual([]);
  });
});
