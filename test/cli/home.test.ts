import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexExists, removeIndex } from '../../src/index/removal.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { connectionWorkflowId, scheduleIdOf } from '../../workflows/contract.ts';
import { stopWorker, type TestConnection, testConnection } from '../sync/connection.ts';
import { orgFolder, PEOPLE, recordId } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';
import { type Ended, run, start } from './command-line.ts';

const MINUTE = 60_000;
const OTHER_ORGANIZATION = recordId('00D', 2);

let temporal: DevServer;
let org: SandboxOrg;
const open: TestConnection[] = [];

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 3 }));
});

afterAll(async () => {
  for (const connection of open) await connection.close().catch(() => {});
  await org?.close();
  await temporal?.stop();
});

async function connect(connection?: string): Promise<TestConnection> {
  const settings = connection === undefined ? {} : { connection };
  const made = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
  open.push(made);
  return made;
}

const type = ({ config, folder }: TestConnection, ...args: string[]): Promise<Ended> =>
  run([...args, '--config', config.file], folder);

/** The organization that answers from now on. */
async function answerAs(organizationId: string): Promise<void> {
  const [present] = await org.rows('Organization');
  await org.change(
    { erase: 'Organization', id: present?.Id },
    { put: 'Organization', row: { ...present, Id: organizationId } },
  );
}

const memoOf = async ({ client, config }: TestConnection) =>
  (await client.workflow.getHandle(connectionWorkflowId(config.connection)).describe()).memo;

it('the memo of ConnectionWorkflow says where a connection belongs and what it does', async () => {
  const connection = await connect();
  await connection.startWorker();
  await connection.run();
  const [organization] = await org.rows('Organization');
  const path = connection.config.index.path;
  const [id] = readFileSync(`${path}.home`, 'utf8').split(' ');
  expect(await memoOf(connection)).toEqual({
    home: { organizationId: organization?.Id, id, host: hostname(), path },
    runNumber: 1,
    lastRun: expect.stringContaining('run 1, complete backfill'),
    backfillRequested: false,
  });
});

