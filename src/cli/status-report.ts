import type { Stream } from '../facts/warnings.ts';
import { isSameStream } from '../index/model/blocked.ts';
import { unservedClauses, users } from '../index/model/unserved.ts';
import type { Stale } from '../index/port/visibility.ts';
import { printable } from '../lib/printable.ts';
import { duration, fromNow, timeOf } from '../sentences/durations.ts';
import { thousands } from '../sentences/numbers.ts';
import { problemText } from '../sentences/problems.ts';
import { streamName } from '../sentences/warnings.ts';
import type { Status } from '../status/assess.ts';
import type { OpenRequest } from '../temporal/running-run.ts';

/** Formats the status as lines for a terminal, problems first. */
export function statusLines(status: Status, now: Date): string[] {
  return [
    headline(status, now),
    ...status.problems.map((problem) => `  ! ${problemText(problem)}`),
    ...running(status, now),
    row('Schedule', schedule(status, now)),
    row('Next complete', nextComplete(status, now)),
    row('Worker', worker(status, now)),
    row('Watermarks', watermarks(status)),
    ...slowShares(status, now),
    row('API calls', apiCalls(status)),
    ...stale(status, now),
    ...unindexed(status),
    ...unserved(status),
    ...list('Warnings', status.warnings),
    ...list('Hidden from users', status.closed),
    ...lastRuns(status),
  ].map(printable);
}

const WIDTH = 16;
const row = (name: string, text: string): string => `${name.padEnd(WIDTH)}${text}`;
const at = (time: Date, now: Date): string => `${timeOf(time)} (${fromNow(time, now)})`;

function headline({ connection, health, since, failedRuns, lastSuccessAt }: Status, now: Date): string {
  if (health !== 'failing') {
    const until = since === null ? 'no failed run on record' : `no run has failed since ${at(since, now)}`;
    const success = lastSuccessAt === null ? 'no run has succeeded yet' : `last success ${at(lastSuccessAt, now)}`;
    return `${connection}: ${health === 'healthy' ? 'healthy' : 'DEGRADED'}; ${success}; ${until}.`;
  }
  const from = since === null ? '' : ` since ${at(since, now)}`;
  const count = failedRuns > 0 ? `, ${failedRuns} failed ${failedRuns === 1 ? 'run' : 'runs'}` : '';
  const success = lastSuccessAt === null ? 'no run has ever succeeded' : `last success ${at(lastSuccessAt, now)}`;
  return `${connection}: FAILING${from}${count}; ${success}.`;
}

function running({ running }: Status, now: Date): string[] {
  if (running === null) return [row('Under way', 'no run')];
  const { memo, workflowId, startedAt, progressAt, request, retry, secondsLeft } = running;
  const moved = progressAt === null ? 'no progress yet' : `last progress ${fromNow(progressAt, now)}`;
  const left =
    secondsLeft === null || memo.waiting || retry !== null ? '' : `, about ${duration(secondsLeft)} left to read`;
  const lines = [
    row('Under way', memo.headline ?? 'waiting for a worker'),
    row('', `${workflowId}, began ${fromNow(startedAt, now)}, ${moved}${left}`),
    ...(isLong(request, now) ? [row('', asks(request, now))] : []),
  ];
  if (retry === null) return lines;
  const when = retry.nextAt === null ? 'now' : `at ${at(retry.nextAt, now)}`;
  const what = retry.isLimit
    ? `waiting, continues ${when}`
    : `attempt ${retry.attempt}, ${retry.nextAt === null ? 'running now' : `retried ${when}`}`;
  return [...lines, row('', `${what}: ${retry.message}`)];
}

/** Most replies come within seconds. */
const LONG_MS = 10_000;

function isLong(request: OpenRequest | null, now: Date): request is OpenRequest {
  return request !== null && now.getTime() - request.since.getTime() >= LONG_MS;
}

function asks({ what, since, until }: OpenRequest, now: Date): string {
  return `waiting for Salesforce's reply to a ${what} request, sent ${fromNow(since, now)}; it may take until ${at(until, now)}`;
}

function schedule({ schedule: { cronSpec, timezone, paused, note, nextRunAt } }: Status, now: Date): string {
  const spec = `${cronSpec} (${timezone})`;
  if (paused) return `${spec}; PAUSED${note === '' ? '' : ` (${note})`}: no scheduled run starts until \`resume\``;
  return `${spec}; next run ${nextRunAt === null ? 'never' : at(nextRunAt, now)}`;
}

function nextComplete({ nextComplete, schedule }: Status, now: Date): string {
  if (nextComplete === null) return 'unknown: no run has reported it, and no worker is there to ask';
  const { run, at: when, reason } = nextComplete;
  const time = when === null ? (schedule.paused ? ', when the Schedule is resumed' : '') : `, about ${at(when, now)}`;
  return `run ${run}${time}${reason === null ? '' : `: ${reason}`}`;
}

