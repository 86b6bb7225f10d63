import { expect, it, vi } from 'vitest';
import type { RunEnded } from '../../../activities/watch.ts';
import { EngineUnavailableError } from '../../../src/index/port/errors.ts';
import { createLog } from '../../../src/worker/log/log.ts';
import { createLink } from '../../../src/worker/monitor/link.ts';
import type { Metrics } from '../../../src/worker/monitor/metrics.ts';
import { createRunWatch } from '../../../src/worker/monitor/run-watch.ts';

function watched() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    base: {},
    redact: (text) => text,
    write: (line) => lines.push(JSON.parse(line)),
  });
  const metrics = { runEnded: vi.fn(), lastSuccess: vi.fn(), usage: vi.fn(), called: vi.fn(), closed: vi.fn() };
  const ended = vi.fn();
  const org = createLink({ away: () => {}, back: () => {} });
  const watch = createRunWatch({ log, metrics: metrics as unknown as Metrics, org, apiBudgetPercent: 80, ended });
  return { watch, lines, metrics, ended, org };
}

const NONE = { expected: null, read: 0, added: 0, changed: 0, renewed: 0, removed: 0, done: true };
const ENDED: RunEnded = {
  workflowId: 'salesforce-sync/acme-1',
  outcome: 'completed',
  seconds: 12.34,
  memo: {
    run: 7,
    kind: 'incremental',
    apiCalls: 9,
    closed: ['one', 'two'],
    warnings: ['CaseShare could not be counted'],
    progress: { Account: { ...NONE, read: 3, added: 1, changed: 2 }, Lead: NONE },
    unindexed: { count: 2, records: [{ id: '001000000000001AAA', object: 'Account', cause: 'Name holds an object' }] },
  },
};

it('says how a run has ended, with its counts by object and each of its warnings', () => {
  const { watch, lines, metrics, ended } = watched();
  watch.runEnded(ENDED);
  expect(lines).toMatchObject([
    { level: 'warn', event: 'run_warning', run: 7, message: 'CaseShare could not be counted' },
    { level: 'warn', event: 'run_warning', run: 7, unindexed: 2 },
    {
      level: 'info',
      event: 'run_ended',
      message: 'run 7 has completed',
      run: 7,
      kind: 'incremental',
      outcome: 'completed',
      seconds: 12.3,
      apiCalls: 9,
      Account: { read: 3, added: 1, changed: 2, removed: 0 },
      workflow: 'salesforce-sync/acme-1',
    },
  ]);
  expect(lines[2]).not.toHaveProperty('Lead');
  expect(JSON.stringify(lines)).not.toContain('001000000000001AAA');
  expect(metrics.runEnded).toHaveBeenCalledWith('incremental', 'completed', 12.34);
  expect(metrics.lastSuccess).toHaveBeenCalledWith('incremental', expect.any(Number));
  expect(metrics.closed).toHaveBeenCalledWith(2);
  expect(ended).toHaveBeenCalledOnce();
});

it('says as an error why a run has failed, and does not count it as a success', () => {
  const { watch, lines, metrics } = watched();
  watch.runEnded({ ...ENDED, outcome: 'failed', memo: { run: 8, kind: 'complete', failure: 'No disk.' } });
  expect(lines).toMatchObject([{ level: 'error', message: 'run 8 has failed', failure: 'No disk.', kind: 'complete' }]);
  expect(metrics.runEnded).toHaveBeenCalledWith('complete', 'failed', 12.34);
  expect(metrics.lastSuccess).not.toHaveBeenCalled();
  expect(metrics.closed).not.toHaveBeenCalled();
});

it('reports a run about which Temporal sent nothing', () => {
  const { watch, lines, metrics } = watched();
  watch.runEnded({ workflowId: 'w', outcome: 'failed', memo: {}, seconds: null });
  expect(lines).toMatchObject([{ message: 'a run has failed', run: null, seconds: null }]);
  expect(metrics.runEnded).toHaveBeenCalledWith('unknown', 'failed', null);
});

it('knows the usage of the org from its last report', () => {
  const { watch, metrics } = watched();
  watch.asked({ apiCalls: 2 });
  expect(metrics.usage).not.toHaveBeenCalled();
  watch.asked({ apiCalls: 1, apiUsage: { used: 5, limit: 100 } });
  expect(metrics.usage).toHaveBeenCalledWith({ used: 5, limit: 100 }, 80);
  expect(metrics.called.mock.calls).toEqual([[2], [1]]);
});

it('says that a run waits for the search engine, why, and what to do', () => {
  const { watch, lines } = watched();
  const error = new EngineUnavailableError('read_only', 'https://search.example.com:9200', 'cluster_block_exception');
  watch.engineUnavailable(error);
  expect(lines).toMatchObject([
    {
      level: 'warn',
      event: 'engine_unavailable',
      message: `a run waits for the search engine: ${error.message}`,
      reason: 'read_only',
      engineCode: 'cluster_block_exception',
    },
  ]);
});
