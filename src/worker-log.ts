import type { LogEntry } from '@temporalio/worker';

/** The transport says it of every poller, several times a second. */
const UNANSWERED = /^gRPC call \w+ retried \d+ times/;
const UNANSWERED_EVERY_MS = 60_000;
let unansweredAt = Number.NEGATIVE_INFINITY;

/** Writes what the SDK logs to stderr, one line an entry: what happened, where, and why, without a stack trace. */
export function writeLogLine({ level, timestampNanos, message, meta }: LogEntry): void {
  const now = Number(timestampNanos / 1_000_000n);
  const line = UNANSWERED.test(message) ? unanswered(now) : [message, ...whereAndWhy(meta)].join(' · ');
  if (line !== null) process.stderr.write(`${new Date(now).toISOString()} ${level} ${line}\n`);
}

/** Once a minute. */
function unanswered(now: number): string | null {
  if (now - unansweredAt < UNANSWERED_EVERY_MS) return null;
  unansweredAt = now;
  return 'Temporal does not answer: the worker asks again until it does';
}

function whereAndWhy(meta: LogEntry['meta']): string[] {
  const { activityType, attempt, workflowId, error } = (meta ?? {}) as Record<string, unknown>;
  return [
    ...(activityType === undefined ? [] : [`${activityType}, attempt ${attempt}`]),
    ...(workflowId === undefined ? [] : [String(workflowId)]),
    ...(error instanceof Error ? [error.message.split('\n')[0] ?? ''] : []),
  ];
}
