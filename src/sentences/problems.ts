import type { LostField, Problem } from '../facts/problems.ts';
import { duration, timeOf } from './durations.ts';
import { engineRemedy, engineText } from './engine.ts';
import { streamName } from './warnings.ts';

/** Describes a problem in one line for a person. */
export function problemText(problem: Problem): string {
  switch (problem.code) {
    case 'no_progress': {
      const { seconds, trouble, isPolled } = problem;
      const because = trouble === null ? '' : `: ${trouble}`;
      return `the current run has made no progress for ${duration(seconds)}${because}${noWorker(isPolled)}`;
    }
    case 'engine_unavailable':
      return `${engineText(problem)}, and the run has waited for it since ${timeOf(new Date(problem.since))}. ${engineRemedy(problem.reason)}`;
    case 'index_gone':
      return 'the index file is gone: the next run rebuilds it. Until then searches are refused; in a cluster they have the rights of the last run';
    case 'other_home':
      return `no run writes to the index of this config: the connection's index is ${problem.path} on ${problem.host}. Delete the index here, or run \`salesforce-connector apply --move-here\``;
    case 'index_damaged':
      return problem.message;
    case 'nobody_finds':
      return problem.line;
    case 'run_failed':
      return `the last run failed: ${problem.message}`;
    case 'no_worker': {
      const since = problem.seconds === null ? '' : ` for ${duration(problem.seconds)}`;
      return `no worker has polled the task queue${since}: start one with \`salesforce-connector worker\``;
    }
    case 'refilling':
      return 'the index is not filled yet: until a complete backfill finishes, searches find only what has been read so far';
    case 'stream_blocked':
      return `${streamName(problem.stream)} cannot be read (${problem.message}): documents of ${problem.objects.join(', ')} may be stale since ${problem.since.slice(0, 16).replace('T', ' ')} UTC`;
    case 'fields_lost':
      return lostText(problem.fields);
    case 'sweep_stopped':
      return `the sweep of ${problem.objects.join(', ')} stopped, because it would have removed too much: documents may be stale until a sweep completes`;
    case 'may_be_stale':
      return `documents of ${problem.objects.join(', ')} may be stale: the integration user can no longer see all records`;
    case 'may_be_missed':
      return `changes to ${problem.objects.join(', ')} may have been missed: the next complete backfill reads them`;
    case 'no_temporal':
      return `Temporal has not answered for ${duration(problem.seconds)}: no run can start or continue`;
    case 'not_fresh': {
      const why = problem.paused ? '; the Schedule is paused' : noWorker(problem.isPolled);
      return `no run has succeeded or made progress for ${problem.ticks} ticks${why}`;
    }
  }
}

/** Lists the fields that nobody can search, and what to do about each cause. */
function lostText(fields: readonly LostField[]): string {
  const of = (cause: LostField['cause']) => fields.filter((one) => one.cause === cause).map(fieldName);
  const hidden = of('hidden');
  const noRoom = of('no_room');
  const grant = `the integration user cannot see ${hidden.length === 1 ? 'it' : 'them'}. Grant Read (Object Settings › Field Permissions)`;
  return [
    ...(hidden.length === 0
      ? []
      : [
          `searches find nothing in ${hidden.join(', ')}: ${grant}, or leave ${hidden.length === 1 ? 'it' : 'them'} out under objects in the config file`,
        ]),
    ...(noRoom.length === 0
      ? []
      : [
          `searches find nothing in ${noRoom.join(', ')}: the index has no room for more fields. Leave others out under objects in the config file`,
        ]),
  ].join('; ');
}

function fieldName({ object, field }: LostField): string {
  return `${object}.${field}`;
}

function noWorker(isPolled: boolean): string {
  return isPolled ? '' : '; no worker polls the task queue';
}
