import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Notify } from '../../src/config-monitoring.ts';
import { createLog } from '../../src/log/log.ts';
import { createNotifier } from '../../src/notify/notifier.ts';
import { freePort } from '../../src/process/ports.ts';
import type { Problem } from '../../src/status/health.ts';

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

/** A webhook that answers these statuses in order, then 200; 0: no answer. */
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

/** A command that appends what it gets to a file, or does what the script says. */
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
    indexPath,
    notify: async () => notify && { command: null, webhook: null, ...notify },
    log,
    patience: QUICK,
  });
  return { ...made, lines, indexPath };
}

it('tells a command and a webhook once that it is unhealthy, and once that it has recovered', async () => {
  const [hook, program] = [await webhook(), command()];
  const { tell } = notifier({ webhook: hook.url, command: program.args });
  for (const problems of [[], SICK, SICK, [], [], SICK]) await tell(problems);
  const unhealthy = {
    connection: 'acme',
    state: 'unhealthy',
    codes: ['run_failed', 'index_gone'],
    text: 'acme is unhealthy: the last run failed: No disk. (and 1 more: `status` says which)',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
  };
  const recovered = {
    connection: 'acme',
    state: 'recovered',
    codes: [],
    text: 'acme has recovered: its index is kept up to date',
    time: expect.any(String),
  };
  expect(hook.posted.map(({ body }) => body)).toEqual([unhealthy, recovered, unhealthy]);
  expect(hook.posted[0]?.headers['content-type']).toBe('application/json');
  expect(program.got()).toEqual([unhealthy, recovered, unhealthy]);
});

it('tells that it is degraded, and that it then fails', async () => {
  const hook = await webhook();
  const { tell } = notifier({ webhook: hook.url });
  const stale: Problem[] = [{ code: 'sweep_stopped', objects: ['Lead'] }];
  for (const problems of [stale, stale, [...SICK, ...stale], [...SICK, ...stale], []]) await tell(problems);
  expect(hook.posted.map(({ body }) => body.state)).toEqual(['degraded', 'unhealthy', 'recovered']);
});

it('does not tell again after a restart, nor beside another worker of the same index', async () => {
  const hook = await webhook();
  const first = notifier({ webhook: hook.url });
  const second = notifier({ webhook: hook.url }, first.indexPath);
  await Promise.all([first.tell(SICK), second.tell(SICK)]);
  await second.tell(SICK);
  expect(hook.posted).toHaveLength(1);
  await Promise.all([first.tell([]), second.tell([])]);
  expect(hook.posted).toHaveLength(2);
});

it('tries again what may pass', async () => {
  const hook = await webhook(503, 0);
  await notifier({ webhook: hook.url }).tell(SICK);
  expect(hook.posted).toHaveLength(3);
});

it.each([
  ['a webhook that refuses it', async () => ({ webhook: (await webhook(404)).url }), 'answered HTTP 404'],
  ['a webhook that leads elsewhere', async () => ({ webhook: (await webhook(302)).url }), 'answered HTTP 302'],
  ['a webhook that does not answer', async () => ({ webhook: await deaf() }), 'did not answer (ECONNREFUSED)'],
  [
    'a command that fails',
    async () => ({ command: command('process.exit(7)').args }),
    'the command failed (exit code 7)',
  ],
  ['a command that is not there', async () => ({ command: ['/none/s3cr3t'] }), 'could not be started (ENOENT)'],
])('%s is a line of the log without the address, and throws nothing', async (_, notify, expected) => {
  const { tell, lines } = notifier(await notify());
  await tell(SICK);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(expected);
  expect(lines[0]).not.toContain('s3cr3t');
});

it('tells by one way though the other fails, and that way only once', async () => {
  const program = command();
  const { tell } = notifier({ command: program.args, webhook: await deaf() });
  await tell(SICK);
  await tell(SICK);
  expect(program.got()).toHaveLength(1);
});

it('ends a command that takes too long', async () => {
  const { tell, lines } = notifier({ command: command('setInterval(() => {}, 1000)').args });
  await tell(SICK);
  expect(lines[0]).toContain('ended by SIGKILL, after 2 s at most');
});

it('lets the command see no secret of the environment', async () => {
  for (const name of ['SALESFORCE_CLIENT_SECRET', 'TEMPORAL_API_KEY', 'OTEL_EXPORTER_OTLP_HEADERS'])
    vi.stubEnv(name, 's3cr3t');
  const program = command('fs.writeFileSync(process.argv[1], JSON.stringify(process.env))');
  await notifier({ command: program.args }).tell(SICK);
  expect(JSON.stringify(program.got())).toContain('PATH');
  expect(JSON.stringify(program.got())).not.toContain('s3cr3t');
});

it('tells nobody where nobody is named', async () => {
  const { tell, lines, indexPath } = notifier(null);
  await tell(SICK);
  expect(lines).toEqual([]);
  expect(existsSync(`${indexPath}-notified`)).toBe(false);
});

it('a file of what was told that cannot be written is a line of the log', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'index-')), 'file');
  writeFileSync(file, '');
  const hook = await webhook();
  const { lines, tell } = notifier({ webhook: hook.url }, join(file, 'index.db'));
  await tell(SICK);
  expect(lines).toHaveLength(1);
  expect(hook.posted).toEqual([]);
});
