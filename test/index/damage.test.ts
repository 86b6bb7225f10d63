import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { makeBase } from './damage/base.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-damage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = 'test/index/damage.test.ts';
const CASES = 50;
/** A case that is silent for longer than this counts as one that never ends. */
const SILENT_MS = 120_000;

interface Case {
  readonly seed: number;
  readonly how?: string;
  readonly answers?: number;
  readonly explained?: number;
  readonly wrong?: readonly string[];
  readonly leaks?: readonly string[];
}

/**
 * The cases of these seeds, in a separate process. The last case has no `how` if the process did not survive it.
 */
async function inChild(from: number, to: number): Promise<{ cases: Case[]; ended: string; stderr: string }> {
  const child = spawn(
    process.execPath,
    [join(packageRoot(), 'test', 'index', 'damage', 'child.mjs'), folder, `${from}`, `${to}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const silence = setTimeout(() => child.kill('SIGKILL'), SILENT_MS);
  const cases = new Map<number, Case>();
  createInterface(child.stdout).on('line', (line) => {
    silence.refresh();
    const answer = JSON.parse(line) as Case;
    cases.set(answer.seed, answer);
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-4_000);
  });
  const ended = await new Promise<string>((done) => child.once('close', (code, signal) => done(`${signal ?? code}`)));
  clearTimeout(silence);
  return { cases: [...cases.values()], ended, stderr };
}

/** All cases, and what went wrong with them. If a case ends its process, another process continues. */
async function fuzz(seed: number, count: number): Promise<{ cases: Case[]; wrong: string[] }> {
  const cases: Case[] = [];
  const wrong: string[] = [];
  for (let from = seed; from < seed + count; ) {
    const { cases: some, ended, stderr } = await inChild(from, seed + count);
    cases.push(...some);
    for (const { seed, how, wrong: what = [] } of some)
      wrong.push(...what.map((text) => `seed ${seed}, ${how}: ${text}`));
    const last = some.at(-1)?.seed ?? from;
    if (ended !== '0') wrong.push(`seed ${last} ended the process (${ended}): ${stderr}`);
    from = last + 1;
  }
  return { cases, wrong };
}

test('survives any damage to the file: every answer is whole, or an error that says what to do', async () => {
  await makeBase(folder);
  const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000_000);
  const count = Number(process.env.FC_RUNS ?? CASES);
  const { cases, wrong } = await fuzz(seed, count);
  const repeat = `repeat: FC_SEED=${seed} FC_RUNS=${count} npx vitest run ${FILE}`;
  process.stdout.write(
    `${count} cases, ${cases.filter(({ explained }) => explained).length} noticed, ${cases.flatMap(({ leaks = [] }) => leaks).length} records shown to whom they were not; ${repeat}\n`,
  );
  expect([...wrong.slice(0, 5), ...(wrong.length > 5 ? [`and ${wrong.length - 5} more`] : [])], repeat).toEqual([]);
}, 3_600_000);
