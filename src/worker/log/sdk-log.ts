import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import type { Log, LogFields } from './log.ts';
import type { LogLevel } from './settings.ts';

/** The transport logs this for every poller, several times a second. The worker logs once that Temporal is away. */
const UNANSWERED = /^gRPC call \w+ retried \d+ times/;

/** The collector is away. The SDK logs this at each interval. */
const NOT_EXPORTED = /^OTLP metric export failed/;
const NOT_EXPORTED_EVERY_MS = 10 * 60_000;

/** At `INFO` the SDK logs about itself. Operators see that at `debug` only. */
const LEVELS: Readonly<Record<LogEntry['level'], LogLevel>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
};

/** A logger for the SDK, workflows and activities: what happened, where and why, without a stack trace. */
export function sdkLogger(log: Log, level: LogLevel): Logger {
  let notExportedAt = Number.NEGATIVE_INFINITY;
  return new DefaultLogger(level === 'debug' ? 'DEBUG' : 'WARN', ({ level: given, message, meta }: LogEntry) => {
    if (UNANSWERED.test(message)) return log.debug('sdk', message);
    if (NOT_EXPORTED.test(message)) {
      if (Date.now() - notExportedAt < NOT_EXPORTED_EVERY_MS) return;
      notExportedAt = Date.now();
    }
    log[LEVELS[given]]('sdk', message, whereAndWhy(meta));
  });
}

function whereAndWhy(meta: LogEntry['meta']): LogFields {
  const { activityType, attempt, workflowId, error } = (meta ?? {}) as Record<string, unknown>;
  return {
    ...(activityType === undefined ? {} : { activity: String(activityType), attempt: Number(attempt) }),
    ...(workflowId === undefined ? {} : { workflow: String(workflowId) }),
    ...errorField(error),
  };
}

/** Activities log an error, the SDK's core a text. */
function errorField(error: unknown): LogFields {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : null;
  return text === null ? {} : { error: text.split('\n')[0] ?? '' };
}
