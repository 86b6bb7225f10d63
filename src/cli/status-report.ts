import { duration, fromNow, timeOf } from '../durations.ts';
import { isSameStream, streamName } from '../index/blocked.ts';
import type { Stale, Stream } from '../index/port.ts';
import { unservedClauses, users } from '../index/unserved.ts';
import { printable } from '../printable.ts';
import { problemText } from '../sentences/problems.ts';
import type { Status } from '../status/judge.ts';
import type { OpenRequest } from '../temporal/running-run.ts';

/** The status as lines for a terminal: what is wrong first. */
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
    ...list('Closed to users', status.closed),
    ...lastRuns(status),
  ].map(printable);
}

/** What `--json` writes: the problems as lines, the code of each, and each as a value. */
export function statusJson(status: Status): object {
  const { problems } = status;
  const codes = problems.map(({ code }) => code);
  return { ...status, problems: problems.map(problemText), codes, problemFacts: problems };
}

const WIDTH = 16;
const NUMBERS = new Intl.NumberFormat('en');
const row = (name: string, text: string): string => `${name.padEnd(WIDTH)}${text}`;
const at = (time: Date, now: Date): string => `${timeOf(time)} (${fromNow(time, now)})`;

function headline({ connection, health, since, failedRuns, lastSuccessAt }: Status, now: Date): string {
  if (health !== 'failing') {
    const until = since === null ? 'no failed run is on record' : `no run has failed since ${at(since, now)}`;
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
    row('Under way', memo.headline ?? 'waits for a worker'),
    row('', `${workflowId}, began ${fromNow(startedAt, now)}, ${moved}${left}`),
    ...(isLong(request, now) ? [row('', asks(request, now))] : []),
  ];
  if (retry === null) return lines;
  const when = retry.nextAt === null ? 'now' : `at ${at(retry.nextAt, now)}`;
  const what = retry.isLimit
    ? `waits, goes on ${when}`
    : `attempt ${retry.attempt}, tried ${retry.nextAt === null ? 'now' : `again ${when}`}`;
  return [...lines, row('', `${what}: ${retry.message}`)];
}

/** Most replies come within seconds. */
const LONG_MS = 10_000;

function isLong(request: OpenRequest | null, now: Date): request is OpenRequest {
  return request !== null && now.getTime() - request.since.getTime() >= LONG_MS;
}

function asks({ what, since, until }: OpenRequest, now: Date): string {
  return `waits for Salesforce's reply to a ${what} request, sent ${fromNow(since, now)}; it may take until ${at(until, now)}`;
}

function schedule({ schedule: { cronSpec, timezone, paused, note, nextRunAt } }: Status, now: Date): string {
  const spec = `${cronSpec} (${timezone})`;
  if (paused) return `${spec}; PAUSED${note === '' ? '' : ` (${note})`}: no run starts by itself until \`resume\``;
  return `${spec}; next run ${nextRunAt === null ? 'never' : at(nextRunAt, now)}`;
}

function nextComplete({ nextComplete, schedule }: Status, now: Date): string {
  if (nextComplete === null) return 'not known: no run has told it, and no worker tells the state';
  const { run, at: when, reason } = nextComplete;
  const time = when === null ? (schedule.paused ? ', when the Schedule is resumed' : '') : `, about ${at(when, now)}`;
  return `run ${run}${time}${reason === null ? '' : `: ${reason}`}`;
}

function worker({ worker: { taskQueue, isPolled, lastSeenAt } }: Status, now: Date): string {
  if (isPolled) return `polls ${taskQueue}`;
  const seen = lastSeenAt === null ? '' : `, the last one was seen ${fromNow(lastSeenAt, now)}`;
  return `NONE answers on ${taskQueue}${seen}: start one with \`salesforce-connector worker\``;
}

function watermarks({ lagSeconds }: Status): string {
  const parts = Object.entries(lagSeconds).map(([object, lag]) => [object, duration(lag)] as const);
  const [first] = parts;
  if (first === undefined)
    return 'none yet: the first complete backfill has not ended, and searches find what is indexed so far';
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
      `${object}: dates are too slow to ask for, so ranges are compared; ${look}`,
    );
  });
}

function apiCalls({ apiCalls: { last24Hours, org } }: Status): string {
  const all =
    org === null
      ? ''
      : `; the org counted ${NUMBERS.format(org.used)} of ${NUMBERS.format(org.limit)} from all its clients`;
  return `${NUMBERS.format(last24Hours)} by the runs of the last 24 hours${all}`;
}

function unindexed({ unindexed: { count } }: Status): string[] {
  if (count === 0) return [];
  return [
    row(
      'Not indexed',
      `${NUMBERS.format(count)} ${count === 1 ? 'record' : 'records'}, which every run tries again; --json names the first`,
    ),
  ];
}

/** Inactive users are not served in any org: no line tells of them alone. */
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
      ? `the integration user does not see all of it since run ${run}, or nobody can tell: run \`check\` for what it has lost`
      : missed.includes(name)
        ? 'it is seen whole again, and the next complete backfill reads what was missed'
        : `run ${run} did not meet them: run \`check\` for what the integration user has lost; are they really gone: \`backfill --allow-sweep\``;
    return `${name} since ${at(new Date(since), now)}: ${documentsKept(object)} as they were; ${mend}`;
  });
  const touched = missed.filter((name) => !stale.some(({ object }) => object === name));
  if (touched.length > 0)
    lines.push(
      `${touched.join(', ')}: the integration user's rights were changed, and something may have been missed, which the next complete backfill reads`,
    );
  return list('May be stale', lines);
}

function byBlock({ object, since, run }: Stale, stream: Stream, blocked: Status['blocked'], now: Date): string {
  const note = blocked.find((one) => isSameStream(one, stream));
  const next =
    note?.answers === true
      ? 'the org answers again, and the next run reads it'
      : 'each run tries again; docs/operate.md, "A table that cannot be read", says what to do';
  const because = object === stream.object ? '' : 'it takes access from its accounts, and ';
  return `${object} since ${at(new Date(since), now)}: ${because}${streamName(stream)} cannot be read since run ${run} (${note?.message ?? 'refused'}); ${next}`;
}

function documentsKept({ wouldRemove, of }: Stale): string {
  if (wouldRemove === null || of === null) return 'documents of records that are not shown stay';
  return `${NUMBERS.format(wouldRemove)} of ${NUMBERS.format(of)} documents are not seen in the org any more, and stay`;
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
