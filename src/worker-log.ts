import type { LogEntry } from '@temporalio/worker';

/** Writes what the SDK logs to stderr, one line an entry: what happened, where, and why, without a stack trace. */
export function writeLogLine({ level, timestampNanos, message, meta }: LogEntry): void {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  process.stderr.write(`${time} ${level} ${[message, ...whereAndWhy(meta)].join(' · ')}\n`);
}

function whereAndWhy(meta: LogEntry['meta']): string[] {
  const { activityType, attempt, workflowId, error } = (meta ?? {}) as Record<string, unknown>;
  return [
    ...(activityType === undefined ? [] : [`${activityType}, attempt ${attempt}`]),
    ...(workflowId === undefined ? [] : [String(workflowId)]),
    ...(error instanceof Error ? [error.message.split('\n')[0] ?? ''] : []),
  ];
}
