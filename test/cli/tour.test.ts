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

it('without an org folder the demo generates one of about three thousand records, and indexes it', () => {
  expect(ended.code, ended.stderr).toBe(0);
  const counts = [...ended.stdout.matchAll(/^ {2}(?:Account|Contact|Case|Opportunity|Lead) +([\d,]+) /gm)];
  const indexed = counts.reduce((sum, [, count = '']) => sum + Number(count.replace(',', '')), 0);
  expect(counts).toHaveLength(5);
  expect(indexed).toBeGreaterThan(2_500);
  expect(indexed).toBeLessThan(3_500);
  expect(processesOf(folder)).toEqual([]);
});

it('the org that it has written is its own to read', async () => {
  const org = join(folder, '.data', 'alder', 'org');
  const files = await readdir(org);
  expect(files).toContain('Account.csv');
  for (const file of files) expect((await stat(join(org, file))).mode & 0o777, file).toBe(0o600);
  expect((await stat(org)).mode & 0o777).toBe(0o700);
});

it('three people get three answers to the same search, and each command finds what it says', async () => {
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

it('and the reasons differ: sharing, the role hierarchy, a queue, a right that is missing, a hidden field', () => {
  const [seller, manager, agent] = answers.map(({ why }) => why);
  expect(seller).toMatch(/^[\w ]+, Account Executive: \d+ their own .*, \d+ shared by rule/);
  expect(seller).toMatch(/; hidden from them: \d+ more have it only in Opportunity\.Description$/);
  expect(manager).toMatch(/^[\w ]+, Sales Director [\w ]+: .*\d+ of people below them in the role tree/);
  expect(manager).not.toContain('hidden');
  expect(agent).toMatch(/^[\w ]+, Support Agent: .*\d+ of their queue/);
  expect(agent).toContain('; no Read on Opportunity, Lead;');
  expect(answers[2]?.objects).not.toMatch(/Opportunity|Lead/);
});

it('each reason counts hits, and together they count all of them', () => {
  for (const { why, total } of answers) {
    const counted = [
      ...(why.split(';')[0] ?? '').matchAll(/\b(\d+) (?:their own|of people|of their queue|leads|shared)/g),
    ];
    expect(
      counted.reduce((sum, [, count]) => sum + Number(count), 0),
      why,
    ).toBe(total);
  }
});

it('what is hidden is so in the org: the salesperson reads the record, and not the field that has the word', async () => {
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
