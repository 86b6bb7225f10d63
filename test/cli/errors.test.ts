import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/process/ports.ts';
import { run } from './command-line.ts';
import { writeSmallOrg } from './small-org.ts';

let folder: string;
let org: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-errors-'));
  org = join(folder, 'orgs', 'small');
  await writeSmallOrg(org);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An empty folder to start in. */
async function emptyFolder(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  return path;
}

/** Runs a command line that must fail; answers its stderr, with the test's folder as `<here>`. */
async function failure(args: string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await run(args, cwd, env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at /m);
  return stderr.replaceAll(cwd, '<here>').replaceAll(folder, '<tests>').trimEnd();
}

const GOOD = 'base_url: https://acme.my.salesforce.com\nclient_id: id\nclient_secret: HUSHHUSH\n';

describe('one clear line on stderr, nothing on stdout, exit code 1', () => {
  it.each(['worker', 'apply'])('%s without a config file', async (command) => {
    const here = await emptyFolder(`no-config-${command}`);
    expect(await failure([command], here)).toBe(
      'No --config given, and nothing was started here yet: give --config <file>, or run `npm start` first.',
    );
  });

  it('a config file that is not there', async () => {
    const here = await emptyFolder('no-file');
    expect(await failure(['worker', '--config', 'mine.yaml'], here)).toBe(
      '<here>/mine.yaml cannot be read (ENOENT): --config takes the path of a YAML file.',
    );
  });

  it('a config file with two mistakes: a line for each', async () => {
    const here = await emptyFolder('bad-config');
    await writeFile(join(here, 'c.yaml'), `${GOOD}cron-spec: "0 */10 * * * *"\ncomplete_backfill_frequency: 0\n`);
    const stderr = await failure(['apply', '--config', 'c.yaml'], here);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^<here>\/c\.yaml, line 4, cron-spec: the text there has 6 fields/),
      expect.stringMatching(/^<here>\/c\.yaml, line 5, complete_backfill_frequency: the number there is not allowed/),
    ]);
  });

  it('a worker without the secret', async () => {
    const here = await emptyFolder('no-secret');
    await writeFile(join(here, 'c.yaml'), 'base_url: https://acme.my.salesforce.com\nclient_id: id\n');
    expect(await failure(['worker', '--config', 'c.yaml'], here)).toBe(
      '<here>/c.yaml: client_secret is missing: write it or client_secret_file there, or set SALESFORCE_CLIENT_SECRET.',
    );
  });

  it.each([
    ['worker', 'connection refused'],
    ['apply', 'connection refused'],
  ])('%s without a Temporal server, the secret not repeated', async (command, why) => {
    const here = await emptyFolder(`no-server-${command}`);
    await writeFile(join(here, 'c.yaml'), GOOD);
    const address = `127.0.0.1:${await freePort()}`;
    const stderr = await failure([command, '--config', 'c.yaml'], here, { TEMPORAL_ADDRESS: address });
    expect(stderr).toBe(
      `No Temporal server answers at ${address} (${why}): start one there, or name another by TEMPORAL_ADDRESS.`,
    );
    expect(stderr).not.toContain('HUSH');
  });

  it('a Temporal server that temporal.toml beside the config file names, and that is gone', async () => {
    const here = await emptyFolder('demo-is-gone');
    await writeFile(join(here, 'c.yaml'), GOOD);
    const address = `127.0.0.1:${await freePort()}`;
    await writeFile(join(here, 'temporal.toml'), `[profile.default]\naddress = "${address}"\n`);
    const gone = `No Temporal server answers at ${address} (connection refused): start`;
    expect(await failure(['pause', '--config', 'c.yaml'], here)).toBe(
      `${gone} the one that <here>/temporal.toml names (the demo's by \`npm start\`), or name another by TEMPORAL_ADDRESS.`,
    );
    expect(await failure(['apply', '--config', 'c.yaml'], here, { TEMPORAL_ADDRESS: address })).toBe(
      `${gone} one there, or name another by TEMPORAL_ADDRESS.`,
    );
  });

  it('what is no record id', async () => {
    const here = await emptyFolder('no-record');
    await writeFile(join(here, 'c.yaml'), GOOD);
    expect(await failure(['explain', 'nonsense', '--as', 'me', '--config', 'c.yaml'], here)).toBe(
      "'nonsense' is no record id: give all 15 or 18 characters of it.",
    );
  });

  it('a demo of a folder that is not there', async () => {
    const here = await emptyFolder('no-org');
    expect(await failure(['demo', '--once', '--org', 'nowhere'], here)).toBe(
      '--org <here>/nowhere: there is no such folder: give one with a CSV file per sObject.',
    );
  });

  it('a demo whose data folder cannot be written', async () => {
    const here = await emptyFolder('no-data');
    await writeFile(join(here, '.data'), 'a file where the folder should be');
    expect(await failure(['demo', '--once', '--org', org], here)).toBe(
      '<here>/.data/small cannot be written (ENOTDIR): the state of this start goes there; mend its rights, or start in another folder.',
    );
  });

  it.each(['--temporal-port', '--ui-port', '--sandbox-port'])('a demo with %s on a port in use', async (flag) => {
    const here = await emptyFolder(`port${flag}`);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const stderr = await failure(['demo', '--once', '--org', org, flag, `${port}`], here);
    other.close();
    expect(stderr.replace('Stopping …\n', '')).toBe(
      `${flag} ${port}: this port is in use: name another, or leave ${flag} out for a free one.`,
    );
  });

  it('a demo while another of the same connection runs', async () => {
    const here = await emptyFolder('second');
    await mkdir(join(here, '.data', 'small'), { recursive: true });
    const started = (await readFile('/proc/self/stat', 'utf8')).split(') ').at(-1)?.split(' ')[19];
    await writeFile(join(here, '.data', 'small', 'demo.lock'), `${process.pid} ${started}\n`);
    expect(await failure(['demo', '--once', '--org', org], here)).toBe(
      `Connection small runs already (process ${process.pid}): end it first, or give another org folder.`,
    );
  });

  it('a demo of an org folder with a broken file', async () => {
    const here = await emptyFolder('broken');
    const broken = join(here, 'broken-org');
    await writeSmallOrg(broken);
    await writeFile(join(broken, 'Account.csv'), 'Id,Name\n"001000000000001AAA,Unclosed\n');
    expect(await failure(['demo', '--once', '--org', broken], here)).toMatch(/Account\.csv/);
  });

  it('a demo of a connection whose config file was spoilt by hand', async () => {
    const here = await emptyFolder('spoilt');
    await mkdir(join(here, '.data', 'small'), { recursive: true });
    await writeFile(join(here, '.data', 'small', 'config.yaml'), `${GOOD}cron-spec: */10 * * * *\n`);
    expect(await failure(['demo', '--once', '--org', org], here)).toContain(
      'config.yaml, line 4, cron-spec: a value that begins with * must stand in quotes',
    );
  });

  it('a sandbox of a folder that is not there', async () => {
    const here = await emptyFolder('no-sandbox');
    expect(await failure(['sandbox', 'serve', 'nowhere'], here)).toContain('nowhere');
  });

  it('a command that does not exist, with where help is', async () => {
    const here = await emptyFolder('typo');
    expect(await failure(['serch'], here)).toBe(
      "error: unknown command 'serch'\n(Did you mean search?)\n(add --help for what it takes)",
    );
  });
});

