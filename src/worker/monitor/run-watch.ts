import type { Watch } from '../../../activities/watch.ts';
import type { Log, LogFields } from '../log/log.ts';
import type { Link } from './link.ts';
import { type ReadMemo, readMemo } from './memo.ts';
import type { Metrics } from './metrics.ts';

/**
 * Forwards the activities' events of a run to the log, the metrics, and the monitor that looks at everything after a
 * run.
 */
export function createRunWatch(parts: {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly org: Link;
  readonly apiBudgetPercent: number;
  readonly ended: () => void;
}): Watch {
  const { log, metrics, org, apiBudgetPercent, ended } = parts;
  return {
    runBegan({ run, kind, reason, workflowId }) {
      log.info('run_began', `run ${run} begins`, { run, kind, reason, workflow: workflowId });
    },
    runSkipped(workflowId) {
      metrics.runEnded('unknown', 'skipped', null);
      log.info('run_skipped', 'a run is skipped: another one is in progress', { workflow: workflowId });
    },
    runEnded({ workflowId, outcome, memo, seconds }) {
      const { run, kind, warnings, closed, unindexed, apiCalls, progress, failure } = readMemo(memo);
      metrics.runEnded(kind ?? 'unknown', outcome, seconds);
      if (outcome === 'completed' && kind !== null) {
        metrics.lastSuccess(kind, Date.now());
        metrics.closed(closed);
      }
      for (const warning of warnings) log.warn('run_warning', warning, { run });
      if (unindexed > 0)
        log.warn('run_warning', 'records could not be indexed: `status --json` names them', { run, unindexed });
      const level = outcome === 'failed' ? 'error' : 'info';
      log[level]('run_ended', `${run === null ? 'a run' : `run ${run}`} ${HAS[outcome]}`, {
        run,
        kind,
        outcome,
        seconds: seconds === null ? null : Math.round(seconds * 10) / 10,
        apiCalls,
        ...countsByObject(progress),
        ...(failure === null ? {} : { failure }),
        workflow: workflowId,
      });
      ended();
    },
    counted: metrics.counted,
    shareRowsRead: metrics.shareRowsRead,
    asked({ apiCalls, apiUsage }) {
      metrics.called(apiCalls);
      if (apiUsage) metrics.usage(apiUsage, apiBudgetPercent);
    },
    orgAnswered: org.answered,
    orgSilent: org.silent,
    engineUnavailable({ message, facts: { reason, engineCode } }) {
      log.warn('engine_unavailable', `a run waits for the search engine: ${message}`, { reason, engineCode });
    },
  };
}

const HAS = { completed: 'has completed', failed: 'has failed', cancelled: 'was cancelled' } as const;

/** Returns the counts of objects from which something was read or removed. */
function countsByObject(progress: ReadMemo['progress']): LogFields {
  return Object.fromEntries(
    Object.entries(progress)
      .map(([object, { read, added, changed, removed }]) => [object, { read, added, changed, removed }] as const)
      .filter(([, counts]) => Object.values(counts).some((count) => count > 0)),
  );
}
