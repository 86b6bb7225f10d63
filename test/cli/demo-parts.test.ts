import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processesOf, start } from './command-line.ts';
import { writeSmallOrg } from './small-org.ts';

const MINUTES = 60_000;

let folder: string;
let org: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-demo-parts-'));
  org = join(folder, 'Small Org');
  await writeSmallOrg(org);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['its parts', (command: string) => !command.includes('supervisor.js')],
  ['the supervisors of its parts', (command: string) => command.includes('supervisor.js')],
] as const)(
  'demo restarts %s when they are killed, and the run in progress ends',
  {
    timeout: 4 * MINUTES,
  },
  async (_, isMeant) => {
    const demo = start(['demo', '--once', '--org', org], folder);
    await expect.poll(demo.output, { timeout: MINUTES }).toContain('complete backfill');
    const kept = processesOf(folder).filter(({ command }) => !command.includes(' demo ') && isMeant(command));
    expect(kept).toHaveLength(3);
    for (const { pid } of kept) process.kill(pid, 'SIGKILL');
    const { code, stdout, stderr } = await demo.ended;
    expect(code, stderr).toBe(0);
    for (const part of ['Temporal server', 'sandbox', 'worker'])
      expect(stderr).toContain(`The ${part} was killed (SIGKILL): restarting it.`);
    expect(stdout).toMatch(/^Indexed by run \d+, a complete backfill/);
    expect(processesOf(folder)).toEqual([]);
  },
);
