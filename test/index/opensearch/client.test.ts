import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { SecretSource } from '../../../src/index/location.ts';
import { type ClusterLocation, connectCluster } from '../../../src/index/opensearch/client.ts';
import { unavailableBecause } from '../../../src/index/opensearch/failures.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { failureIn, type Listener, locationOf, NO_TLS, withClient, withServer } from './scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'client-'));
afterAll(() => rmSync(folder, { recursive: true }));

const authority = makeAuthority(folder, 'authority');
const other = makeAuthority(folder, 'other');
const server = makeCertificate(folder, 'server', { by: 'authority' });
const elsewhere = makeCertificate(folder, 'elsewhere', { by: 'authority', host: 'DNS:elsewhere.example' });
const expired = makeCertificate(folder, 'expired', { by: 'authority', days: 0 });
const client = makeCertificate(folder, 'client', { by: 'authority' });
const stranger = makeCertificate(folder, 'stranger', { by: 'other' });

const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const ok: Listener = (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};

const trusting = { ...NO_TLS, caFile: authority.certFile };
const withTls = (tls: Partial<ClusterLocation['tls']>) => ({ tls: { ...trusting, ...tls } });

describe('TLS', () => {
  const fails = (options: Parameters<typeof withServer>[2], more: Partial<ClusterLocation>) =>
    withServer(
      ok,
      (url) => withClient(locationOf(url, more), (connected) => failureIn(() => connected.info())),
      options,
    );

  it("works with an authority of one's own", async () => {
    const answer = await withServer(ok, (url) => withClient(locationOf(url, withTls({})), (it) => it.info()), server);
    expect(answer.statusCode).toBe(200);
  });

  it('works with several authorities in one file', async () => {
    const both = file('both.pem', `# two of them\n${other.cert}${authority.cert}`);
    const tls = withTls({ caFile: both });
    await withServer(ok, (url) => withClient(locationOf(url, tls), (it) => it.info()), server);
  });

  it.each([
    ['another authority', server, { ...NO_TLS, caFile: other.certFile }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ca_file'],
    ['no authority', server, NO_TLS, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ca_file'],
    ['another host', elsewhere, trusting, 'ERR_TLS_CERT_ALTNAME_INVALID', 'index.url'],
    ['an expired certificate', expired, trusting, 'CERT_HAS_EXPIRED', 'Renew'],
  ])('is refused with %s', async (_, { cert, key }, tls, nodeCode, remedy) => {
    const failure = await fails({ cert, key }, { tls });
    expect(failure).toEqual({ code: 'certificate_refused', nodeCode });
    const error = unavailableBecause(failure, 'https://127.0.0.1');
    expect(error).toMatchObject({ engineCode: nodeCode });
    expect(error.message).toContain(remedy);
  });

  const demanding = { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true };

  it('works with a client certificate', async () => {
    const tls = withTls({ certFile: client.certFile, keyFile: client.keyFile });
    await withServer(ok, (url) => withClient(locationOf(url, tls), (it) => it.info()), demanding);
  });

  it.each([
    ['TLSv1.3', 'client_certificate_refused', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    // Node.js has no more exact code for it.
    ['TLSv1.2', 'tls_failed', 'EPROTO'],
  ] as const)('%s is refused without a client certificate', async (maxVersion, code, nodeCode) => {
    const failure = await fails({ ...demanding, maxVersion }, withTls({}));
    expect(failure).toEqual({ code, nodeCode });
    expect(unavailableBecause(failure, 'https://127.0.0.1').message).toContain('index.tls.cert_file');
  });
});

describe('the login', () => {
  const PASSWORD = 'pässword: of the user';
  const only: Listener = (request, response) => {
    request.resume();
    const expected = `Basic ${Buffer.from(`connector:${PASSWORD}`).toString('base64')}`;
    const isRight = request.headers.authorization === expected;
    response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
  };
  const basic = (password: SecretSource) => ({ auth: { kind: 'basic', username: 'connector', password } }) as const;
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('takes the password from a file', async () => {
    const password = { file: file('password', `${PASSWORD}\n`) };
    await withServer(only, (url) => withClient(locationOf(url, basic(password)), (it) => it.info()));
  });

  it('takes the password from a variable', async () => {
    vi.stubEnv('OPENSEARCH_TEST_PASSWORD', PASSWORD);
    const location = basic({ variable: 'OPENSEARCH_TEST_PASSWORD' });
    await withServer(only, (url) => withClient(locationOf(url, location), (it) => it.info()));
  });

  it('is refused with another password, and no error contains it', async () => {
    const location = basic({ file: file('other-password', 'not-this-one') });
    const error = await withServer(only, (url) =>
      withClient(locationOf(url, location), (it) => it.info().catch((refused: unknown) => refused)),
    );
    const failure = await failureIn(() => Promise.reject(error));
    expect(failure).toEqual({ code: 'unauthenticated' });
    const { message } = unavailableBecause(failure, 'http://127.0.0.1');
    expect(message).toContain('index.auth');
    const secret = Buffer.from('connector:not-this-one').toString('base64');
    for (const text of [message, String(error), JSON.stringify(error)]) {
      expect(text).not.toContain('not-this-one');
      expect(text).not.toContain(secret);
    }
  });
});

describe('the connection', () => {
  it('is used again', async () => {
    const sockets = new Set<unknown>();
    const counting: Listener = (request, response) => {
      sockets.add(request.socket);
      ok(request, response);
    };
    await withServer(counting, (url) =>
      withClient(locationOf(url), async (it) => {
        await it.info();
        await it.info();
      }),
    );
    expect(sockets.size).toBe(1);
  });

  it('uses the path of the address', async () => {
    const paths: (string | undefined)[] = [];
    const noting: Listener = (request, response) => {
      paths.push(request.url);
      ok(request, response);
    };
    await withServer(noting, (url) => withClient(locationOf(`${url}/search/`), (it) => it.count({ index: 'a' })));
    expect(paths).toEqual(['/search/a/_count']);
  });
});

describe('a file or a variable that cannot be used', () => {
  const SECRET = 'MIGHAgEAMBMGByqGSM49AgEG';
  const missing = join(folder, 'missing');
  const broken = file('broken.pem', `-----BEGIN CERTIFICATE-----\n${SECRET}\n-----END CERTIFICATE-----\n`);
  const brokenKey = file('broken.key', `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`);
  const encrypted = file('encrypted.key', `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${SECRET}\n`);
  const half = file('half.pem', `${authority.cert}-----BEGIN CERTIFICATE-----\n${SECRET}\n-----END CERTIFICATE-----\n`);
  const password = (source: { file: string } | { variable: string }): Partial<ClusterLocation> => ({
    auth: { kind: 'basic', username: 'connector', password: source },
  });
  const own = (certFile: string | null, keyFile: string | null) => withTls({ certFile, keyFile });

  it.each<[string, Partial<ClusterLocation>, string, RegExp]>([
    ['a missing authority', withTls({ caFile: missing }), 'tls_file_unreadable', /^index\.tls\.ca_file: .*ENOENT/],
    ['a folder', withTls({ caFile: folder }), 'tls_file_unreadable', /^index\.tls\.ca_file: .*EISDIR/],
    ['a broken authority', withTls({ caFile: broken }), 'tls_file_malformed', /^index\.tls\.ca_file: /],
    ['one broken of two', withTls({ caFile: half }), 'tls_file_malformed', /^index\.tls\.ca_file: /],
    ['a key for an authority', withTls({ caFile: client.keyFile }), 'tls_file_malformed', /^index\.tls\.ca_file: /],
    ['a missing certificate', own(missing, client.keyFile), 'tls_file_unreadable', /^index\.tls\.cert_file: .*ENOENT/],
    ['a broken certificate', own(broken, client.keyFile), 'tls_file_malformed', /^index\.tls\.cert_file: /],
    ['a missing key', own(client.certFile, missing), 'tls_file_unreadable', /^index\.tls\.key_file: .*ENOENT/],
    ['a broken key', own(client.certFile, brokenKey), 'tls_file_malformed', /^index\.tls\.key_file: /],
    ['a key with a passphrase', own(client.certFile, encrypted), 'tls_file_malformed', /key_file: .*passphrase/],
    [
      "another certificate's key",
      own(client.certFile, stranger.keyFile),
      'tls_file_malformed',
      /key_file: .*not the key/,
    ],
    [
      'a certificate without key',
      own(client.certFile, null),
      'tls_file_malformed',
      /^index\.tls\.cert_file .*key_file/,
    ],
    ['a key without certificate', own(null, client.keyFile), 'tls_file_malformed', /^index\.tls\.key_file .*cert_file/],
    [
      'no password',
      password({ file: missing }),
      'secret_file_unreadable',
      /^index\.auth\.basic\.password_file: .*ENOENT/,
    ],
    ['an empty password', password({ file: file('empty', ' \n') }), 'secret_file_malformed', /password_file: .*empty/],
    ['two passwords', password({ file: file('two', `${SECRET}\nb\n`) }), 'secret_file_malformed', /more than one line/],
    ['no variable', password({ variable: 'NO_SUCH_VARIABLE' }), 'credential_missing', /NO_SUCH_VARIABLE/],
  ])('is named: %s', async (_, more, code, message) => {
    const error = await connectCluster(locationOf('https://127.0.0.1:1', more)).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ name: 'UserError', code, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain(SECRET);
  });
});
