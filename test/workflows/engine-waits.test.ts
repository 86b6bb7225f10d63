import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { expect, it } from 'vitest';
import type { RunMemo } from '../../workflows/contract.ts';
import { engineCalls } from '../../workflows/engine-waits.ts';
import { STARTING } from '../../workflows/run-memo.ts';

const WHY = { code: 'engine_unavailable', reason: 'unreachable', address: 'http://e', engineCode: null } as const;

function failure(type: string): ActivityFailure {
  const details = [{ engine: { why: WHY, waitMs: 30_000 }, error: { code: type } }];
  const cause = ApplicationFailure.create({ message: type, type, nonRetryable: true, details });
  return new ActivityFailure('Activity task failed', 'readChanges', '1', 'NON_RETRYABLE_FAILURE', 'worker', cause);
}

/** Makes calls whose first ones fail, in executions of a run that wait no real time. */
function calling(failures: number, memo: RunMemo = STARTING) {
  let now = Date.parse('2026-11-24T03:00:00.000Z');
  let left = failures;
  const seconds: number[] = [];
  const shown: RunMemo[] = [];
  const callEngine = engineCalls({
    host: {
      now: () => now,
      async sleep(ms) {
        seconds.push(ms / 1000);
        now += ms;
      },
    },
    memo: () => shown.at(-1) ?? memo,
    show: (next) => shown.push(next),
  });
  async function call(): Promise<string> {
    if (left === 0) return 'done';
    left -= 1;
    throw failure('EngineUnavailableError');
  }
  return { seconds, shown, callEngine, call };
}

it('waits twice as long each time, up to five minutes', async () => {
  const { seconds, shown, callEngine, call } = calling(8);
  expect(await callEngine(call)).toBe('done');
  expect(seconds).toEqual([30, 30, 60, 120, 240, 300, 300, 300]);
  expect(shown.map(({ waiting }) => waiting?.until)).toEqual([
    '2026-11-24T03:00:30.000Z',
    '2026-11-24T03:01:00.000Z',
    '2026-11-24T03:02:00.000Z',
    '2026-11-24T03:04:00.000Z',
    '2026-11-24T03:08:00.000Z',
    '2026-11-24T03:13:00.000Z',
    '2026-11-24T03:18:00.000Z',
    '2026-11-24T03:23:00.000Z',
    undefined,
  ]);
  expect(shown[7]?.headline).toBe(
    'waiting for the search engine at http://e, which does not answer, since 2026-11-24 03:00 UTC; tries again at 03:23 UTC',
  );
  expect(shown.at(-1)).toEqual({ ...STARTING, waiting: null });
});

it('continues the waits of an earlier execution', async () => {
  const waiting = { waitsFor: '', why: WHY, until: '2026-11-24T03:00:00.000Z', since: '2026-11-24T02:58:20.000Z' };
  const { seconds, callEngine, call } = calling(2, { ...STARTING, waiting });
  await callEngine(call);
  expect(seconds).toEqual([100, 200]);
});

it('shows nothing, and waits for nothing, if the engine answers', async () => {
  const { seconds, shown, callEngine, call } = calling(0);
  await callEngine(call);
  expect({ seconds, shown }).toEqual({ seconds: [], shown: [] });
});

it('leaves every other failure to the caller', async () => {
  const { callEngine } = calling(0);
  const error = failure('IndexUnavailableError');
  await expect(callEngine(() => Promise.reject(error))).rejects.toBe(error);
});
