import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { isOpenToOthers } from '../../src/config/secret-files.ts';
import type { JwtCredentials } from '../../src/salesforce/credentials.ts';
import { CERTIFICATE, KEY, OTHER_KEY } from '../salesforce/rsa-keys.ts';

let folder: string;
let file: string;
const before = process.cwd();
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'private-key-')));
  process.chdir(folder);
  await mkdir('.data', { mode: 0o700 });
  file = join(folder, 'config.yaml');
  await written('.data/last', `${file}\n`);
  await written('key.pem', KEY);
});
afterEach(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

async function written(path: string, text: string | Buffer, mode = 0o600): Promise<void> {
  await writeFile(path, text);
  await chmod(path, mode);
}

const ACME = 'https://acme.my.salesforce.com';
const OTHER = 'https://other.my.salesforce.com';
const BASE = `base_url: ${ACME}\n`;
const JWT = `${BASE}auth: jwt\nclient_id: id\nusername: int@acme.example\nprivate_key_file: key.pem\n`;

async function config(yaml: string, env: NodeJS.ProcessEnv = {}, how: 'named' | 'last' = 'named') {
  await written(file, yaml);
  return loadConfig(how === 'named' ? file : undefined, env);
}

/** The error for the config file or its credentials, with the test's folder as `<here>`. */
async function said(...given: Parameters<typeof config>): Promise<string> {
  const error = await config(...given)
    .then((loaded) => loaded.credentials())
    .then(
      () => expect.fail('it is accepted'),
      (thrown: Error) => thrown,
    );
  return error.message.replaceAll(folder, '<here>');
}

const isSame = (credentials: unknown, pem: string) =>
  (credentials as JwtCredentials).privateKey.equals(createPrivateKey(pem));

describe('auth: jwt', () => {
  it("takes app, username and key from the file, and the key's text from the file next to it", async () => {
    const { auth, privateKeyFile, credentials } = await config(JWT);
    expect({ auth, privateKeyFile }).toEqual({ auth: 'jwt', privateKeyFile: join(folder, 'key.pem') });
    const read = await credentials();
    expect(read).toMatchObject({ clientId: 'id', username: 'int@acme.example' });
    expect(read).not.toHaveProperty('audience');
    expect(isSame(read, KEY)).toBe(true);
  });

  it('takes the configured audience', async () => {
    const { credentials } = await config(`${JWT}audience: https://test.salesforce.com\n`);
    expect(await credentials()).toMatchObject({ audience: 'https://test.salesforce.com' });
  });

  it('reads the key again each time', async () => {
    const { credentials } = await config(JWT);
    expect(isSame(await credentials(), KEY)).toBe(true);
    await written('key.pem', OTHER_KEY);
    expect(isSame(await credentials(), OTHER_KEY)).toBe(true);
  });

  it('follows the links of a Kubernetes secret, including to another version', async () => {
    await mkdir('..v1');
    await mkdir('..v2');
    await written('..v1/tls.key', KEY);
    await written('..v2/tls.key', OTHER_KEY);
    await symlink('..v1', '..data');
    await symlink('..data/tls.key', 'tls.key');
    const { credentials } = await config(JWT.replace('key.pem', 'tls.key'));
    expect(isSame(await credentials(), KEY)).toBe(true);
    await rm('..data');
    await symlink('..v2', '..data');
    expect(isSame(await credentials(), OTHER_KEY)).toBe(true);
  });

  it('shows nothing of the key when config or credentials are printed', async () => {
    const loaded = await config(JWT);
    for (const value of [loaded, await loaded.credentials()]) {
      const shown = `${inspect(value, { depth: 12, showHidden: true })} ${JSON.stringify(value)}`;
      for (const line of KEY.split('\n').slice(1, -2)) expect(shown).not.toContain(line);
    }
  });

  it('is off by default, which means client credentials', async () => {
    const { auth, privateKeyFile, credentials } = await config(`${BASE}client_id: id\nclient_secret: s\n`, {
      SALESFORCE_USERNAME: 'int@acme.example',
      SALESFORCE_PRIVATE_KEY_FILE: join(folder, 'key.pem'),
    });
    expect({ auth, privateKeyFile }).toEqual({ auth: 'client_credentials', privateKeyFile: null });
    expect(await credentials()).toEqual({ clientId: 'id', clientSecret: 's' });
  });
});

describe('a key file', () => {
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
  const { privateKey, publicKey } = rsa(2048);
  const pem = (type: 'pkcs1' | 'pkcs8') => privateKey.export({ type, format: 'pem' }).toString();
  const passphrase = { cipher: 'aes-256-cbc', passphrase: 'HUSH' };

  it.each([
    ['PKCS#8', pem('pkcs8')],
    ['PKCS#1', pem('pkcs1')],
    ['Windows line endings', pem('pkcs8').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${pem('pkcs8')}`],
    ['its certificate before it', `${CERTIFICATE}${pem('pkcs1')}`],
    ['its certificate after it', `${pem('pkcs8')}${CERTIFICATE}`],
  ])('is read with %s', async (_, text) => {
    await written('key.pem', text);
    expect(isSame(await (await config(JWT)).credentials(), pem('pkcs8'))).toBe(true);
  });

  const HERE = '<here>/config.yaml: private_key_file: <here>/key.pem';
  it.each([
    ['empty', '', 'is empty: put the private key into it as PEM; docs/setup.md says how to make one'],
    ['blank', ' \n', 'is empty'],
    [
      'encrypted, PKCS#8',
      privateKey.export({ type: 'pkcs8', format: 'pem', ...passphrase }),
      'holds a private key with a passphrase, which the connector cannot use: write the key without a passphrase (openssl pkey -in <key> -out <file>)',
    ],
    [
      'encrypted, PKCS#1',
      privateKey.export({ type: 'pkcs1', format: 'pem', ...passphrase }),
      'holds a private key with a passphrase',
    ],
    ['the certificate', CERTIFICATE, 'holds a public key or a certificate, which belongs in the External Client App'],
    ['the public key', publicKey.export({ type: 'spki', format: 'pem' }), 'holds a public key or a certificate'],
    [
      'the public key, PKCS#1',
      publicKey.export({ type: 'pkcs1', format: 'pem' }),
      'holds a public key or a certificate',
    ],
    [
      'EC',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
      'holds a key that is not RSA, and Salesforce accepts only RSA keys',
    ],
    [
      'EC, PKCS#8',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'holds a key that is not RSA',
    ],
    [
      'RSA-PSS',
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'holds a key that is not RSA',
    ],
    ['too short', rsa(1024).privateKey.export({ type: 'pkcs8', format: 'pem' }), 'holds a key of fewer than 2048 bits'],
    ['cut off', pem('pkcs8').slice(0, 900), 'holds a private key that cannot be read: it is truncated or altered'],
    ['indented', pem('pkcs8').replaceAll(/^/gm, '  '), 'holds a private key that cannot be read'],
    ['with \\n for its line ends', pem('pkcs8').replaceAll('\n', '\\n'), 'holds a private key that cannot be read'],
    ['DER', privateKey.export({ type: 'pkcs8', format: 'der' }), 'holds no PEM private key'],
    ['another text', 'HUSHHUSH', 'holds no PEM private key'],
  ])('is refused: %s', async (_, text, problem) => {
    await written('key.pem', Buffer.isBuffer(text) ? text : String(text));
    const message = await said(JWT);
    expect(message).toContain(`${HERE} ${problem}`);
    expect(message).not.toContain('\n');
    expect(message).not.toContain('HUSH');
    const lines = String(text)
      .split('\n')
      .filter((line) => line.length > 20 && !line.startsWith('-----'));
    for (const line of lines) expect(message).not.toContain(line.trim().slice(0, 20));
  });

  it('is named if it is missing, or a folder', async () => {
    expect(await said(JWT.replace('key.pem', 'none.pem'))).toBe(
      '<here>/config.yaml: private_key_file: <here>/none.pem cannot be read (ENOENT): correct the path, or the permissions of the file and its folders.',
    );
    expect(await said(JWT.replace('key.pem', '.data'))).toContain('<here>/.data cannot be read (EISDIR)');
  });

  it.runIf(process.geteuid?.() !== 0)('is named if this user may not read it', async () => {
    await chmod('key.pem', 0o000);
    expect(await said(JWT)).toContain('cannot be read (EACCES)');
  });

  it.each([
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
    [0o644, true],
  ])('with mode %o is open to others: %s', async (mode, isOpen) => {
    await chmod('key.pem', mode);
    await symlink('key.pem', 'link.pem');
    expect(await isOpenToOthers('key.pem')).toBe(isOpen);
    expect(await isOpenToOthers('link.pem')).toBe(isOpen);
  });

  // Only root can give a file away.
  it.runIf(process.geteuid?.() === 0)('of another user may be open to the group through which it is read', async () => {
    await chown('key.pem', 12_345, 12_345);
    await chmod('key.pem', 0o440);
    expect(await isOpenToOthers('key.pem')).toBe(false);
    await chmod('key.pem', 0o444);
    expect(await isOpenToOthers('key.pem')).toBe(true);
  });
});

describe('an invalid combination is reported in one line with the key', () => {
  it.each([
    [
      'a secret with a key',
      `${JWT}client_secret: HUSH\n`,
      '<here>/config.yaml, line 6, client_secret: the text there is not allowed: auth: jwt uses a private key, not a secret; remove this, or write auth: client_credentials.',
    ],
    [
      'a secret file with a key',
      `${JWT}client_secret_file: HUSH\n`,
      '<here>/config.yaml, line 6, client_secret_file: the text there is not allowed: auth: jwt uses a private key, not a secret; remove this, or write auth: client_credentials.',
    ],
    [
      'a key without auth',
      `${BASE}client_id: id\nclient_secret: s\nprivate_key_file: HUSH\n`,
      '<here>/config.yaml, line 4, private_key_file: the text there is not allowed: this key is only for auth: jwt: add auth: jwt, or remove this key.',
    ],
    [
      'a username with client credentials',
      `${BASE}auth: client_credentials\nclient_id: id\nclient_secret: s\nusername: int@HUSH.example\n`,
      '<here>/config.yaml, line 5, username: the text there is not allowed: this key is only for auth: jwt: add auth: jwt, or remove this key.',
    ],
    [
      'an audience without auth: jwt',
      `${BASE}client_id: id\nclient_secret: s\naudience: https://login.salesforce.com\n`,
      '<here>/config.yaml, line 4, audience: the text there is not allowed: this key is only for auth: jwt: add auth: jwt, or remove this key.',
    ],
    [
      'another auth',
      JWT.replace('auth: jwt', 'auth: HUSH'),
      '<here>/config.yaml, line 2, auth: the text there is not allowed: write client_credentials or jwt.',
    ],
    [
      'an invalid username',
      JWT.replace('int@acme.example', 'HUSH'),
      "<here>/config.yaml, line 4, username: the text there is not allowed: write the integration user's username, which has the form of an e-mail address.",
    ],
    [
      'another audience',
      `${JWT}audience: https://HUSH.example\n`,
      '<here>/config.yaml, line 6, audience: the text there is not allowed: write https://login.salesforce.com or https://test.salesforce.com, or leave it out.',
    ],
    [
      'the key itself in place of its path',
      JWT.replace('private_key_file: key.pem', `private_key_file: |\n${KEY.replaceAll(/^(?=.)/gm, '  ')}`),
      '<here>/config.yaml, line 5, private_key_file: the text there is not allowed: write the path of a file that holds the private key, not the key itself.',
    ],
    [
      'the key itself as one line',
      JWT.replace('key.pem', KEY.split('\n').slice(1, -2).join('')),
      '<here>/config.yaml, line 5, private_key_file: the text there is not allowed: write the path of a file that holds the private key, not the key itself.',
    ],
    [
      'no username',
      JWT.replace(/^username.*\n/m, ''),
      '<here>/config.yaml: username is missing: write it there, or set SALESFORCE_USERNAME.',
    ],
    [
      'no key',
      JWT.replace(/^private.*\n/m, ''),
      '<here>/config.yaml: private_key_file is missing: write it there, or set SALESFORCE_PRIVATE_KEY_FILE.',
    ],
    [
      'no client id',
      JWT.replace(/^client_id.*\n/m, ''),
      '<here>/config.yaml: client_id is missing: write it there, or set SALESFORCE_CLIENT_ID.',
    ],
  ])('%s', async (_, yaml, message) => {
    expect(await said(yaml)).toBe(message);
  });
});

describe("the environment's username and key", () => {
  const ONLY_AUTH = `${BASE}auth: jwt\n`;
  const env = (bound?: string): NodeJS.ProcessEnv => ({
    SALESFORCE_CLIENT_ID: 'HUSHID',
    SALESFORCE_USERNAME: 'HUSH@acme.example',
    SALESFORCE_PRIVATE_KEY_FILE: join(folder, 'key.pem'),
    SALESFORCE_BASE_URL: bound,
  });

  it.each([
    ['named', ACME],
    ['named', undefined],
    ['last', ACME],
  ] as const)('are sent to the base_url of a config that is %s if SALESFORCE_BASE_URL is %s', async (how, bound) => {
    const loaded = await config(ONLY_AUTH, env(bound), how);
    expect(loaded.privateKeyFile).toBe(join(folder, 'key.pem'));
    const read = await loaded.credentials();
    expect(read).toMatchObject({ clientId: 'HUSHID', username: 'HUSH@acme.example' });
    expect(isSame(read, KEY)).toBe(true);
  });

  const NAMES = 'SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY_FILE';
  it.each([
    ['all are missing in it', ONLY_AUTH],
    ['the key is missing in it', `${ONLY_AUTH}client_id: id\nusername: int@acme.example\n`],
    ['the username is missing in it', `${ONLY_AUTH}client_id: id\nprivate_key_file: key.pem\n`],
    ['the id is missing in it', `${ONLY_AUTH}username: int@acme.example\nprivate_key_file: key.pem\n`],
  ])('are not used if a config has another base_url: %s', async (_, yaml) => {
    expect(await said(yaml, env(OTHER))).toBe(
      `${NAMES} in the environment are for ${OTHER} (SALESFORCE_BASE_URL), but base_url in <here>/config.yaml is ${ACME}. Nothing was sent. Correct the one that is wrong, or write client_id, username and private_key_file into the file.`,
    );
  });

  it('are not used if nobody named the config or an address', async () => {
    expect(await said(ONLY_AUTH, env(), 'last')).toBe(
      `<here>/config.yaml, from .data/last, would send ${NAMES} from the environment to ${ACME}. Nothing was sent. If they are for that address, pass --config <here>/config.yaml; otherwise set SALESFORCE_BASE_URL to the address that they are for.`,
    );
  });

  it('do not make the key of a config readable that nobody named', async () => {
    expect(await said(JWT, {}, 'last')).toBe(
      '<here>/config.yaml, from .data/last, sets private_key_file, which is read only from a config file given by --config: pass --config <here>/config.yaml if you trust it.',
    );
  });

  it('are not repeated if a key is in place of its path', async () => {
    for (const text of [KEY, KEY.split('\n').slice(1, -2).join('')])
      expect(await said(ONLY_AUTH, { ...env(ACME), SALESFORCE_PRIVATE_KEY_FILE: text })).toBe(
        'SALESFORCE_PRIVATE_KEY_FILE is not a path: set it to the path of a file that holds the private key, not to the key itself.',
      );
  });

  it('are named by the variable if the key file is bad', async () => {
    await written('key.pem', '');
    expect(await said(ONLY_AUTH, env(ACME))).toContain('SALESFORCE_PRIVATE_KEY_FILE: <here>/key.pem is empty');
  });
});
