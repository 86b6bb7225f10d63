import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodOrg, own } from '../check/checked.ts';
import { type Ended, run } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `check` with this config file. */
async function check(settings: Record<string, unknown>, ...flags: string[]): Promise<Ended> {
  const file = join(folder, 'config.yaml');
  const all = { connection: 'harbor', client_id: 'sandbox', client_secret: 'sandbox', ...settings };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  const lines = given.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  await writeFile(file, lines.join(''));
  return run(['check', '--config', file, ...flags], folder);
}

/** The output without the parts that differ from run to run. */
const settled = (text: string, org: { readonly url: string }): string => text.replaceAll(org.url, '<base_url>');

describe('check', () => {
  it('prints a line per step for a good org, with exit code 0', async () => {
    const org = await goodOrg();
    const { code, stdout, stderr } = await check({ base_url: org.url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(settled(stdout, org)).toMatchFileSnapshot('check/good.txt');
  });

  it('names the step to fix for a wrong secret, with exit code 1, and does not repeat the secret', async () => {
    const org = await goodOrg();
    const { code, stdout } = await check({ base_url: org.url, client_secret: 'HUSHHUSH' });
    expect(code).toBe(1);
    expect(stdout).not.toContain('HUSH');
    await expect(settled(stdout, org)).toMatchFileSnapshot('check/wrong-secret.txt');
  });

  it('says what a missing right hides and what to grant, with exit code 1', async () => {
    const org = await goodOrg();
    await own(org, { PermissionsViewRoles: false });
    const { code, stdout } = await check({ base_url: org.url });
    expect(code).toBe(1);
    await expect(settled(stdout, org)).toMatchFileSnapshot('check/missing-right.txt');
  });

  it('exits with 0 if there are only warnings', async () => {
    const org = await goodOrg();
    await own(org, { PermissionsManageUsers: false });
    const { code, stdout } = await check({ base_url: org.url }, '--json');
    expect({ code, status: JSON.parse(stdout).status }).toEqual({ code: 0, status: 'warning' });
  });

  it('prints the fields that its help names as JSON, and no others', async () => {
    const org = await goodOrg();
    const report: Record<string, unknown> = JSON.parse((await check({ base_url: org.url }, '--json')).stdout);
    const help = (await run(['check', '--help'], folder)).stdout.replaceAll(/\s+/g, ' ');
    const named = /--json writes \{ ([^}]*) \}/.exec(help)?.[1]?.split(', ').toSorted();
    expect(Object.keys(report).toSorted()).toEqual(named);
    const inner = ['steps', 'unseen', 'sizes'].flatMap((list) => Object.keys((report[list] as object[])[0] ?? {}));
    const forecast = Object.keys(report.forecast as object);
    for (const field of [...inner, ...forecast]) expect(help).toContain(field);
  });
});

describe('a base_url that check cannot use', () => {
  it.each([
    ['login.salesforce.com', 'https://<MyDomain>.my.salesforce.com'],
    ['https://test.salesforce.com', 'https://<MyDomain>.my.salesforce.com'],
    ['https://acme.lightning.force.com', 'is the Lightning host <MyDomain>.lightning.force.com'],
    ['http://acme.my.salesforce.com', 'in the clear'],
  ])('is reported as a step: %s', async (base_url, words) => {
    const { code, stdout } = await check({ base_url });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ 6\. Settings › OAuth Settings › Consumer Key and Secret, and the My Domain URL\n.*base_url/,
    );
    expect(stdout).toContain(words);
    expect(stdout).toContain('– 1. External Client App Manager');
  });

  it('is reported among the steps for a private key if the config file uses one', async () => {
    const keyed = { auth: 'jwt', client_secret: undefined, username: 'int@acme.example', private_key_file: 'key.pem' };
    const { code, stdout } = await check({ ...keyed, base_url: 'login.salesforce.com' });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ 6\. Settings › OAuth Settings › Consumer Key, the username, the private key, .*\n.*base_url/,
    );
    expect(stdout).toContain('– 3. Flow Enablement › Enable JWT Bearer Flow');
    expect(stdout).not.toContain('Secret');
  });

  it('is reported as bad input on stderr, a line for each mistake, if the file has other mistakes', async () => {
    const { code, stdout, stderr } = await check({ base_url: 'login.salesforce.com', page_size: 1 });
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 2 });
  });

  it('is not reported without a config file, which is bad input', async () => {
    const { code, stdout, stderr } = await run(['check'], folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^No --config was given/);
  });
});
