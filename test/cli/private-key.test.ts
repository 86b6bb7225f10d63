import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CERTIFICATE, KEY, OTHER_KEY } from '../salesforce/rsa-keys.ts';
import { waitUntil } from '../sync/wait.ts';
import { run, type Started, start } from './command-line.ts';
import { writeSmallOrg } from './small-org.ts';

/** The commands as a person types them, with a sandbox org that its own command started. */

let folder: string;
let sandbox: Started;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-key-'));
  await writeSmallOrg(join(folder, 'org'));
  await writeFile(join(folder, 'org', 'certificate.pem'), CERTIFICATE);
  const settings = { run_as: '005000000000001AAA', certificate: 'certificate.pem' };
  await writeFile(join(folder, 'org', 'org.json'), JSON.stringify(settings));
  sandbox = start(['sandbox', 'serve', 'org'], folder);
  url = await waitUntil(async () => /Sandbox org at (\S+)/.exec(sandbox.output())?.[1]);
});
afterAll(async () => {
  sandbox?.process.kill('SIGTERM');
  await sandbox?.ended;
  await rm(folder, { recursive: true, force: true });
});

const config = (base = url) =>
  `base_url: ${base}\nauth: jwt\nclient_id: sandbox\nusername: admin@small.example\nprivate_key_file: key.pem\n`;

async function key(text: string, mode = 0o600): Promise<void> {
  await writeFile(join(folder, 'key.pem'), text);
  await chmod(join(folder, 'key.pem'), mode);
}

async function check(...flags: string[]) {
  await writeFile(join(folder, 'config.yaml'), config());
  return run(['check', '--config', 'config.yaml', ...flags], folder);
}

describe('check with a private key', () => {
  it('runs the steps for a private key, and knows the user', async () => {
    await key(KEY);
    const { stdout } = await check();
    expect(stdout).toContain('✓ 3. Flow Enablement › Enable JWT Bearer Flow, with the certificate uploaded');
    expect(stdout).toContain('✓ runs as admin@small.example');
    expect(stdout).toMatch(/✓ 6\. Settings › OAuth Settings › Consumer Key, the username, the private key/);
    expect(stdout).not.toMatch(/secret/i);
  });

  it('warns about a key that others can read', async () => {
    await key(KEY, 0o644);
    const { stdout } = await check();
    expect(stdout).toMatch(/! 6\..*\n +! .*key\.pem, which holds the private key, can be read by other users/);
    expect(stdout).toContain('→ Restrict it: chmod 600');
  });

  it('says that key and certificate do not match, and shows nothing of the key', async () => {
    await key(OTHER_KEY);
    const { code, stdout, stderr } = await check();
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ 3\..*\n +✗ no token: invalid_grant \(invalid assertion\)\n +→ The app’s certificate/);
    for (const line of OTHER_KEY.split('\n').slice(1, -2)) expect(stdout + stderr).not.toContain(line);
  });

  it('says in one line what is wrong with the file, and a worker ends with the same line', async () => {
    await key(CERTIFICATE);
    const said = `private_key_file: ${join(folder, 'key.pem')} holds a public key or a certificate`;
    expect((await check()).stdout).toContain(said);
    const { code, stderr } = await run(['worker', '--config', 'config.yaml'], folder);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toContain(said);
  });
});

it('a .data/last that came with the folder sends no key of the environment to its address', async () => {
  const here = join(folder, 'hostile');
  await mkdir(join(here, '.data'), { recursive: true, mode: 0o700 });
  await key(KEY);
  const received: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text) => received.push(String(text)));
    request.on('end', () => response.writeHead(400).end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as { port: number };
    const env = {
      SALESFORCE_CLIENT_ID: 'id',
      SALESFORCE_USERNAME: 'int@acme.example',
      SALESFORCE_PRIVATE_KEY_FILE: join(folder, 'key.pem'),
    };
    await writeFile(join(here, '.data', 'last'), join(here, 'config.yaml'));
    await writeFile(join(here, 'config.yaml'), `base_url: http://127.0.0.1:${port}\nauth: jwt\n`);
    const { code, stdout } = await run(['check'], here, env);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('Nothing was sent.') });
    const elsewhere = { ...env, SALESFORCE_BASE_URL: 'https://acme.my.salesforce.com' };
    expect((await run(['check', '--config', 'config.yaml'], here, elsewhere)).stdout).toContain('Nothing was sent.');
    expect(received).toEqual([]);
    // The control: they do arrive if a person names the config.
    await run(['check', '--config', 'config.yaml'], here, env);
    expect(received.join()).toContain('jwt-bearer');
  } finally {
    server.close();
  }
});
