import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { serveConfig, serveSchema } from '../../src/config/serve.ts';

/** How employees log in, in the config file. */

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'login-'));
  file = join(folder, 'config.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LOGIN = { issuer: 'https://login.acme.example', client_id: 'page', claim: 'sub', as: 'federation_id' };

async function load(login: object, url: string | null = 'https://search.acme.example/'): Promise<Config> {
  const serve = { login, ...(url === null ? {} : { url }) };
  await writeFile(file, `base_url: https://acme.my.salesforce.com\nserve: ${JSON.stringify(serve)}\n`);
  return loadConfig(file, {});
}

describe('serve.login', () => {
  it('is nothing by default', async () => {
    await writeFile(file, 'base_url: https://acme.my.salesforce.com\n');
    expect((await loadConfig(file, {})).serve.login).toBeNull();
  });

  it('of a public client has no secret', async () => {
    const { login } = (await load(LOGIN)).serve;
    expect(login).toMatchObject({
      issuer: 'https://login.acme.example',
      clientId: 'page',
      claim: 'sub',
      as: 'federation_id',
      url: 'https://search.acme.example',
    });
    expect(await login?.clientSecret()).toBeNull();
  });

  it('reads the secret again each time, from a path that starts at the config file', async () => {
    const { login } = (await load({ ...LOGIN, client_secret_file: 'secret' })).serve;
    for (const secret of ['old', 'new']) {
      await writeFile(join(folder, 'secret'), `${secret}\n`);
      expect(await login?.clientSecret()).toBe(secret);
    }
    expect(JSON.stringify(login)).not.toContain('new');
    await writeFile(join(folder, 'secret'), 'HUSH\nHUSH\n');
    await expect(login?.clientSecret()).rejects.toThrow(
      "serve.login.client_secret_file: the file has more than one line: write only the client's secret into it.",
    );
  });

  it('reads no secret for a config file that came with the folder', async () => {
    const written = serveSchema.parse({
      login: { ...LOGIN, client_secret_file: 'secret' },
      url: 'https://search.acme.example',
    });
    const { login } = serveConfig(written, { file, isNamed: false });
    await expect(login?.clientSecret()).rejects.toThrow(
      'sets serve.login.client_secret_file, which is read only from a config file given by --config',
    );
  });

  it.each<[string, object, string | null, string]>([
    ['no address of the server', LOGIN, null, 'the identity provider returns browsers to serve.url, so set that too'],
    ['an issuer without TLS', { ...LOGIN, issuer: 'http://login.acme.example' }, '', 'begins with https://'],
    ['the address of the metadata', { ...LOGIN, issuer: 'https://a.example/.well-known/x' }, '', 'the issuer itself'],
    ['all tenants', { ...LOGIN, issuer: 'https://login.microsoftonline.com/common/v2.0' }, '', 'of your own tenant'],
    ['an unknown kind of name', { ...LOGIN, as: 'phone' }, '', 'write one of id, username'],
    ['no claim', { ...LOGIN, claim: undefined }, '', 'claim'],
    ['a secret', { ...LOGIN, client_secret: 'HUSH' }, '', 'not a known key'],
  ])('refuses %s', async (_, login, url, said) => {
    const error = await load(login, url === null ? null : 'https://search.acme.example').catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toContain(said);
    expect(error.message).not.toContain('HUSH');
  });

  it('may use an identity provider on this machine without TLS', async () => {
    const { login } = (await load({ ...LOGIN, issuer: 'http://127.0.0.1:9000' }, 'http://localhost:8080')).serve;
    expect(login).toMatchObject({ issuer: 'http://127.0.0.1:9000', url: 'http://localhost:8080' });
  });
});
