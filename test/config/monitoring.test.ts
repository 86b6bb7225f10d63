import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { parseListen, readNotify } from '../../src/config/monitoring.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-monitoring-'));
const file = join(folder, 'config.yaml');

function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, `base_url: https://acme.my.salesforce.com\n${yaml}`);
  return loadConfig(file, env);
}

it.each([
  ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ['9464', null],
  [':9464', null],
  ['127.0.0.1', null],
  ['127.0.0.1:0', null],
  ['127.0.0.1:65536', null],
  ['http://127.0.0.1:9464', null],
])('the address %s is %j', (text, expected) => {
  expect(parseListen(text)).toEqual(expected);
});

describe('the recipients of notifications', () => {
  const URL_A = 'https://hooks.example.com/T0/s3cr3t';

  it('are none if the file names none', async () => {
    expect(await (await load('')).notify()).toBeNull();
  });

  it('are a command, a webhook, or both', async () => {
    const config = await load(`notify: { command: [/bin/page, search], webhook: "${URL_A}" }`);
    expect(await config.notify()).toEqual({ command: ['/bin/page', 'search'], webhook: URL_A });
  });

  it('include a webhook from a file, which is read again each time, or from the environment', async () => {
    const secret = join(folder, 'webhook');
    writeFileSync(secret, `${URL_A}\n`);
    const config = await load('notify: { webhook_file: webhook }');
    expect(await config.notify()).toEqual({ command: null, webhook: URL_A });
    writeFileSync(secret, `${URL_A}2\n`);
    expect(await config.notify()).toEqual({ command: null, webhook: `${URL_A}2` });
    const other = await load('', { SALESFORCE_CONNECTOR_NOTIFY_WEBHOOK: URL_A });
    expect(await other.notify()).toEqual({ command: null, webhook: URL_A });
  });

  it('are never in the printed config', async () => {
    const config = await load(`notify: { webhook: "${URL_A}" }`);
    expect(JSON.stringify(config) + inspect(config, { depth: null, showHidden: true })).not.toContain('s3cr3t');
  });

  it.each([
    ['an invalid webhook URL', 'notify: { webhook: "hooks/s3cr3t" }', 'write a URL that begins with https://'],
    ['a webhook and a file', `notify: { webhook: "${URL_A}", webhook_file: f }`, 'set webhook or this, not both'],
    [
      'a command that is a single text',
      'notify: { command: "page s3cr3t" }',
      'write a list of a program and its arguments',
    ],
    ['an empty command', 'notify: { command: [] }', 'write a list of a program and its arguments'],
    ['an unknown key', 'notify: { mail: s3cr3t }', 'the keys are notify.command, notify.webhook'],
    ['an address without a port', 'metrics: { listen: s3cr3t }', 'write an address and a port, like 127.0.0.1:9464'],
  ])('are refused without repeating the value: %s', async (_, yaml, expected) => {
    const error = await load(yaml).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(expected);
    expect((error as Error).message).not.toContain('s3cr3t');
  });

  it.each([
    ['a missing file', 'notify: { webhook_file: none }', {}, /webhook_file: .* \(ENOENT\)/],
    ['a file without a URL', 'notify: { webhook_file: config.yaml }', {}, /webhook_file is not a URL/],
    ['a variable without a URL', '', { SALESFORCE_CONNECTOR_NOTIFY_WEBHOOK: 's3cr3t' }, /_WEBHOOK is not a URL/],
  ])('are refused when they are read: %s', async (_, yaml, env, expected) => {
    const error = await (await load(yaml, env)).notify().catch((thrown: Error) => thrown);
    expect((error as Error).message).toMatch(expected);
    expect((error as Error).message).not.toContain('s3cr3t');
  });

  it('count only in a config file that a person named, because another may have come with its folder', async () => {
    const sources = (notify: object) => ({ file, isNamed: false, notify });
    for (const notify of [{ command: ['/bin/x'] }, { webhook: URL_A }, { webhook_file: 'f' }])
      await expect(readNotify(sources(notify), {})).rejects.toThrow('from .data/last, sets notify');
    expect(await readNotify(sources({}), { SALESFORCE_CONNECTOR_NOTIFY_WEBHOOK: URL_A })).toMatchObject({
      webhook: URL_A,
    });
  });
});
