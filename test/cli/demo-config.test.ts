import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { binaryOf, readGivenKeys } from '../../src/cli/demo/given-config.ts';
import { run } from './command-line.ts';
import { writeSmallOrg } from './small-org.ts';

/** The demo with the keys of another config file. */

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cli-demo-config-')));
  await mkdir(join(folder, 'given'));
  file = join(folder, 'given', 'config.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const given = async (yaml: string) => {
  await writeFile(file, yaml);
  return readGivenKeys(file);
};

describe('the keys of another config file', () => {
  it('are taken with absolute paths, except what belongs to the sandbox org', async () => {
    const keys = await given(`base_url: https://acme.my.salesforce.com
connection: acme
client_id: id
client_secret_file: secret
data_dir: state
slice_records: 500
index:
  engine: opensearch
  path: runs.db
  url: https://search.acme.example
  tls: { ca_file: ca.pem }
  auth: { basic: { username: a, password_file: /run/secrets/opensearch } }
temporal: { binary: bin/temporal }
objects: { Lead: off }
`);
    const at = (...names: string[]) => join(folder, 'given', ...names);
    expect(keys).toEqual({
      slice_records: 500,
      index: {
        engine: 'opensearch',
        path: at('runs.db'),
        url: 'https://search.acme.example',
        tls: { ca_file: at('ca.pem') },
        auth: { basic: { username: 'a', password_file: '/run/secrets/opensearch' } },
      },
      temporal: { binary: at('bin', 'temporal') },
      objects: { Lead: 'off' },
    });
    expect(binaryOf(keys)).toBe(at('bin', 'temporal'));
  });

  it('may leave out what belongs to the sandbox org', async () => {
    const keys = await given('frozen_users: open\n');
    expect(keys).toEqual({ frozen_users: 'open' });
    expect(binaryOf(keys)).toBeNull();
  });

  it.each([
    ['a wrong value', 'index: { engine: lucene }\n', 'index.engine'],
    ['an unknown key', 'indx: {}\n', 'not a known key'],
    ['a file that is no YAML', 'index: {\n', 'is not closed'],
  ])('are refused with %s, by the name of that file', async (_, yaml, said) => {
    const error = await given(yaml).catch((thrown) => thrown);
    expect(error.message).toContain(file);
    expect(error.message).toContain(said);
  });
});

it('demo runs with them, and keeps them', { timeout: 240_000 }, async () => {
  const org = join(folder, 'Small Org');
  await writeSmallOrg(org);
  const objects = { Account: { where: "Name = 'Harbor Mill'" } };
  await writeFile(file, `objects: ${JSON.stringify(objects)}\nindex: { path: own.db }\n`);
  const { code, stdout, stderr } = await run(['demo', '--once', '--org', org, '--config', file], folder);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^Indexed by run 1, a complete backfill/);
  const config = parse(await readFile(join(folder, '.data', 'small-org', 'config.yaml'), 'utf8'));
  const path = join(folder, 'given', 'own.db');
  expect(config).toMatchObject({ connection: 'small-org', objects, index: { path } });
  expect(config.base_url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(existsSync(path)).toBe(true);
  const found = await run(['search', '--as', 'admin@small.example', '--format', 'ids'], folder);
  expect(found.stdout.trim().split('\n')).toHaveLength(1);
});