function worker({ worker: { taskQueue, isPolled, lastSeenAt } }: Status, now: Date): string {
  if (isPolled) return `polls ${taskQueue}`;
  const seen = lastSeenAt === null ? '' : `, last seen ${fromNow(lastSeenAt, now)}`;
  return `NONE polls ${taskQueue}${seen}: start one with \`salesforce-connector worker\``;
}

function watermarks({ lagSeconds }: Status): string {
  const parts = Object.entries(lagSeconds).map(([object, lag]) => [object, duration(lag)] as const);
  const [first] = parts;
  if (first === undefined)
    return 'none yet: the first complete backfill has not finished, and searches find what is indexed so far';
  if (parts.every(([, lag]) => lag === first[1])) return `${first[1]} behind the org`;
  return `${parts.map(([object, lag]) => `${object} ${lag}`).join(', ')} behind the org`;
}

function slowShares({ slowShares }: Status, now: Date): string[] {
  return slowShares.map(({ object, since }, at) => {
    const look =
      since === null
        ? 'the first comparison has not finished'
        : `the last full comparison began ${fromNow(new Date(since), now)}`;
    return row(
      at === 0 ? 'Slow shares' : '',
      `${object}: queries by date are too slow, so ranges are compared; ${look}`,
    );
  });
}

function apiCalls({ apiCalls: { last24Hours, org } }: Status): string {
  const all = org === null ? '' : `; all clients of the org used ${thousands(org.used)} of ${thousands(org.limit)}`;
  return `${thousands(last24Hours)} by runs in the last 24 hours${all}`;
}

function unindexed({ unindexed: { count } }: Status): string[] {
  if (count === 0) return [];
  return [
    row(
      'Not indexed',
      `${thousands(count)} ${count === 1 ? 'record' : 'records'}; every run tries them again, and --json lists the first ones`,
    ),
  ];
}

/** Lists users who are not served. Every org has inactive users, so they alone are no reason for a line. */
function unserved({ unserved }: Status): string[] {
  if (unserved === null) return [];
  const { frozen } = unserved;
  const parts = [...(frozen === 0 ? [] : [users(frozen, 'frozen ')]), ...unservedClauses(unserved)];
  return parts.length === 0 ? [] : [row('Not served', parts.join('; '))];
}

function stale({ stale, blocked, missed }: Status, now: Date): string[] {
  const lines = stale.map((object) => {
    const { object: name, since, run, hidden, blockedBy } = object;
    if (blockedBy !== undefined && !hidden) return byBlock(object, blockedBy, blocked, now);
    const mend = hidden
      ? `since run ${run} the integration user may not see the whole object: run \`check\` to see why`
      : missed.includes(name)
        ? 'the object is fully visible again, and the next complete backfill reads what was missed'
        : `run ${run} did not see them: run \`check\` to see whether the integration user lacks a right; if they are really gone, run \`backfill --allow-sweep\``;
    return `${name} since ${at(new Date(since), now)}: ${documentsKept(object)}; ${mend}`;
  });
  const touched = missed.filter((name) => !stale.some(({ object }) => object === name));
  if (touched.length > 0)
    lines.push(
      `${touched.join(', ')}: the integration user's rights have changed, and changes may have been missed: the next complete backfill reads them`,
    );
  return list('May be stale', lines);
}

function byBlock({ object, since, run }: Stale, stream: Stream, blocked: Status['blocked'], now: Date): string {
  const note = blocked.find((one) => isSameStream(one, stream));
  const next =
    note?.answers === true
      ? 'the org answers again, so the next run reads it'
      : 'each run tries again; see "A table that cannot be read" in docs/troubleshooting.md';
  const because = object === stream.object ? '' : 'its access depends on its accounts, and ';
  return `${object} since ${at(new Date(since), now)}: ${because}${streamName(stream)} have been unreadable since run ${run} (${note?.message ?? 'refused'}); ${next}`;
}

function documentsKept({ wouldRemove, of }: Stale): string {
  if (wouldRemove === null || of === null) return 'documents of hidden records are kept unchanged';
  return `${thousands(wouldRemove)} of ${thousands(of)} documents are no longer visible in the org, but are kept`;
}

function lastRuns({ lastRuns }: Status): string[] {
  if (lastRuns.length === 0) return [row('Last runs', 'none')];
  return [
    'Last runs',
    ...lastRuns.map(
      ({ endedAt, outcome, memo, workflowId }) =>
        `  ${timeOf(endedAt)}  ${outcome.padEnd(10)}  ${memo.headline ?? workflowId}`,
    ),
  ];
}

function list(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [name, ...lines.map((line) => `  ! ${line}`)];
}
