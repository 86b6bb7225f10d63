import { realpathSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ended, PROGRAM, processesOf, run } from './command-line.ts';

const MINUTES = 60_000;
const STOP = /^ {2}(\S+) (search \S+ --as \S+) +# finds ([\d,]+): (.*)\n {6}(.*)$/gm;

let folder: string;
let ended: Ended;
let answers: { program: string; command: string; total: number; objects: string; why: string }[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-tour-'));
  ended = await run(['demo', '--once'], folder);
  answers = [...ended.stdout.matchAll(STOP)].map(
    ([, program = '', command = '', total = '', objects = '', why = '']) => ({
      program,
      command,
      total: Number(total),
      objects,
      why,
    }),
  );
}, 5 * MINUTES);
afterAll(() => rm(folder, { recursive: true, force: true }));

it('demo without an org folder generates an org of about three thousand records, and indexes it', () => {
  expect(ended.code, ended.stderr).toBe(0);
  const counts = [...ended.stdout.matchAll(/^ {2}(?:Account|Contact|Case|Opportunity|Lead) +([\d,]+) /gm)];
  const indexed = counts.reduce((sum, [, count = '']) => sum + Number(count.replace(',', '')), 0);
  expect(counts).toHaveLength(5);
  expect(indexed).toBeGreaterThan(2_500);
  expect(indexed).toBeLessThan(3_500);
  expect(processesOf(folder)).toEqual([]);
});

it('the user who starts demo can read the generated org', async () => {
  const org = join(folder, '.data', 'alder', 'org');
  const files = await readdir(org);
  expect(files).toContain('Account.csv');
  for (const file of files) expect((await stat(join(org, file))).mode & 0o777, file).toBe(0o600);
  expect((await stat(org)).mode & 0o777).toBe(0o700);
});

it('three users get three answers to the same search, and each command finds what demo says', async () => {
  expect(answers).toHaveLength(3);
  expect(new Set(answers.map(({ total }) => total)).size).toBe(3);
  expect(new Set(answers.map(({ command }) => command.split(' ')[1])).size).toBe(1);
  for (const { program, command, total } of answers) {
    expect(realpathSync(resolve(folder, program))).toBe(realpathSync(PROGRAM));
    const found = await run([...command.split(' '), '--format', 'ids'], folder);
    expect(found).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Config: \.data\/alder\/config\.yaml, .*\n$/),
    });
    expect(found.stdout.trim().split('\n'), command).toHaveLength(total);
  }
});

it('the reasons differ: sharing, the role hierarchy, a queue, a missing right, a hidden field', () => {
  const [seller, manager, agent] = answers.map(({ why }) => why);
  expect(seller).toMatch(/^[\w ]+, Account Executive: \d+ owned by them .*, \d+ shared by a rule/);
  expect(seller).toMatch(/; hidden from them: \d+ more match only in Opportunity\.Description$/);
  expect(manager).toMatch(/^[\w ]+, Sales Director [\w ]+: .*\d+ owned by people below them in the role hierarchy/);
  expect(manager).not.toContain('hidden');
  expect(agent).toMatch(/^[\w ]+, Support Agent: .*\d+ in their queue/);
  expect(agent).toContain('; no Read on Opportunity, Lead;');
  expect(answers[2]?.objects).not.toMatch(/Opportunity|Lead/);
});

it('each reason counts hits, and the counts add up to all hits', () => {
  for (const { why, total } of answers) {
    const counted = [
      ...(why.split(';')[0] ?? '').matchAll(/\b(\d+) (?:owned by them|owned by people|in their queue|leads|shared)/g),
    ];
    expect(
      counted.reduce((sum, [, count]) => sum + Number(count), 0),
      why,
    ).toBe(total);
  }
});

it('a hidden field is hidden in the org: the salesperson reads the record, but not that field', async () => {
  const [seller, manager] = answers.map(({ command }) => command.split(' ').at(-1) ?? '');
  const hits = async (user: string) => {
    const { stdout } = await run(
      ['search', '--as', user, '--type', 'Opportunity', '--limit', '200', '--format', 'json'],
      folder,
    );
    return (JSON.parse(stdout) as { hits: { id: string; fields: Record<string, string> }[] }).hits;
  };
  const read = await hits(seller ?? '');
  expect(read.length).toBeGreaterThan(0);
  expect(read.filter(({ fields }) => 'Description' in fields)).toEqual([]);
  expect((await hits(manager ?? '')).some(({ fields }) => /renewal/i.test(fields.Description ?? ''))).toBe(true);
  const text = await readFile(join(folder, '.data', 'alder', 'org', 'Opportunity.csv'), 'utf8');
  expect(text).toMatch(/renewal/i);
});
