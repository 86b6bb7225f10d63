import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { isAtWork, retryOf } from '../../src/temporal/running-run.ts';

/** States of an activity in Temporal's numbers: 1 waits, for a worker or for its next try; 2 is running. */
const described = (...pendingActivities: object[]) =>
  ({ raw: { pendingActivities } }) as unknown as WorkflowExecutionDescription;
const error = { code: 'TransientError', status: 503 };
const failure = {
  message: 'cannot reach the org',
  applicationFailureInfo: {
    type: 'TransientError',
    details: { payloads: [defaultPayloadConverter.toPayload({ error })] },
  },
};
/** How an activity of an older worker failed. */
const plainFailure = { message: 'cannot reach the org', applicationFailureInfo: { type: 'TransientError' } };

it.each([
  ['no activity', described(), false],
  ['one that no worker has taken', described({ state: 1, attempt: 1 }), false],
  ['one that a worker is running', described({ state: 2, attempt: 1 }), true],
  ['one that waits for its next try', described({ state: 1, attempt: 3, lastFailure: failure }), true],
])('reads a run with %s', (_, run, isIt) => {
  expect(isAtWork(run)).toBe(isIt);
});

it('says what is retried, and why', () => {
  expect(retryOf(described({ state: 2, attempt: 1 }))).toBeNull();
  expect(retryOf(described({ state: 1 }, { state: 1, attempt: 3, lastFailure: failure }))).toEqual({
    attempt: 3,
    message: 'cannot reach the org',
    error,
    nextAt: null,
    isLimit: false,
  });
  expect(retryOf(described({ state: 1, attempt: 3, lastFailure: plainFailure }))?.error).toBeNull();
});
