import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/process/ports.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type TestConnection, testConnection } from '../sync/connection.ts';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { type Started, start } from './command-line.ts';

/** `backfill` while it waits: for an org that does not answer, or for an end that its user does not wait for. */

let temporal: DevServer;
const open: TestConnection[] = [];
const begun: Started[] = [];
beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  for (const command of begun) command.process.kill('SIGKILL');
  for (const connection of open) await connection.close();
  await temporal?.stop();
});

async function connect(baseUrl: string): Promise<TestConnection> {
  const settings = { slice_records: 25 };
  const connection = await testConnection({ baseUrl, temporalAddress: temporal.address, settings });
  open.push(connection);
  await connection.startWorker();
  return connection;
}

function backfill({ config, folder }: TestConnection, ...flags: string[]): Started {
  const command = start(['backfill', '--config', config.file, ...flags], folder);
  begun.push(command);
  return command;
}

const says = (command: Started, text: RegExp | string) =>
  waitUntil(async () => (typeof text === 'string' ? command.output().includes(text) : text.test(command.output())));

describe('an org that does not answer', () => {
  let port: number;
  let connection: TestConnection;
  beforeAll(async () => {
    port = await freePort();
    connection = await connect(`http://127.0.0.1:${port}`);
  });

  it('is reported at once with exit code 1, and the request stays pending', async () => {
    const { code, stdout, stderr } = await backfill(connection).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [first, last] = stderr.trimEnd().split('\n');
    const why = `cannot reach 127.0.0.1:${port} (ECONNREFUSED). Nothing listens there: `;
    expect(first).toMatch(/^salesforce-sync\/\S+ is retrying: /);
    expect(first).toContain(why);
    expect(last).toMatch(/^The request is recorded\. The backfill starts once salesforce-sync\/\S+ continues, /);
    expect(last).toContain(why);
  });

  it('is reported by --wait, which continues to wait until the org answers', async () => {
    const waiting = backfill(connection, '--wait');
    await says(waiting, 'is retrying: cannot reach');
    const org = await sandboxOrg(orgFolder({ accounts: 20 }), port);
    try {
      const { code, stdout, stderr } = await waiting.ended;
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('does not answer') });
      expect(stdout).toMatch(/^run \d+, complete backfill \(.+\) done: /);
    } finally {
      await org.close();
    }
  });
});

it('waits for an org that accepts a request and never replies, and does not blame the worker', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  try {
    const connection = await connect(`http://127.0.0.1:${port}`);
    const { code, stdout, stderr } = await backfill(connection).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The request is recorded, but salesforce-sync\/\S+ has no answer from the org yet: see `salesforce-connector status`\.\n$/,
    );
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

describe('Ctrl-C in --wait', () => {
  let org: SandboxOrg;
  beforeAll(async () => {
    org = await sandboxOrg(orgFolder({ accounts: 60 }));
  });
  afterAll(() => org?.close());

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s ends only the command, which says how to follow and to stop the backfill',
    async (signal, exitCode) => {
      const connection = await connect(org.url);
      await org.setFaults([{ match: { query: 'FROM Case ' }, reply: 'hang' }]);
      const waiting = backfill(connection, '--wait');
      await says(waiting, 'has started');
      await waitUntil(async () => (await org.held()) === 1);
      waiting.process.kill(signal);
      const { code, stdout, stderr } = await waiting.ended;
      const [run] = await connection.runs();
      expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(
        `The backfill continues: \`salesforce-connector status\` shows its progress. To stop it, cancel ${run?.workflowId} in the Web UI.`,
      );
      expect(run?.status).toBe('RUNNING');
      await org.setFaults([]);
      await org.release();
      const ended = () => connection.runs().then((runs) => runs.find(({ status }) => status !== 'RUNNING'));
      expect(await waitUntil(ended)).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
    },
  );
});
