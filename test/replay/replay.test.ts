import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type ReplayWorkerOptions, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';

const FOLDER = join(packageRoot(), 'test', 'replay', 'histories');
/** A folder for each release that histories were recorded from, named after its commit. */
const releases = readdirSync(FOLDER);
const histories = releases.flatMap((release) => readdirSync(join(FOLDER, release)).map((file) => join(release, file)));

/** The events of a run, or of a connection's workflow. */
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
/** The first release whose runs wait for a search engine. */
const WITH_ENGINES = '80b887c0dcbb';

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
  // Otherwise spoilt histories are reported at length.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

describe('the present code replays every history that a release has written', () => {
  it('has histories of every scenario', () => {
    expect(readdirSync(join(FOLDER, WHOLE)).toSorted()).toEqual(SCENARIOS);
  });

  it('has a run that waited for the API budget by a timer, and continued', () => {
    const types = read(join(WHOLE, 'budget-wait.json')).events.map(({ eventType }) => eventType);
    expect(types).toEqual(expect.arrayContaining(['EVENT_TYPE_TIMER_STARTED', 'EVENT_TYPE_TIMER_FIRED']));
    expect(types.at(-1)).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
  });

  it('has a run that waited twice for the search engine by a timer', () => {
    const types = read(join(WITH_ENGINES, 'engine-wait.json')).events.map(({ eventType }) => eventType);
    expect(types.filter((type) => type === 'EVENT_TYPE_TIMER_STARTED').length).toBeGreaterThanOrEqual(2);
    expect(types).toContain('EVENT_TYPE_TIMER_FIRED');
    expect(types.at(-1)).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED');
  });

  it('has a connection of an older worker that shows its memo from the first message that a newer one takes', () => {
    const types = read(join(WHOLE, 'handed-over-connection.json')).events.map(({ eventType }) => eventType);
    const marker = types.indexOf('EVENT_TYPE_MARKER_RECORDED');
    expect(types.indexOf('EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED')).toBeLessThan(marker);
    expect(types.indexOf('EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED')).toBeGreaterThan(marker);
  });

  it('has a run that sent checkpoints to an older worker, and continues to send them', () => {
    const types = read(join(WHOLE, 'handed-over.json')).events.map(({ eventType }) => eventType);
    expect(types).not.toContain('EVENT_TYPE_MARKER_RECORDED');
    expect(types.lastIndexOf('EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED')).toBeGreaterThan(types.length / 2);
  });

  it.each(histories)('%s', async (file) => {
    await Worker.runReplayHistory(present, read(file));
  });
});

describe('a replay fails, as it must,', () => {
  it('for a spoilt history', async () => {
    const spoilt = read(join(WHOLE, 'first-run.json'));
    const scheduled = spoilt.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    if (scheduled?.activityTaskScheduledEventAttributes === undefined) throw new Error('no activity to spoil');
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    await expect(Worker.runReplayHistory(present, spoilt)).rejects.toThrow(/determinism/i);
  });

  it('for workflow code with one more activity', async () => {
    const workflowsPath = fileURLToPath(new URL('./one-activity-more.ts', import.meta.url));
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    await expect(
      Worker.runReplayHistory({ workflowBundle: { code } }, read(join(WHOLE, 'incremental.json'))),
    ).rejects.toThrow(/determinism/i);
  });
});