describe('a second config with the same connection name', () => {
  let first: TestConnection;
  let second: TestConnection;
  let worker: Awaited<ReturnType<TestConnection['startWorker']>>;
  beforeAll(async () => {
    first = await connect();
    second = await connect(first.config.connection);
    worker = await first.startWorker();
    await first.run();
  });

  it('is refused by apply and worker in one line that names both places, and touches nothing', async () => {
    for (const command of ['apply', 'worker', 'remove --yes', 'apply --replace-org']) {
      const { code, stdout, stderr } = await type(second, ...command.split(' '));
      expect({ code, stdout }, command).toEqual({ code: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(`${first.config.index.path} on ${hostname()}`);
      expect(stderr).toContain(`not in ${second.config.index.path} on ${hostname()} (no home yet)`);
      expect(stderr).toContain('apply --move-here');
    }
    expect(indexExists(second.config.index)).toBe(false);
    expect(await first.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental' } });
  });

  it('is reported by status: no run fills its index', async () => {
    const { code, stdout } = await type(second, 'status', '--json');
    expect({ code, codes: JSON.parse(stdout).codes }).toEqual({ code: 1, codes: ['other_home'] });
  });

  it('a copied folder is refused while the first one exists, and gets its own home with --move-here', async () => {
    const { config } = first;
    const copy = join(mkdtempSync(join(tmpdir(), 'connector-copy-')), 'copied');
    cpSync(first.folder, copy, { recursive: true });
    const file = join(copy, 'config.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(first.folder, copy));
    for (const command of ['apply', 'worker', 'remove --yes']) {
      const { code, stderr } = await run([...command.split(' '), '--config', file], copy);
      expect(code, command).toBe(1);
      expect(stderr).toContain(`not in ${join(copy, config.connection, 'index.db')}`);
    }
    expect((await run(['apply', '--move-here', '--config', file], copy)).code).toBe(0);
    expect((await type(first, 'apply')).code).toBe(1);
    expect((await type(first, 'apply', '--move-here')).stdout).toContain('moved from');
  });

  it('the same home is recognized after its index was deleted', async () => {
    await removeIndex(first.config.index);
    expect(await first.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
    expect(await type(first, 'apply')).toMatchObject({ code: 0, stderr: '' });
  });

  it('--move-here makes the folder the home, needs no worker, and can be repeated', async () => {
    await stopWorker(worker, 'SIGTERM');
    const moved = await type(second, 'apply', '--move-here');
    expect(moved, moved.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(moved.stdout).toContain(`moved from ${first.config.index.path}`);
    expect((await type(second, 'apply', '--move-here')).stdout).toContain('is already here: nothing to move');
    // The state that a crash between the signal and the file leaves.
    rmSync(`${second.config.index.path}.home`);
    expect(await type(second, 'apply', '--move-here')).toMatchObject({ code: 0, stderr: '' });

    // No worker has received the signals yet.
    expect(await type(first, 'worker')).toMatchObject({ code: 1 });
    await second.startWorker();
    expect(await second.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
    expect(await memoOf(second)).toMatchObject({ home: { path: second.config.index.path } });
    expect((await type(first, 'apply')).stderr).toContain(second.config.index.path);
  });
});

describe('another organization at base_url', () => {
  let connection: TestConnection;
  let before: string;
  beforeAll(async () => {
    connection = await connect();
    await connection.startWorker();
    await connection.run();
    before = String((await org.rows('Organization'))[0]?.Id);
  });
  afterAll(() => answerAs(before));

  it('makes apply --replace-org refuse if nothing needs replacing, and name the current one', async () => {
    const { code, stderr } = await type(connection, 'apply', '--replace-org');
    expect(code).toBe(1);
    expect(stderr).toContain(`organization ${before} answers at base_url, and the index is of this organization`);
  });

  it('is refused by apply, worker and run, even if the index is gone, and check names both', async () => {
    await answerAs(OTHER_ORGANIZATION);
    for (const command of ['apply', 'worker']) {
      const { code, stderr } = await type(connection, command);
      expect(code, command).toBe(1);
      expect(stderr).toContain(`indexes organization ${before}, but organization ${OTHER_ORGANIZATION} answers`);
    }
    const checked = await type(connection, 'check', '--json');
    expect(checked.code).toBe(1);
    expect(JSON.parse(checked.stdout).org).toContainEqual(
      expect.objectContaining({ test: 'index', status: 'failed', found: expect.stringContaining(OTHER_ORGANIZATION) }),
    );
    await removeIndex(connection.config.index);
    const failed = await connection.run();
    expect(failed.status).toBe('FAILED');
    expect(failed.memo.failure).toContain(`organization ${OTHER_ORGANIZATION} answers`);
  });

  it('is accepted by apply --replace-org', async () => {
    const { code, stdout, stderr } = await type(connection, 'apply', '--replace-org');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Organization ${OTHER_ORGANIZATION} answers at base_url and replaces ${before}.`);
    expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
    expect(await memoOf(connection)).toMatchObject({ home: { organizationId: OTHER_ORGANIZATION } });
    expect((await type(connection, 'apply', '--replace-org')).code).toBe(1);
    const { stdout: found } = await type(connection, 'search', '--as', PEOPLE.admin, '--format', 'json');
    expect(JSON.parse(found).total).toBeGreaterThan(0);
  });

  it('is accepted with its index, which apply --replace-org deletes before the next run fills it', async () => {
    await answerAs(before);
    const { stdout } = await type(connection, 'apply', '--replace-org');
    expect(stdout).toContain(`The index ${connection.config.index.path} was deleted.`);
    expect(indexExists(connection.config.index)).toBe(false);
    expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
  });
});

describe('remove', () => {
  it('asks for confirmation, and says so if there is no terminal', async () => {
    const connection = await connect();
    const { code, stdout, stderr } = await type(connection, 'remove');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('add --yes');
    await connection.client.schedule.getHandle(scheduleIdOf(connection.config.connection)).describe();
  });

  it('removes the Schedule, the workflows and the index, even during a run, and can be repeated', {
    timeout: MINUTE,
  }, async () => {
    const connection = await connect();
    const { client, config } = connection;
    const worker = await connection.startWorker();
    await connection.run();
    await org.setFaults([{ match: { query: 'FROM Contact' }, reply: 'hang' }]);
    const underWay = await connection.trigger();
    const { code, stdout, stderr } = await type(connection, 'remove', '--yes');
    await org.setFaults([]);
    await org.release();
    expect(code, stderr).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(4);
    expect(stdout).not.toContain('did not exist');
    expect((await client.workflow.getHandle(underWay.workflowId).describe()).status.name).toBe('TERMINATED');
    const workflow = client.workflow.getHandle(connectionWorkflowId(config.connection));
    expect((await workflow.describe()).status.name).toBe('TERMINATED');
    await expect(client.schedule.getHandle(scheduleIdOf(config.connection)).describe()).rejects.toThrow(
      ScheduleNotFoundError,
    );
    await stopWorker(worker, 'SIGTERM');
    expect(indexExists(config.index)).toBe(false);
    expect(existsSync(dirname(config.index.path))).toBe(false);
    expect((await type(connection, 'remove', '--yes')).stdout).toContain(`Index ${config.index.path}: did not exist.`);
    // A new start remembers nothing.
    await expect(client.workflow.getHandle('no such').describe()).rejects.toThrow(WorkflowNotFoundError);
    expect((await start(['apply', '--config', config.file], connection.folder).ended).code).toBe(0);
  });
});