describe('a .data/last that came with the folder', () => {
  const secrets = { SALESFORCE_CLIENT_ID: 'HUSHID', SALESFORCE_CLIENT_SECRET: 'HUSHSECRET' };

  it('leads no credentials of the environment, and no file, to its address', async () => {
    const here = await emptyFolder('hostile');
    const received: string[] = [];
    const server = createHttpServer((request, response) => {
      request.setEncoding('utf8').on('data', (text) => received.push(String(text)));
      request.on('end', () => response.writeHead(400).end('{}'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const base = `base_url: http://127.0.0.1:${port}\n`;
    await mkdir(join(here, '.data'), { mode: 0o700 });
    await writeFile(join(here, '.data', 'last'), join(here, 'config.yaml'));
    await writeFile(join(here, 'key'), 'HUSHFILE');
    const checks = async (config: string, args: string[], env: NodeJS.ProcessEnv) => {
      await writeFile(join(here, 'config.yaml'), config);
      const { code, stdout } = await run(['check', ...args], here, env);
      return { code, stdout };
    };
    try {
      const byEnvironment = await checks(base, [], secrets);
      expect(byEnvironment).toMatchObject({ code: 1, stdout: expect.stringContaining('Nothing was sent.') });
      const byFile = await checks(`${base}client_id: id\nclient_secret_file: key\n`, [], {});
      expect(byFile).toMatchObject({ code: 1, stdout: expect.stringContaining('that you name: give --config') });
      const elsewhere = { ...secrets, SALESFORCE_BASE_URL: 'https://acme.my.salesforce.com' };
      const named = await checks(base, ['--config', 'config.yaml'], elsewhere);
      expect(named).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('are for https://acme.my.salesforce.com'),
      });
      expect(received).toEqual([]);
      // They do arrive where a person has named the config: the guard, and nothing else, has kept them.
      await checks(base, ['--config', 'config.yaml'], secrets);
      expect(received.join()).toContain('HUSHSECRET');
    } finally {
      server.close();
    }
  });
});

it('shows where an error arose when it is asked to', async () => {
  const here = await emptyFolder('debug');
  const { stderr } = await run(['apply', '--config', 'x.yaml'], here, { SALESFORCE_CONNECTOR_DEBUG: '1' });
  expect(stderr).toMatch(/^\s+at .*config/m);
});
