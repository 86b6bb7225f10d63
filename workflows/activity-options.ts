import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from './activity-contract.ts';
import type { RunActivities } from './run-host.ts';

/**
 * Options of all activities. Each sends a heartbeat every 5 s, so that another worker takes over from a dead one
 * within 20 s. Eleven retries within three and a half minutes are for temporary errors. The worker marks permanent
 * errors as final. For anything that takes longer to recover, the run waits by a timer (activities/run-activity.ts,
 * org-limits.ts, engine-waits.ts).
 */
const COMMON: ActivityOptions = {
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 12 },
};

/**
 * For one message or one query. It may wait ten minutes for a free slot among the requests, and may then take 130 s
 * three times.
 */
const short = proxyActivities<Activities>({ ...COMMON, startToCloseTimeout: '20m' });

/** For a slice, a round or a table: many requests, each with its own limit. */
const long = proxyActivities<Activities>({ ...COMMON, startToCloseTimeout: '2h' });

/** The activities as workflows call them. */
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
