import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Notify } from '../../../src/config/monitoring.ts';
import type { Problem } from '../../../src/facts/problems.ts';
import { indexAt } from '../../../src/index/location.ts';
import { freePort } from '../../../src/process/ports.ts';
import { createLog } from '../../../src/worker/log/log.ts';
import { createNotifier } from '../../../src/worker/notify/notifier.ts';

const SICK: Problem[] = [{ code: 'run_failed', error: null, message: 'No disk.' }, { code: 'index_gone' }];
const QUICK = { timeoutMs: 2_000, delaysMs: [1, 1] };

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A webhook that answers with these statuses in order, then with 200. 0: no answer. */
async function webhook(...statuses: number[]): Promise<{ url: string; posted: Posted[] }> {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    posted.push({ headers: request.headers, body: JSON.parse(text) });
    const status = statuses.shift() ?? 200;
    if (status === 0) request.socket.destroy();
    else response.writeHead(status, { location: '/elsewhere' }).end();
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0/s3cr3t`, posted };
}

/** A command that appends its input to a file, or does what the script says. */
function command(script = 'process.stdin.on("data", (text) => fs.appendFileSync(process.argv[1], text + "\\n"))') {
  const out = join(mkdtempSync(join(tmpdir(), 'notify-')), 'out');
  const args = [process.execPath, '-e', `const fs = require("fs"); ${script}`, out];
  const got = () =>
    existsSync(out)
      ? readFileSync(out, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  return { args, got };
}

const deaf = async () => `http://127.0.0.1:${await freePort()}/s3cr3t`;

function notifier(notify: Partial<Notify> | null, indexPath = join(mkdtempSync(join(tmpdir(), 'index-')), 'index.db')) {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'text',
    base: {},
    redact: (text) => text,
    write: (line) => lines.push(line),
  });
  const made = createNotifier({
    connection: 'acme',
    index: indexAt(indexPath),
    notify: async () => notify && { command: null, webhook: null, ...notify },
    log,
    patience: QUICK,
  });
  return { ...made, lines, indexPath };
}

it('notifies a command and a webhook once of a failure, and once of the recovery', async () => {
  const [hook, program] = [await webhook(), command()];
  const { notify: tell } = notifier({ webhook: hook.url, command: program.args });
  for (const problems of [[], SICK, SICK, [], [], SICK]) await tell(problems);
  const unhealthy = {
    connection: 'acme',
    state: 'unhealthy',
    codes: ['run_failed', 'index_gone'],
    text: 'acme is unhealthy: the last run failed: No disk. (and 1 more: see `status`)',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
  };
  const recovered = {
    connection: 'acme',
    state: 'recovered',
    codes: [],
    text: 'acme has recovered: its index is being kept up to date',
    time: expect.any(String),
  };
  expect(hook.posted.map(({ body }) => body)).toEqual([unhealthy, recovered, unhealthy]);
  expect(hook.posted[0]?.headers['content-type']).toBe('application/json');
  expect(program.got()).toEqual([unhealthy, recovered, unhealthy]);
});

it('notifies of a degraded connection, and of a later failure', async () => {
  const hook = await webhook();
  const { notify: tell } = notifier({ webhook: hook.url });
  const stale: Problem[] = [{ code: 'sweep_stopped', objects: ['Lead'] }];
  for (const problems of [stale, stale, [...SICK, ...stale], [...SICK, ...stale], []]) await tell(problems);
  expect(hook.posted.map(({ body }) => body.state)).toEqual(['degraded', 'unhealthy', 'recovered']);
});

it('does not notify again after a restart, nor next to another worker of the same index', async () => {
  const hook = await webhook();
  const first = notifier({ webhook: hook.url });
  const second = notifier({ webhook: hook.url }, first.indexPath);
  await Promise.all([first.notify(SICK), second.notify(SICK)]);
  await second.notify(SICK);
  expect(hook.posted).toHaveLength(1);
  await Promise.all([first.notify([]), second.notify([])]);
  expect(hook.posted).toHaveLength(2);
});

it('retries what may pass', async () => {
  const hook = await webhook(503, 0);
  await notifier({ webhook: hook.url }).notify(SICK);
  expect(hook.posted).toHaveLength(3);
});

it.each([
  ['a webhook that refuses', async () => ({ webhook: (await webhook(404)).url }), 'answered HTTP 404'],
  ['a webhook that redirects', async () => ({ webhook: (await webhook(302)).url }), 'answered HTTP 302'],
  ['a webhook that does not answer', async () => ({ webhook: await deaf() }), 'did not answer (ECONNREFUSED)'],
  [
    'a command that fails',
    async () => ({ command: command('process.exit(7)').args }),
    'the command failed (exit code 7)',
  ],
  ['a missing command', async () => ({ command: ['/none/s3cr3t'] }), 'could not be started (ENOENT)'],
])('logs %s in one line without the address, and throws nothing', async (_, notify, expected) => {
  const { notify: tell, lines } = notifier(await notify());
  await tell(SICK);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(expected);
  expect(lines[0]).not.toContain('s3cr3t');
});

it('notifies through one channel if the other fails, and through that one only once', async () => {
  const program = command();
  const { notify: tell } = notifier({ command: program.args, webhook: await deaf() });
  await tell(SICK);
  await tell(SICK);
  expect(program.got()).toHaveLength(1);
});

it('ends a command that takes too long', async () => {
  const { notify: tell, lines } = notifier({ command: command('setInterval(() => {}, 1000)').args });
  await tell(SICK);
  expect(lines[0]).toContain('ended by SIGKILL, after 2 s at most');
});

it('shows the command no secret of the environment', async () => {
  for (const name of ['SALESFORCE_CLIENT_SECRET', 'TEMPORAL_API_KEY', 'OTEL_EXPORTER_OTLP_HEADERS'])
    vi.stubEnv(name, 's3cr3t');
  const program = command('fs.writeFileSync(process.argv[1], JSON.stringify(process.env))');
  await notifier({ command: program.args }).notify(SICK);
  expect(JSON.stringify(program.got())).toContain('PATH');
  expect(JSON.stringify(program.got())).not.toContain('s3cr3t');
});

it('sends nothing if nobody is configured', async () => {
  const { notify: tell, lines, indexPath } = notifier(null);
  await tell(SICK);
  expect(lines).toEqual([]);
  expect(existsSync(`${indexPath}-notified`)).toBe(false);
});

it('logs one line if the file of sent notifications cannot be written', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'index-')), 'file');
  writeFileSync(file, '');
  const hook = await webhook();
  const { lines, notify: tell } = notifier({ webhook: hook.url }, join(file, 'index.db'));
  await tell(SICK);
  expect(lines).toHaveLength(1);
  expect(hook.posted).toEqual([]);
});
