import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type ReplayWorkerOptions, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

const FOLDER = join(packageRoot(), 'test', 'replay', 'histories');
/** A folder for each release that histories were recorded from, named by its commit. */
const releases = readdirSync(FOLDER);
const histories = releases.flatMap((release) => readdirSync(join(FOLDER, release)).map((file) => join(release, file)));

/** What a run, or a connection's workflow, went through. */
const SCENARIOS = [
  'budget-wait.json',
  'cancelled.json',
  'connection-after-death.json',
  'connection-continued.json',
  'connection.json',
  'continued-first.json',
  'continued-last.json',
  'failed.json',
  'first-run.json',
  'forced.json',
  'handed-over-connection.json',
  'handed-over.json',
  'incremental.json',
  'resumed.json',
  'skipped.json',
  'terminated.json',
];
/** The release that recorded all of them. */
const WHOLE = '820558b3a907';

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
    expect(readdirSync(join(FOLDER, WHOLE)).toSorted()).toEqual(SCENARIOS);
  });

  it('a run that waited for the API budget did so by a timer, and went on', () => {
    const types = read(join(WHOLE, 'budget-wait.json')).events.map(({ eventType }) => eventType);
    expect(types).toEqual(expect.arrayContaining(['EVENT_TYPE_TIMER_STARTED', 'EVENT_TYPE_TIMER_FIRED']));
    expect(types.at(-1)).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
  });

  it('a connection that an older worker began shows its memo from the first message that a newer one takes', () => {
    const types = read(join(WHOLE, 'handed-over-connection.json')).events.map(({ eventType }) => eventType);
    const marker = types.indexOf('EVENT_TYPE_MARKER_RECORDED');
    expect(types.indexOf('EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED')).toBeLessThan(marker);
    expect(types.indexOf('EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED')).toBeGreaterThan(marker);
  });

  it('a run that sent checkpoints to an older worker goes on to send them', () => {
    const types = read(join(WHOLE, 'handed-over.json')).events.map(({ eventType }) => eventType);
    expect(types).not.toContain('EVENT_TYPE_MARKER_RECORDED');
    expect(types.lastIndexOf('EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED')).toBeGreaterThan(types.length / 2);
  });

  it.each(histories)('%s', async (file) => {
    await Worker.runReplayHistory(present, read(file));
  });
});

describe('a replay that must fail does', () => {
  it('on a spoilt history', async () => {
    const spoilt = read(join(WHOLE, 'first-run.json'));
    const scheduled = spoilt.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    if (scheduled?.activityTaskScheduledEventAttributes === undefined) throw new Error('no activity to spoil');
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    await expect(Worker.runReplayHistory(present, spoilt)).rejects.toThrow(/determinism/i);
  });

  it('on workflow code with an activity more', async () => {
    const workflowsPath = fileURLToPath(new URL('./one-activity-more.ts', import.meta.url));
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    await expect(
      Worker.runReplayHistory({ workflowBundle: { code } }, read(join(WHOLE, 'incremental.json'))),
    ).rejects.toThrow(/determinism/i);
  });
});
