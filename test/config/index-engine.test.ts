import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexLocation, indexSchema } from '../../src/config/index-engine.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { IndexLocation } from '../../src/index/location.ts';

/** Where the index is, in the config file. */

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'index-engine-')));
  await mkdir(folder, { recursive: true });
  file = join(folder, 'config.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CLUSTER = { engine: 'opensearch', url: 'https://search.acme.example:9200' };

async function load(index: unknown, env: NodeJS.ProcessEnv = {}): Promise<IndexLocation> {
  await writeFile(file, `base_url: https://acme.my.salesforce.com\nindex: ${JSON.stringify(index)}\n`);
  return (await loadConfig(file, env)).index;
}

describe('index.engine: opensearch', () => {
  it('needs only the address, and the rest has its default', async () => {
    expect(await load(CLUSTER)).toEqual({
      engine: 'opensearch',
      connection: 'acme',
      path: join(folder, '.data', 'acme', 'index.db'),
      url: 'https://search.acme.example:9200',
      prefix: 'salesforce-acme',
      shards: 1,
      replicas: 1,
      tls: { caFile: null, certFile: null, keyFile: null },
      auth: { kind: 'none' },
    });
  });

  it('sets every key, with paths that start at the config file', async () => {
    const index = await load({
      engine: 'opensearch',
      path: 'runs.db',
      url: 'https://proxy.acme.example/search/',
      prefix: 'crm_north',
      shards: 6,
      replicas: 0,
      tls: { ca_file: 'ca.pem', cert_file: '/etc/client.pem', key_file: 'keys/client.pem' },
      auth: { basic: { username: 'salesforce', password_file: 'password' } },
    });
    expect(index).toEqual({
      engine: 'opensearch',
      connection: 'acme',
      path: join(folder, 'runs.db'),
      url: 'https://proxy.acme.example/search',
      prefix: 'crm_north',
      shards: 6,
      replicas: 0,
      tls: {
        caFile: join(folder, 'ca.pem'),
        certFile: '/etc/client.pem',
        keyFile: join(folder, 'keys', 'client.pem'),
      },
      auth: { kind: 'basic', username: 'salesforce', password: { file: join(folder, 'password') } },
    });
  });

  it('takes user and password from the environment if the file has none, and keeps no password', async () => {
    const env = { OPENSEARCH_USERNAME: 'salesforce', OPENSEARCH_PASSWORD: 'HUSH' };
    const index = await load({ ...CLUSTER, auth: { basic: {} } }, env);
    expect(index).toMatchObject({
      auth: { kind: 'basic', username: 'salesforce', password: { variable: 'OPENSEARCH_PASSWORD' } },
    });
    expect(JSON.stringify(index)).not.toContain('HUSH');
  });

  it('uses no password of the environment without index.auth', async () => {
    const env = { OPENSEARCH_USERNAME: 'salesforce', OPENSEARCH_PASSWORD: 'HUSH' };
    expect(await load(CLUSTER, env)).toMatchObject({ auth: { kind: 'none' } });
  });

  it('signs requests for Amazon OpenSearch Service', async () => {
    expect(await load({ ...CLUSTER, auth: { aws: { region: 'eu-central-1' } } })).toMatchObject({
      auth: { kind: 'sigv4', region: 'eu-central-1', service: 'es' },
    });
  });

  it.each<[string, object]>([
    ['a cluster on this machine, without TLS', { url: 'http://127.0.0.1:9200', auth: { basic: { username: 'a' } } }],
    ['a cluster of a private network, without TLS and without signing in', { url: 'http://opensearch:9200' }],
  ])('allows %s', async (_, keys) => {
    expect(await load({ ...CLUSTER, ...keys })).toMatchObject({ engine: 'opensearch' });
  });
});

describe('a config file that nobody named', () => {
  const located = (keys: object, isNamed: boolean) =>
    indexLocation(
      indexSchema.parse({ ...CLUSTER, ...keys }),
      { file, isNamed, dataDir: folder, connection: 'acme' },
      { OPENSEARCH_USERNAME: 'salesforce', OPENSEARCH_PASSWORD: 'HUSH' },
    );

  it.each<[string, object, string]>([
    ['a file with a password', { auth: { basic: { username: 'a', password_file: 'p' } } }, 'index.auth'],
    ['the password of the environment', { auth: { basic: {} } }, 'index.auth'],
    ["AWS's credentials", { auth: { aws: { region: 'eu-central-1' } } }, 'index.auth'],
    ['a certificate', { tls: { ca_file: 'ca.pem' } }, 'index.tls'],
  ])('cannot use %s', (_, keys, key) => {
    expect(() => located(keys, false)).toThrow(
      `${file}, from .data/last, sets ${key}, which is read only from a config file given by --config: pass --config ${file} if you trust it.`,
    );
    expect(() => located(keys, true)).not.toThrow();
  });

  it('can name a cluster that needs none of them', () => {
    expect(located({}, false)).toMatchObject({ engine: 'opensearch', auth: { kind: 'none' } });
  });
});

describe('is refused in one line, without the value', () => {
  const only = 'this key is only for engine: opensearch: add engine: opensearch, or remove this key.';
  it.each<[string, object, string]>([
    [
      'an address for a file',
      { url: 'https://HUSH.example' },
      `line 2, index.url: the text there is not allowed: ${only}`,
    ],
    [
      'a prefix for a file',
      { engine: 'sqlite', prefix: 'hush' },
      `line 2, index.prefix: the text there is not allowed: ${only}`,
    ],
    ['shards for a file', { shards: 2 }, `line 2, index.shards: the number there is not allowed: ${only}`],
    ['replicas for a file', { replicas: 0 }, `line 2, index.replicas: the number there is not allowed: ${only}`],
    ['certificates for a file', { tls: {} }, `line 2, index.tls: the keys there are not allowed: ${only}`],
    [
      'no address',
      { engine: 'opensearch' },
      ': index.url is missing: write the address of the cluster without a query, like https://search.example.com:9200.',
    ],
    [
      'an address without a protocol',
      { ...CLUSTER, url: 'hush.example:9200' },
      'write the address of the cluster without a query, like https://search.example.com:9200.',
    ],
    [
      'an address with a query',
      { ...CLUSTER, url: 'https://search.example?hush' },
      'write the address of the cluster without a query, like https://search.example.com:9200.',
    ],
    [
      'a password in the address',
      { ...CLUSTER, url: 'https://admin:HUSH@search.example' },
      'write the address without a user and a password: they belong under index.auth.basic.',
    ],
    [
      'an address of a service without by-query calls',
      { ...CLUSTER, url: 'https://hush.eu-central-1.aoss.amazonaws.com' },
      'this is Amazon OpenSearch Serverless, which cannot delete by query: use a domain of Amazon OpenSearch Service.',
    ],
    [
      'a service without by-query calls',
      { ...CLUSTER, auth: { aws: { region: 'eu-central-1', service: 'aoss' } } },
      'index.auth.aws.service: the text there is not allowed: this is Amazon OpenSearch Serverless',
    ],
    [
      'another service',
      { ...CLUSTER, auth: { aws: { region: 'eu-central-1', service: 's3' } } },
      'index.auth.aws.service: the text there is not allowed: write es.',
    ],
    [
      'no region',
      { ...CLUSTER, auth: { aws: {} } },
      'index.auth.aws.region is missing: write the region of the domain',
    ],
    ['a name in capitals', { ...CLUSTER, prefix: 'Hush' }, 'begin with a small letter or a digit'],
    ['a name that hides indexes', { ...CLUSTER, prefix: '.hush' }, 'begin with a small letter or a digit'],
    ['a pattern of names', { ...CLUSTER, prefix: 'hush*' }, 'begin with a small letter or a digit'],
    ['no shard', { ...CLUSTER, shards: 0 }, 'write a whole number from 1 to 1024.'],
    ['replicas in words', { ...CLUSTER, replicas: 'one' }, 'write a whole number from 0 to 20.'],
    [
      'a certificate without its key',
      { ...CLUSTER, tls: { cert_file: 'hush.pem' } },
      'index.tls.key_file is missing: a client certificate needs its key, so set that too.',
    ],
    [
      'a key without its certificate',
      { ...CLUSTER, tls: { key_file: 'hush.pem' } },
      'index.tls.cert_file is missing: a key needs its client certificate, so set that too.',
    ],
    [
      'certificates without TLS',
      { ...CLUSTER, url: 'http://127.0.0.1:9200', tls: { ca_file: 'hush.pem' } },
      'certificates are only for an address that begins with https://',
    ],
    [
      'a password that would be sent unencrypted',
      { ...CLUSTER, url: 'http://search.example', auth: { basic: {} } },
      'it would be sent unencrypted: write https:// in index.url, or remove this key.',
    ],
    ['two ways to sign in', { ...CLUSTER, auth: { basic: {}, aws: { region: 'a' } } }, 'set basic or this, not both.'],
    ['no way to sign in', { ...CLUSTER, auth: {} }, 'set basic or aws under it.'],
    [
      'a password',
      { ...CLUSTER, auth: { basic: { username: 'a', password: 'HUSH' } } },
      'this is not a known key: did you mean index.auth.basic.password_file?',
    ],
    [
      'no user',
      { ...CLUSTER, auth: { basic: { password_file: 'hush' } } },
      ': index.auth.basic.username is missing: write it there, or set OPENSEARCH_USERNAME.',
    ],
  ])('%s', async (_, index, said) => {
    const error = await load(index).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toContain(said);
    expect(error.message).not.toMatch(/hush/i);
    expect(error.message.split('\n')).toHaveLength(1);
  });
});
