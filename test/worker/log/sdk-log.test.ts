import { afterEach, expect, it, vi } from 'vitest';
import { createLog } from '../../../src/worker/log/log.ts';
import { sdkLogger } from '../../../src/worker/log/sdk-log.ts';
import type { LogLevel } from '../../../src/worker/log/settings.ts';

afterEach(() => vi.useRealTimers());

function loggerOf(level: LogLevel = 'info') {
  const entries: Record<string, unknown>[] = [];
  const write = (line: string) => entries.push(JSON.parse(line));
  const log = createLog({ level, format: 'json', base: {}, redact: (text) => text, write });
  return { logger: sdkLogger(log, level), entries };
}

it('says what happened, where and why, without a stack trace', () => {
  const { logger, entries } = loggerOf();
  logger.warn('Activity failed', {
    activityType: 'sweep',
    attempt: 2,
    workflowId: 'salesforce-sync/a',
    error: new Error('The disk\nis full'),
    options: { any: 'thing' },
  });
  expect(entries).toEqual([
    {
      level: 'warn',
      time: expect.any(String),
      event: 'sdk',
      message: 'Activity failed',
      activity: 'sweep',
      attempt: 2,
      workflow: 'salesforce-sync/a',
      error: 'The disk',
    },
  ]);
});

it("logs the SDK's messages about itself only at debug level", () => {
  const quiet = loggerOf('info');
  quiet.logger.info('Worker state changed');
  expect(quiet.entries).toEqual([]);
  const talkative = loggerOf('debug');
  talkative.logger.info('Worker state changed');
  expect(talkative.entries).toMatchObject([{ level: 'debug', message: 'Worker state changed' }]);
});

it('leaves it to the worker to report that Temporal does not answer', () => {
  const { logger, entries } = loggerOf();
  logger.warn('gRPC call poll_activity_task_queue retried 6 times');
  expect(entries).toEqual([]);
});

it('repeats every ten minutes that no collector accepts the metrics', () => {
  vi.useFakeTimers();
  const { logger, entries } = loggerOf();
  const fail = () => logger.warn('OTLP metric export failed; metrics may be dropped', { error: 'network error' });
  fail();
  vi.advanceTimersByTime(599_000);
  fail();
  expect(entries).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  fail();
  expect(entries).toMatchObject([{ error: 'network error' }, { error: 'network error' }]);
});
