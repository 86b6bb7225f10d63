import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { type Synced, synced } from '../audit/synced.ts';
import { account, caseId, opportunity, PEOPLE } from '../sync/org-folder.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A synced org with the config file of its connection. The program runs in this process, as its operator types it. */
async function operated(): Promise<Synced & { type(...args: string[]): Promise<Ended> }> {
  const world = await synced();
  const folder = mkdtempSync(join(tmpdir(), 'explained-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'config.yaml');
  const settings = { connection: 'test', base_url: world.org.url, client_id: 'sandbox', client_secret: 'sandbox' };
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  // Commands warn about a secret that others can read.
  writeFileSync(config, `${lines.join('')}index: { path: ${JSON.stringify(world.path)} }\n`, { mode: 0o600 });
  return { ...world, type: (...args) => typed([...args, '--config', config]) };
}

async function typed(args: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const listen = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += text;
      return true;
    });
  const listening = [listen('stdout'), listen('stderr')];
  try {
    await run(args);
    return { ...written, code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = undefined;
    for (const each of listening) each.mockRestore();
  }
}

/** The fields that the help of a command names for its --json. */
function documented(command: string): string[] {
  const help = readFileSync(join(packageRoot(), 'test/repo/help', `${command}.txt`), 'utf8').replaceAll(/\s+/g, ' ');
  const [, named = ''] = /--json writes \{ (.*?) \}:/.exec(help) ?? [];
  return named
    .replaceAll(/: \{[^}]*\}/g, '')
    .split(', ')
    .toSorted();
}

/** The output without the parts that differ from run to run. */
const settled = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');

describe('explain', () => {
  it('shows a chain or what was missing, and exits with 0 for both', async () => {
    const world = await operated();
    const asked: [string, string][] = [
      [opportunity(3), 'manager@test.example'],
      [caseId(1), 'seller@test.example'],
      [account(99), 'agent@test.example'],
    ];
    let texts = '';
    for (const [record, as] of asked) {
      const { code, stdout, stderr } = await world.type('explain', record, '--as', as);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      texts += `$ explain ${record} --as ${as}\n${settled(stdout)}\n`;
    }
    await expect(texts).toMatchFileSnapshot('explain/told.txt');

    const told = JSON.parse((await world.type('explain', caseId(1), '--as', PEOPLE.agent, '--json')).stdout);
    expect(Object.keys(told).toSorted()).toEqual(documented('explain'));
    expect(told.chain[0].ids[0]).toBe(PEOPLE.agent);
    expect(await world.type('explain', caseId(1), '--as', 'nobody')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No user is named 'nobody'/),
    });
  });
});

describe('audit and search --verify', () => {
  it('exit with 0 for a good index, and with 1 for a leak, with the reasons and without the hit', async () => {
    const world = await operated();
    const good = await world.type('audit', '--sample', '80', '--seed', '7');
    expect(good).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Asking Salesforce .*seed 7\): \d+ API calls?\.\n$/),
    });
    expect(good.stdout).toMatch(/\nNo leak, no loss\.\n$/);

    await world.tamper('Case', caseId(1), [PEOPLE.otherSeller]);
    const args = ['--as', 'other@test.example', '--seed', '7'];
    const bad = await world.type('audit', ...args);
    expect(bad.code).toBe(1);
    await expect(settled(bad.stdout)).toMatchFileSnapshot('explain/leak.txt');
    const report = JSON.parse((await world.type('audit', ...args, '--json')).stdout);
    expect(Object.keys(report).toSorted()).toEqual(documented('audit'));
    expect(report).toMatchObject({ leaks: 1, losses: 0, differences: [{ kind: 'leak' }] });

    const search = ['search', 'crane', '--as', 'other@test.example', '--format', 'json'];
    const idsOf = ({ stdout }: Ended) => JSON.parse(stdout).hits.map(({ id }: { id: string }) => id);
    expect(idsOf(await world.type(...search))).toContain(caseId(1));
    const verified = await world.type(...search, '--verify');
    expect(idsOf(verified)).not.toContain(caseId(1));
    expect(verified.stderr).toBe('1 hit left out: Salesforce denies it.\n');
    // An operator's tool: it shows what the library hides from its users.
    const written = JSON.parse(verified.stdout);
    expect(written).toMatchObject({ denied: 1, unverified: 0, total: written.hits.length, totalIsLowerBound: false });
    expect(JSON.parse((await world.type(...search)).stdout)).not.toHaveProperty('denied');
    const table = await world.type('search', 'crane', '--as', 'other@test.example', '--verify');
    expect(table.stderr).toBe(
      `1 hit left out: Salesforce denies it.\n${written.hits.length} confirmed by Salesforce.\n`,
    );
  });

  it('report wrong flags before they query anything', async () => {
    const world = await operated();
    for (const [args, says] of [
      [['audit', '--sample', '0'], "--sample is '0'. Write a whole number, 1 to 100000.\n"],
      [['search', '--as', PEOPLE.agent, '--format', 'ids', '--verify'], /^--verify confirms the hits on a page/],
    ] as const) {
      const { code, stdout, stderr } = await world.type(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(says);
    }
    expect(await world.org.requests()).toEqual([]);
  });
});
