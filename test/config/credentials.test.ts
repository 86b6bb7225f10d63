import { chmod, chown, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

/** A folder in which a person starts commands, and that others may have filled. */
let folder: string;
let file: string;
const before = process.cwd();
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'credentials-')));
  process.chdir(folder);
  await mkdir('.data/acme', { recursive: true, mode: 0o700 });
  file = join(folder, '.data', 'acme', 'config.yaml');
  await write('.data/last', `${file}\n`);
});
afterEach(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, text: string, mode = 0o600): Promise<void> {
  await writeFile(path, text);
  await chmod(path, mode);
}

const BASE = 'base_url: https://acme.my.salesforce.com\n';
const OWN = { SALESFORCE_CLIENT_ID: 'HUSHID', SALESFORCE_CLIENT_SECRET: 'HUSHSECRET' };
const GIVEN = { clientId: 'HUSHID', clientSecret: 'HUSHSECRET' };
const ACME = 'https://acme.my.salesforce.com';
const OTHER = 'https://other.my.salesforce.com';

/** The credentials of a config file with this text, named by its path or found through `.data/last`, or the error. */
async function credentials(how: 'named' | 'last', yaml: string, env: NodeJS.ProcessEnv) {
  await write(file, yaml);
  const config = await loadConfig(how === 'named' ? file : undefined, env);
  return config.credentials().catch((error: Error) => error.message);
}

describe("the environment's credentials", () => {
  it.each([
    ['named', ACME],
    ['named', 'acme.my.salesforce.com/'],
    ['named', undefined],
    ['last', ACME],
    ['last', `${ACME}:443/services`],
  ] as const)('are sent to the base_url of a config that is %s if SALESFORCE_BASE_URL is %s', async (how, bound) => {
    expect(await credentials(how, BASE, { ...OWN, SALESFORCE_BASE_URL: bound })).toEqual(GIVEN);
  });

  it.each([
    ['named', OTHER],
    ['last', OTHER],
    ['named', 'https://acme.my.salesforce.com:8443'],
    ['named', 'http://127.0.0.1'],
  ] as const)('are not used if a config that is %s has a base_url other than %s', async (how, bound) => {
    const said = await credentials(how, BASE, { ...OWN, SALESFORCE_BASE_URL: bound });
    expect(said).toBe(
      `SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET in the environment are for ${bound} (SALESFORCE_BASE_URL), but base_url in ${file} is ${ACME}. Nothing was sent. Correct the one that is wrong, or write client_id and client_secret into the file.`,
    );
  });

  it.each([
    ['both are missing in it', BASE],
    ['only the secret is missing in it', `${BASE}client_id: id\n`],
    ['only the id is missing in it', `${BASE}client_secret: secret\n`],
  ])('are not used if nobody named the config or an address: %s', async (_, yaml) => {
    const said = await credentials('last', yaml, OWN);
    expect(said).toBe(
      `${file}, from .data/last, would send SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET from the environment to ${ACME}. Nothing was sent. If they are for that address, pass --config ${file}; otherwise set SALESFORCE_BASE_URL to the address that they are for.`,
    );
  });

  it('are not used if SALESFORCE_BASE_URL is no address, which is not repeated', async () => {
    const said = await credentials('named', BASE, { ...OWN, SALESFORCE_BASE_URL: 'ftp://HUSH' });
    expect(said).toMatch(/^SALESFORCE_BASE_URL in the environment is not a My Domain address/);
    expect(said).not.toContain('HUSH');
  });

  it('do not count if the file has its own, for any address', async () => {
    const yaml = `${BASE}client_id: id\nclient_secret: secret\n`;
    const own = { clientId: 'id', clientSecret: 'secret' };
    for (const how of ['named', 'last'] as const)
      expect(await credentials(how, yaml, { ...OWN, SALESFORCE_BASE_URL: OTHER })).toEqual(own);
  });
});

describe('a secret file', () => {
  it('is read for a config that a person named, but not for one that .data/last names', async () => {
    await write('secret', 'HUSHFILE\n');
    const yaml = `${BASE}client_id: id\nclient_secret_file: ${join(folder, 'secret')}\n`;
    expect(await credentials('named', yaml, {})).toEqual({ clientId: 'id', clientSecret: 'HUSHFILE' });
    expect(await credentials('last', yaml, {})).toBe(
      `${file}, from .data/last, sets client_secret_file, which is read only from a config file given by --config: pass --config ${file} if you trust it.`,
    );
  });
});

describe('.data/last and the config that it names', () => {
  const last = () => loadConfig(undefined, {});
  const openings: [string, () => string][] = [
    ['.data', () => join(folder, '.data')],
    ['.data/last', () => join(folder, '.data', 'last')],
    ["the config's folder", () => join(folder, '.data', 'acme')],
    ['the config', () => file],
  ];
  beforeEach(() => write(file, BASE));

  it('are trusted if they belong to the user', async () => {
    expect((await last()).file).toBe(file);
    await chmod(file, 0o644);
    expect((await last()).file).toBe(file);
  });

  it.each(openings)(
    'are not trusted if others can write %s, but the config still is if a person names it',
    async (_, path) => {
      const { mode } = await import('node:fs').then(({ statSync }) => statSync(path()));
      for (const bit of [0o020, 0o002]) {
        await chmod(path(), mode | bit);
        await expect(last()).rejects.toThrow(`${path()} can be written by other users, so `);
        await expect(last()).rejects.toThrow(
          /pass --config .* if you trust it. If the path is yours, stop others from writing to it \(chmod go-w\)/,
        );
        expect((await loadConfig(file, {})).file).toBe(file);
      }
      await chmod(path(), mode);
      expect((await last()).file).toBe(file);
    },
  );

  // Only root can give a file away.
  it.runIf(process.geteuid?.() === 0).each(openings)(
    'are not trusted if %s belongs to another user',
    async (_, path) => {
      await chown(path(), 12_345, 12_345);
      await expect(last()).rejects.toThrow(`${path()} belongs to another user (uid 12345), so `);
      expect((await loadConfig(file, {})).file).toBe(file);
    },
  );

  it('are checked behind a link', async () => {
    await mkdir('theirs', { mode: 0o700 });
    await write('theirs/config.yaml', BASE, 0o666);
    await rm(file);
    await symlink(join(folder, 'theirs', 'config.yaml'), file);
    await expect(last()).rejects.toThrow('can be written by other users');
  });

  it('give different errors if nothing was started, and if the config is gone', async () => {
    await rm(file);
    await expect(last()).rejects.toThrow(
      `.data/last names ${file}, which cannot be read: pass --config <file>, or run`,
    );
    await rm('.data', { recursive: true });
    await expect(last()).rejects.toThrow('No --config was given, and nothing has been started here yet');
  });
});
