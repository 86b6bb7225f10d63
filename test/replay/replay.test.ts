import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type ReplayWorkerOptions, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

const FOLDER = join(packageRoot(), 'test', 'replay', 'histories');
const histories = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

const present: ReplayWorkerOptions = {
  workflowBundle: { codePath: join(packageRoot(), 'dist', 'workflow-bundle.js') },
};

interface HistoryJson {
  events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

function read(file: string): HistoryJson {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as HistoryJson;
}

beforeAll(() => {
  // Spoilt histories are reported at length otherwise.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

describe('code replays every history that a release has written', () => {
  it('there are histories of every scenario', () => {
    expect(histories.toSorted()).toEqual([
      'cancelled.json',
      'connection-after-death.json',
      'connection-continued.json',
      'connection.json',
      'continued-first.json',
      'continued-last.json',
      'failed.json',
      'first-run.json',
      'forced.json',
      'incremental.json',
      'resumed.json',
      'skipped.json',
      'terminated.json',
    ]);
  });

  it.each(histories)('%s', async (file) => {
    await Worker.runReplayHistory(present, read(file));
  });
});

describe('a replay that must fail does', () => {
  it('on a spoilt history', async () => {
    const spoilt = read('first-run.json');
    const scheduled = spoilt.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    if (scheduled?.activityTaskScheduledEventAttributes === undefined) throw new Error('no activity to spoil');
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    await expect(Worker.runReplayHistory(present, spoilt)).rejects.toThrow(/determinism/i);
  });

  it('on workflow code with an activity more', async () => {
    const workflowsPath = fileURLToPath(new URL('./one-activity-more.ts', import.meta.url));
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    await expect(Worker.runReplayHistory({ workflowBundle: { code } }, read('incremental.json'))).rejects.toThrow(
      /determinism/i,
    );
  });
});
