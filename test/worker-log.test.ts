import { afterEach, expect, it, vi } from 'vitest';
import { writeLogLine } from '../src/worker-log.ts';

afterEach(() => vi.restoreAllMocks());

/** What the lines of these entries are; each entry: the seconds after the first, its message, its details. */
function written(...entries: readonly (readonly [seconds: number, message: string, meta?: Record<string, unknown>])[]) {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const start = Date.parse('2026-11-24T03:00:00.000Z');
  for (const [seconds, message, meta] of entries) {
    const timestampNanos = BigInt(start + seconds * 1_000) * 1_000_000n;
    writeLogLine({ level: 'WARN', timestampNanos, message, ...(meta === undefined ? {} : { meta }) });
  }
  return lines;
}

it('says what happened, where and why in one line', () => {
  const meta = {
    activityType: 'sweep',
    attempt: 2,
    workflowId: 'salesforce-sync/a',
    error: new Error('The disk\nis full'),
  };
  expect(written([0, 'Activity failed', meta])).toEqual([
    '2026-11-24T03:00:00.000Z WARN Activity failed · sweep, attempt 2 · salesforce-sync/a · The disk\n',
  ]);
});

it('says once a minute that Temporal does not answer, however often each poller meets it', () => {
  const retried = (calls: number) => `gRPC call poll_activity_task_queue retried ${calls} times`;
  const gone = 'WARN Temporal does not answer: the worker asks again until it does\n';
  expect(written([100, retried(6)], [101, retried(6)], [159, retried(8)], [160, retried(9)])).toEqual([
    `2026-11-24T03:01:40.000Z ${gone}`,
    `2026-11-24T03:02:40.000Z ${gone}`,
  ]);
});
