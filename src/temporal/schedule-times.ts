import type { Client } from '@temporalio/client';
import { msNumberToTs, tsToDate } from '@temporalio/common/lib/time.js';
import { scheduleIdOf } from '../../workflows/contract.ts';

/** The server returns at most the first thousand times of a range. */
const MOST_TIMES = 1_000;

/** The server's calendar ends in the year 2100. */
const FURTHEST = new Date('2100-01-01T00:00:00Z');

/**
 * Asks the server for the Schedule's times in a range. Only the server knows when it starts runs (an hour that a time
 * zone skips or repeats, a day that a month lacks). Returns at most a thousand, the earliest.
 */
export async function scheduleTimes(client: Client, connection: string, after: Date, until: Date): Promise<Date[]> {
  if (until <= after) return [];
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: scheduleIdOf(connection),
    startTime: msNumberToTs(after.getTime()),
    endTime: msNumberToTs(until.getTime()),
  });
  return (startTime ?? []).map((time) => tsToDate(time)).filter((time) => time > after);
}

/**
 * Returns the next `count` times of the Schedule, or fewer if there are fewer.
 *
 * @param known the first of them, as a description of the Schedule lists them
 */
export async function nextTimes(
  client: Client,
  connection: string,
  known: readonly Date[],
  count: number,
  now: Date,
): Promise<readonly Date[]> {
  const [first, last] = [known[0], known.at(-1)];
  if (known.length >= count || first === undefined || last === undefined || first >= last) return known;
  const wanted = Math.min(count, MOST_TIMES);
  const gapMs = (last.getTime() - first.getTime()) / (known.length - 1);
  let times = known;
  // Twice the mean interval of the first times usually reaches far enough.
  for (let spanMs = 2 * gapMs * wanted; times.length < wanted; spanMs *= 4) {
    const until = new Date(Math.min(now.getTime() + spanMs, FURTHEST.getTime()));
    times = await scheduleTimes(client, connection, now, until);
    if (until >= FURTHEST) break;
  }
  return times.slice(0, wanted);
}
