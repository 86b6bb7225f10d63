import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from './activity-contract.ts';
import type { RunActivities } from './run-host.ts';

/**
 * Each activity beats every 5 s, so that a dead worker's is taken over within 20 s. About five minutes of tries are for
 * what passes by itself; what does not, the worker calls final, and what takes long to come back the run waits for by a
 * timer (activities/run-activity.ts, org-limits.ts).
 */
const COMMON: ActivityOptions = {
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 12 },
};

/** One message or one question: it may wait ten minutes for a place among the requests, and then takes 130 s three times. */
const short = proxyActivities<Activities>({ ...COMMON, startToCloseTimeout: '20m' });

/** A slice, a round or a table: many requests, each with its own limit. */
const long = proxyActivities<Activities>({ ...COMMON, startToCloseTimeout: '2h' });

/** The activities as the workflows call them. */
export const activities: RunActivities = {
  authenticate: short.authenticate,
  askApiUsage: short.askApiUsage,
  finishRun: short.finishRun,
  requestCompleteBackfill: short.requestCompleteBackfill,
  beginRun: long.beginRun,
  refreshMembership: long.refreshMembership,
  readChanges: long.readChanges,
  backfillSlice: (input, summary) => long.backfillSlice.executeWithOptions({ summary }, [input]),
  sweep: (input, summary) => long.sweep.executeWithOptions({ summary }, [input]),
  endBackfill: long.endBackfill,
};
