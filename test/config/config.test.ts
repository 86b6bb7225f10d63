import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { configKeys } from '../../src/config/schema.ts';
import { packageRoot } from '../../src/process/package-root.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
  file = join(folder, 'config.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const BASE = 'base_url: https://acme--uat.sandbox.my.salesforce.com\n';

async function load(yaml: string, env: NodeJS.ProcessEnv = {}): Promise<Config> {
  await writeFile(file, yaml);
  return loadConfig(file, env);
}

async function problem(yaml: string): Promise<string> {
  const error = await load(yaml).then(
    () => new Error('loaded without a problem'),
    (thrown: Error) => thrown,
  );
  return error.message.replaceAll(file, 'config.yaml');
}

describe('a good file', () => {
  it('needs only base_url, and everything else has its default', async () => {
    const config = await load(BASE);
    expect(config).toMatchObject({
      file,
      connection: 'acme-uat-sandbox',
      baseUrl: 'https://acme--uat.sandbox.my.salesforce.com',
      cronSpec: '*/10 * * * *',
      timezone: 'UTC',
      completeBackfillFrequency: 48,
      sliceRecords: 16000,
      pageSize: 2000,
      apiBudgetPercent: 80,
      sweepGuardPercent: 20,
      frozenUsers: 'closed',
      objects: {},
      dataDir: join(folder, '.data'),
      index: { engine: 'sqlite', path: join(folder, '.data', 'acme-uat-sandbox', 'index.db') },
      temporal: { binary: null },
      metrics: { listen: null },
    });
  });

  it('names a connection by the host up to .my.salesforce.com, unless it has a folder with its older name', async () => {
    expect((await load('base_url: https://acme.my.salesforce.com\n')).connection).toBe('acme');
    const older = join(folder, '.data', 'acme-uat');
    mkdirSync(older, { recursive: true });
    expect((await load(BASE)).connection).toBe('acme-uat');
    mkdirSync(join(folder, '.data', 'acme-uat-sandbox'));
    expect((await load(BASE)).connection).toBe('acme-uat-sandbox');
    rmSync(join(folder, '.data'), { recursive: true });
  });

  it('sets every key, with paths relative to its own folder', async () => {
    const config = await load(`${BASE}connection: north
client_id: id
client_secret: secret
cron-spec: "*/5 8-18 * * MON-FRI"
timezone: Europe/Berlin
complete_backfill_frequency: 1
slice_records: 500
page_size: 200
api_budget_percent: 55
sweep_guard_percent: 0
frozen_users: open
data_dir: state
index: { engine: sqlite, path: n.db }
temporal: { binary: bin/temporal }
`);
    expect(config).toMatchObject({
      connection: 'north',
      cronSpec: '*/5 8-18 * * MON-FRI',
      timezone: 'Europe/Berlin',
      completeBackfillFrequency: 1,
      sliceRecords: 500,
      pageSize: 200,
      apiBudgetPercent: 55,
      sweepGuardPercent: 0,
      frozenUsers: 'open',
      dataDir: join(folder, 'state'),
      index: { path: join(folder, 'n.db') },
      temporal: { binary: join(folder, 'bin', 'temporal') },
    });
  });
});

describe('credentials', () => {
  it('come from the file', async () => {
    const config = await load(`${BASE}client_id: id\nclient_secret: secret\n`, { SALESFORCE_CLIENT_SECRET: 'other' });
    expect(await config.credentials()).toEqual({ clientId: 'id', clientSecret: 'secret' });
  });

  it('come from the environment if the file has none, read again each time', async () => {
    const env: NodeJS.ProcessEnv = { SALESFORCE_CLIENT_ID: 'id', SALESFORCE_CLIENT_SECRET: 'old' };
    const config = await load(BASE, env);
    expect(await config.credentials()).toEqual({ clientId: 'id', clientSecret: 'old' });
    env.SALESFORCE_CLIENT_SECRET = 'new';
    expect(await config.credentials()).toEqual({ clientId: 'id', clientSecret: 'new' });
  });

  it('come from a secret file, read again each time, without its line end', async () => {
    await writeFile(join(folder, 'secret'), 'old\n');
    const config = await load(`${BASE}client_id: id\nclient_secret_file: secret\n`);
    expect(await config.credentials()).toEqual({ clientId: 'id', clientSecret: 'old' });
    await writeFile(join(folder, 'secret'), 'new\n');
    expect(await config.credentials()).toEqual({ clientId: 'id', clientSecret: 'new' });
  });

  it.each([
    [
      'a missing id names the key and the variable',
      'client_secret: s',
      'client_id is missing: write it there, or set SALESFORCE_CLIENT_ID.',
    ],
    [
      'a missing secret names the keys and the variable',
      'client_id: i',
      'client_secret is missing: write it or client_secret_file there, or set SALESFORCE_CLIENT_SECRET.',
    ],
    [
      'a missing secret file is reported by its key, because the value may be a secret',
      'client_id: i\nclient_secret_file: nowhere',
      "config.yaml: client_secret_file: the file cannot be read (ENOENT): correct the path or the file's permissions.",
    ],
  ])('%s', async (_, yaml, message) => {
    const config = await load(BASE + yaml);
    await expect(config.credentials()).rejects.toThrow(message);
  });

  it('are never in the printed config', async () => {
    const config = await load(`${BASE}client_id: IDENTITY\nclient_secret: HUSHHUSH\n`);
    const shown = JSON.stringify(config) + inspect(config, { depth: null, showHidden: true });
    expect(await config.credentials()).toEqual({ clientId: 'IDENTITY', clientSecret: 'HUSHHUSH' });
    expect(shown).not.toContain('HUSHHUSH');
    expect(shown).not.toContain('IDENTITY');
  });
});

const FORM = 'write five fields (minute hour day-of-month month day-of-week), like "*/10 * * * *".';

describe('a bad value is reported in one line with file, line, key and what is allowed, without the value', () => {
  it.each([
    [
      'base_url left out',
      'connection: a',
      'config.yaml: base_url is missing: write the My Domain address, like https://mycompany.my.salesforce.com.',
    ],
    [
      'base_url is the login host',
      'base_url: login.salesforce.com',
      `config.yaml, line 1, base_url: the text there is login.salesforce.com, which every org shares. Set base_url to the org's My Domain URL, https://<MyDomain>.my.salesforce.com (Setup › My Domain › Current My Domain URL).`,
    ],
    [
      'base_url is a number',
      'base_url: 7',
      'config.yaml, line 1, base_url: the number there is not allowed: write the My Domain address, like https://mycompany.my.salesforce.com.',
    ],
    [
      'a connection with a space',
      `${BASE}connection: North Wind`,
      'config.yaml, line 2, connection: the text there is not allowed: use small letters, digits and hyphens, 63 at most.',
    ],
    [
      'a connection that is empty',
      `${BASE}connection:`,
      'config.yaml, line 2, connection: the empty value there is not allowed: write a name.',
    ],
    [
      'a cron-spec with six fields',
      `${BASE}cron-spec: "0 */10 * * * *"`,
      `config.yaml, line 2, cron-spec: the text there has 6 fields (Temporal would read the sixth as the year: "0 */10 * * * *" means every 10 hours); ${FORM}`,
    ],
    [
      'a cron-spec with four fields',
      `${BASE}cron-spec: "* * * *"`,
      `config.yaml, line 2, cron-spec: the text there has 4 fields; ${FORM}`,
    ],
    [
      'a cron-spec with @every',
      `${BASE}cron-spec: "@every 5m"`,
      `config.yaml, line 2, cron-spec: the text there is a nickname or an interval; ${FORM}`,
    ],
    [
      'a cron-spec with a nickname',
      `${BASE}cron-spec: "@hourly"`,
      `config.yaml, line 2, cron-spec: the text there is a nickname or an interval; ${FORM}`,
    ],
    [
      'a cron-spec with its own zone',
      `${BASE}cron-spec: "CRON_TZ=Europe/Berlin 0 * * * *"`,
      'config.yaml, line 2, cron-spec: the text there names a time zone; write the zone under `timezone` and here only the five fields.',
    ],
    [
      'a cron-spec out of range',
      `${BASE}cron-spec: "61 * * * *"`,
      `config.yaml, line 2, cron-spec: the text there is not valid (check its minute); ${FORM}`,
    ],
    [
      'a cron-spec with a last day, which Temporal does not know',
      `${BASE}cron-spec: "0 0 L * *"`,
      `config.yaml, line 2, cron-spec: the text there uses syntax that Temporal does not know, such as L, W, # or ?; ${FORM}`,
    ],
    [
      'a cron-spec for a day that never comes',
      `${BASE}cron-spec: "0 0 31 2 *"`,
      'config.yaml, line 2, cron-spec: the text there never matches: no such day exists.',
    ],
    [
      'a cron-spec without quotes',
      `${BASE}cron-spec: */10 * * * *`,
      'config.yaml, line 2, cron-spec: a value that begins with * must be in quotes, like "*/10 * * * *"',
    ],
    [
      'a zone that does not exist',
      `${BASE}timezone: Mars/Base`,
      'config.yaml, line 2, timezone: the text there is not allowed: write a zone of the IANA time zone database, like UTC or Europe/Berlin.',
    ],
    [
      'a zone that is an offset',
      `${BASE}timezone: "+02:00"`,
      'config.yaml, line 2, timezone: the text there is not allowed: write a zone of the IANA time zone database, like UTC or Europe/Berlin.',
    ],
    [
      'a frequency of 0',
      `${BASE}complete_backfill_frequency: 0`,
      'config.yaml, line 2, complete_backfill_frequency: the number there is not allowed: write a whole number, 1 or more (48: every 48th run is complete; 1: every run).',
    ],
    [
      'a frequency that is text',
      `${BASE}complete_backfill_frequency: often`,
      'config.yaml, line 2, complete_backfill_frequency: the text there is not allowed: write a whole number, 1 or more (48: every 48th run is complete; 1: every run).',
    ],
    [
      'a frequency in quotes',
      `${BASE}complete_backfill_frequency: "48"`,
      'config.yaml, line 2, complete_backfill_frequency: the text there is not allowed: write a whole number, 1 or more (48: every 48th run is complete; 1: every run).',
    ],
    [
      'a frequency that is not whole',
      `${BASE}complete_backfill_frequency: 1.5`,
      'config.yaml, line 2, complete_backfill_frequency: the number there is not allowed: write a whole number, 1 or more (48: every 48th run is complete; 1: every run).',
    ],
    [
      'a slice of nothing',
      `${BASE}slice_records: 0`,
      'config.yaml, line 2, slice_records: the number there is not allowed: write a whole number, 1 or more.',
    ],
    [
      'a page below 200',
      `${BASE}page_size: 199`,
      'config.yaml, line 2, page_size: the number there is not allowed: write a whole number from 200 to 2000.',
    ],
    [
      'a page above 2000',
      `${BASE}page_size: 2001`,
      'config.yaml, line 2, page_size: the number there is not allowed: write a whole number from 200 to 2000.',
    ],
    [
      'a guard above 100',
      `${BASE}sweep_guard_percent: 101`,
      'config.yaml, line 2, sweep_guard_percent: the number there is not allowed: write a whole number from 0 to 100.',
    ],
    [
      'another word for frozen users',
      `${BASE}frozen_users: yes`,
      'config.yaml, line 2, frozen_users: the text there is not allowed: write closed or open.',
    ],
    [
      'an unknown engine',
      `${BASE}index: { engine: lucene }`,
      'config.yaml, line 2, index.engine: the text there is not allowed: write sqlite or opensearch.',
    ],
    [
      'an index that is text',
      `${BASE}index: index.db`,
      'config.yaml, line 2, index: the text there is not allowed: set engine, path, url, prefix, shards, replicas, tls and auth under it.',
    ],
    [
      'a binary that is a list',
      `${BASE}temporal: { binary: [] }`,
      'config.yaml, line 2, temporal.binary: the list there is not allowed: write the path of the Temporal CLI.',
    ],
    [
      'a misspelt key',
      `${BASE}cron_spec: "* * * * *"`,
      'config.yaml, line 2: cron_spec is not a known key: did you mean cron-spec?',
    ],
    [
      'a misspelt key below another',
      `${BASE}index: { pth: x }`,
      'config.yaml, line 2: index.pth is not a known key: did you mean index.path?',
    ],
    [
      'an unknown key',
      `${BASE}colour: blue`,
      `config.yaml, line 2: this is not a known key: the keys are ${configKeys.filter((key) => !key.includes('.')).join(', ')}.`,
    ],
    [
      'a key that appears twice',
      `${BASE}page_size: 200\npage_size: 300`,
      'config.yaml, line 3, page_size: this key appears twice: keep one',
    ],
    [
      'a secret and a secret file',
      `${BASE}client_secret: a\nclient_secret_file: b`,
      'config.yaml, line 3, client_secret_file: the text there is not allowed: set client_secret or this, not both.',
    ],
    ['an empty file', '', 'config.yaml has no keys: write one `key: value` per line, at least base_url.'],
    ['a file of one word', 'hello', 'config.yaml has no keys: write one `key: value` per line, at least base_url.'],
  ])('%s', async (_, yaml, message) => {
    expect(await problem(yaml)).toBe(message);
  });

  it('all problems of a file are reported at once', async () => {
    const message = await problem(
      'page_size: 1\ntimezone: 5\nindx: {}\ncron-spec: "* *"\nclient_secret: a\nclient_secret_file: b\n',
    );
    expect(message.split('\n').map((line) => /(?:line \d+, |: )([\w-]+)/.exec(line)?.[1])).toEqual([
      'base_url',
      'cron-spec',
      'timezone',
      'page_size',
      'indx',
      'client_secret_file',
    ]);
  });

  it.each([
    ['of the wrong type', 'client_secret: 123456789'],
    ['that is an alias', 'client_secret: *HUSH123456789'],
    ['that breaks the YAML', 'client_secret: @HUSH123456789'],
    ['under a misspelt key', 'client_secrt: HUSH123456789'],
    ['in the address', 'base_url: "https://HUSH123456789:HUSH123456789@acme.my.salesforce.com"'],
  ])('a secret %s is not repeated', async (_, yaml) => {
    const message = await problem(yaml);
    expect(message).toContain('config.yaml');
    expect(message).not.toMatch(/HUSH|123456789/);
  });

  it('a missing file is named', async () => {
    await expect(loadConfig('/nowhere/config.yaml', {})).rejects.toThrow(
      '/nowhere/config.yaml cannot be read (ENOENT): --config takes the path of a YAML file.',
    );
  });
});

it('the example file loads, has the defaults, and names every key', async () => {
  const example = await readFile(join(packageRoot(), 'config.example.yaml'), 'utf8');
  const { file: _, ...defaults } = await load('base_url: https://mycompany.my.salesforce.com');
  const functions = { credentials: expect.any(Function), notify: expect.any(Function) };
  expect(await load(example)).toMatchObject({ ...defaults, ...functions });
  const [head = '', tail = ''] = example.split('# These are the defaults.\n');
  expect(tail).not.toBe('');
  const written = `${head}${tail.replaceAll(/^# /gm, '')}`.replaceAll(
    /^(?:(?:objects|temporal|metrics|notify|serve):.*\n|index:.*\n +engine: opensearch\n)(?: .*\n)*/gm,
    '',
  );
  expect(await load(written)).toMatchObject({ ...defaults, ...functions });
  for (const key of configKeys) expect(example).toMatch(new RegExp(`^#? *${key.split('.').at(-1)}:`, 'm'));
});
