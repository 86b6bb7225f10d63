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

/** Runs a command line that must fail. Returns its stderr, with the test's folder as `<here>`. */
async function failure(args: string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await run(args, cwd, env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at /m);
  return stderr.replaceAll(cwd, '<here>').replaceAll(folder, '<tests>').trimEnd();
}

const GOOD = 'base_url: https://acme.my.salesforce.com\nclient_id: id\nclient_secret: HUSHHUSH\n';

describe('a command fails with one clear line on stderr, nothing on stdout and exit code 1 for', () => {
  it.each(['worker', 'apply'])('%s without a config file', async (command) => {
    const here = await emptyFolder(`no-config-${command}`);
    expect(await failure([command], here)).toBe(
      'No --config was given, and nothing has been started here yet: pass --config <file>, or run `npm start` first.',
    );
  });

  it('a missing config file', async () => {
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
  ])('%s without a Temporal server, without repeating the secret', async (command, why) => {
    const here = await emptyFolder(`no-server-${command}`);
    await writeFile(join(here, 'c.yaml'), GOOD);
    const address = `127.0.0.1:${await freePort()}`;
    const stderr = await failure([command, '--config', 'c.yaml'], here, { TEMPORAL_ADDRESS: address });
    expect(stderr).toBe(
      `No Temporal server answers at ${address} (${why}): start one there, or set TEMPORAL_ADDRESS to another server.`,
    );
    expect(stderr).not.toContain('HUSH');
  });

  it('a Temporal server that temporal.toml beside the config file names, and that does not run', async () => {
    const here = await emptyFolder('demo-is-gone');
    await writeFile(join(here, 'c.yaml'), GOOD);
    const address = `127.0.0.1:${await freePort()}`;
    await writeFile(join(here, 'temporal.toml'), `[profile.default]\naddress = "${address}"\n`);
    const gone = `No Temporal server answers at ${address} (connection refused): start`;
    expect(await failure(['pause', '--config', 'c.yaml'], here)).toBe(
      `${gone} the one in <here>/temporal.toml (for the demo, with \`npm start\`), or set TEMPORAL_ADDRESS to another server.`,
    );
    expect(await failure(['apply', '--config', 'c.yaml'], here, { TEMPORAL_ADDRESS: address })).toBe(
      `${gone} one there, or set TEMPORAL_ADDRESS to another server.`,
    );
  });

  it('an invalid record id', async () => {
    const here = await emptyFolder('no-record');
    await writeFile(join(here, 'c.yaml'), GOOD);
    expect(await failure(['explain', 'nonsense', '--as', 'me', '--config', 'c.yaml'], here)).toBe(
      "'nonsense' is not a record id: give all of its 15 or 18 characters.",
    );
  });

  it('a demo of a missing folder', async () => {
    const here = await emptyFolder('no-org');
    expect(await failure(['demo', '--once', '--org', 'nowhere'], here)).toBe(
      '--org <here>/nowhere: there is no such folder. It must have a CSV file for each sObject.',
    );
  });

  it('a demo whose data folder cannot be written', async () => {
    const here = await emptyFolder('no-data');
    await writeFile(join(here, '.data'), 'a file where the folder should be');
    expect(await failure(['demo', '--once', '--org', org], here)).toBe(
      '<here>/.data/small cannot be written (ENOTDIR): the demo keeps its state there. Correct its permissions, or start in another folder.',
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
      `${flag} ${port}: this port is in use: choose another, or leave out ${flag} to use a free one.`,
    );
  });

  it('a demo while another demo of the same connection runs', async () => {
    const here = await emptyFolder('second');
    await mkdir(join(here, '.data', 'small'), { recursive: true });
    const started = (await readFile('/proc/self/stat', 'utf8')).split(') ').at(-1)?.split(' ')[19];
    await writeFile(join(here, '.data', 'small', 'demo.lock'), `${process.pid} ${started}\n`);
    expect(await failure(['demo', '--once', '--org', org], here)).toBe(
      `Connection small is already running (process ${process.pid}): stop it first, or use another org folder.`,
    );
  });

  it('a demo of an org folder with a broken file', async () => {
    const here = await emptyFolder('broken');
    const broken = join(here, 'broken-org');
    await writeSmallOrg(broken);
    await writeFile(join(broken, 'Account.csv'), 'Id,Name\n"001000000000001AAA,Unclosed\n');
    expect(await failure(['demo', '--once', '--org', broken], here)).toMatch(/Account\.csv/);
  });

  it('a demo of a connection whose config file was broken by hand', async () => {
    const here = await emptyFolder('spoilt');
    await mkdir(join(here, '.data', 'small'), { recursive: true });
    await writeFile(join(here, '.data', 'small', 'config.yaml'), `${GOOD}cron-spec: */10 * * * *\n`);
    expect(await failure(['demo', '--once', '--org', org], here)).toContain(
      'config.yaml, line 4, cron-spec: a value that begins with * must be in quotes',
    );
  });

  it('a sandbox of a missing folder', async () => {
    const here = await emptyFolder('no-sandbox');
    expect(await failure(['sandbox', 'serve', 'nowhere'], here)).toContain('nowhere');
  });

  it('an unknown command, with a hint at the help', async () => {
    const here = await emptyFolder('typo');
    expect(await failure(['serch'], here)).toBe("error: unknown command 'serch'\n(Did you mean search?)\n(see --help)");
  });
});

describe('a .data/last that came with the folder', () => {
  const secrets = { SALESFORCE_CLIENT_ID: 'HUSHID', SALESFORCE_CLIENT_SECRET: 'HUSHSECRET' };

  it('sends no credentials of the environment, and no file, to its address', async () => {
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
      expect(byFile).toMatchObject({ code: 1, stdout: expect.stringContaining('given by --config: pass --config') });
      const elsewhere = { ...secrets, SALESFORCE_BASE_URL: 'https://acme.my.salesforce.com' };
      const named = await checks(base, ['--config', 'config.yaml'], elsewhere);
      expect(named).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('are for https://acme.my.salesforce.com'),
      });
      expect(received).toEqual([]);
      // They do arrive if a person names the config, so only the guard has held them back.
      await checks(base, ['--config', 'config.yaml'], secrets);
      expect(received.join()).toContain('HUSHSECRET');
    } finally {
      server.close();
    }
  });
});

it('a command shows where an error arose on request', async () => {
  const here = await emptyFolder('debug');
  const { stderr } = await run(['apply', '--config', 'x.yaml'], here, { SALESFORCE_CONNECTOR_DEBUG: '1' });
  expect(stderr).toMatch(/^\s+at .*config/m);
});
