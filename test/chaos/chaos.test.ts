import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { processesOf } from '../cli/command-line.ts';
import { waitUntil } from '../sync/wait.ts';

/** Most of a round waits for missed heartbeats. Next to other tests this takes several times as long. */
const ENOUGH_MS = 600_000;

interface Harness {
  readonly pid: number;
  lines(): readonly string[];
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  stop(): void;
}

/** `npm run chaos` with these arguments. */
function chaos(...args: readonly string[]): Harness {
  const child = spawn(process.execPath, [join(packageRoot(), 'tools', 'dist', 'tools', 'chaos', 'main.js'), ...args]);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  return {
    pid: child.pid ?? 0,
    lines: () => output.stdout.trimEnd().split('\n'),
    ended: new Promise((done) => child.once('close', (code) => done({ code, stderr: output.stderr }))),
    stop: () => child.kill('SIGINT'),
  };
}

const only = (...names: readonly string[]): string[] => names.flatMap((name) => ['--only', name]);

describe.concurrent('the chaos harness', () => {
  it('finds that the index equals the org after killed and broken processes', { timeout: ENOUGH_MS }, async () => {
    const faultKinds = only('both killed after commit in backfillSlice', 'index restored from a copy');
    const harness = chaos('--seed', '5', '--rounds', '2', '--worlds', '1', ...faultKinds);
    const { code, stderr } = await harness.ended;
    expect(harness.lines().at(-1), [...harness.lines(), stderr].join('\n')).toBe(
      'rounds 2, kills 1, faults 1, lost 0, twice 0, leaked 0',
    );
    expect(code).toBe(0);
  });

  it('catches a position that is committed before its records', { timeout: ENOUGH_MS }, async () => {
    const kill = only('worker killed before commit in backfillSlice');
    // Only a kill between two commits loses records: the first moved the position, the second would write them.
    const harness = chaos('--seed', '5', '--rounds', '6', '--bug', 'checkpoint-before-commit', ...kill);
    const isLost = () => harness.lines().some((line) => line.includes(' LOST '));
    await Promise.race([harness.ended, waitUntil(async () => isLost(), ENOUGH_MS)]);
    harness.stop();
    const { stderr } = await harness.ended;
    expect(isLost(), [...harness.lines(), stderr].join('\n')).toBe(true);
  });

  it('catches a refused table that keeps others from being read', { timeout: ENOUGH_MS }, async () => {
    const refused = only('share table refused');
    const harness = chaos('--seed', '3', '--rounds', '1', '--bug', 'refused-table-stops-all', ...refused);
    const { code, stderr } = await harness.ended;
    const lines = [...harness.lines(), stderr].join('\n');
    expect(lines).toMatch(/ LOST while FROM \w+Share: \w+, nobody finds \w{18} by its new title 'fresh\d+'\n/);
    expect(code).toBe(1);
  });

  it('leaves nothing behind on Ctrl-C', { timeout: ENOUGH_MS }, async () => {
    const harness = chaos('--seed', '1', '--rounds', '1');
    const folder = join(tmpdir(), `chaos-${harness.pid}`);
    await waitUntil(async () => existsSync(join(folder, 'A', 'worker-1.log')));
    expect(processesOf(folder)).not.toEqual([]);
    harness.stop();
    expect(await harness.ended).toEqual({ code: 130, stderr: '' });
    expect(processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('rejects an unknown fault, and names it', async () => {
    const { code, stderr } = await chaos('--rounds', '1', ...only('run terminated', 'tide')).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^No fault has 'tide' in its name\. The faults are:\n(?: {2}.+\n)* {2}run terminated\n/);
  });

  it('prints its usage if it is called wrongly', async () => {
    const { code, stderr } = await chaos('--round', '1').ended;
    expect(code).toBe(2);
    expect(stderr).toBe(
      "Unknown option '--round'. npm run chaos -- [--seed S] [--rounds N] [--worlds N] [--engine opensearch] [--only <part of a name>]… [--bug <name>]\n",
    );
  });
});
