import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { objectKeys } from '../../src/config/objects.ts';
import { configKeys } from '../../src/config/schema.ts';
import { holdsInTime } from '../salesforce/seeded.ts';

const FILE = 'test/config/secrets.property.test.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As long as Salesforce's, of letters and digits. */
const secret = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);

/** What a person can make of a secret in place of a value. `S` is the secret. */
const VALUES = [
  'S',
  '"S"',
  "'S'",
  '"S',
  "'S",
  '[S]',
  '[S, [S]]',
  '[S',
  '{ S: 1 }',
  '{ fields: S }',
  '{ fields: { add: [S, "S S"] }, where: "S = \'S", title: "S." }',
  '{ where: "S) OR (S" }',
  '{ engine: S, path: [S], S: S }',
  '{ binary: { S: S } }',
  '{ S',
  '@S',
  '*S',
  '&S',
  '&S S',
  '!S',
  '!S S',
  '!!S S',
  '%S',
  '`S`',
  '| S',
  '|\n    S\n   S',
  '>-\n    S: S',
  '7S',
  '-S',
  '"\\S"',
  'S: S',
  'S # S',
  '\n  - S\n - S',
  '\n\tS',
  'S\nS',
  'https://S@acme.my.salesforce.com',
  'https://acme:S@acme.my.salesforce.com',
  'http://S.example',
  'S://acme.my.salesforce.com',
  'https://S:S',
  '"https://acme .S"',
  'S.lightning.force.com/S',
  'S.S.lightning.force.com',
  'S.force.com',
  'S.my.site.com',
  'https://S.salesforce-setup.com',
  'http://S.my.salesforce.com',
  '"* * S * *"',
  '"S S S S S S"',
  '"@S"',
  '"TZ=S * * * * *"',
  '"* * * * S#2"',
];

/** The same for a whole line or more. */
const LINES = [
  'S',
  'S:',
  'S: S',
  'S: @S',
  '"S": [',
  'client_secret:S',
  'client_secret=S',
  'client_secret S',
  'client_secretS: x',
  'client_id: x S: y',
  '? S\n: S',
  '? { client_secret: S }\n: x',
  '{ { S: S }: S }',
  '[S]: S',
  '<<: S',
  '<<: { S: S }',
  '__proto__: { S: S }',
  '---\nS: S',
  '...\nS',
  '%S S\n---',
  '\tclient_secret: S',
  ' client_secret: S',
  '- S',
  'client_secret: "S"\nclient_secret: "S"',
  'client_secret: S\nclient_secret_file: S',
  'S: 1\nS: 2',
  'objects:\n  S: off',
  'objects:\n  Case:\n    S: [S]',
  'index:\n  S: S',
];

const GOOD = ['', 'base_url: https://acme.my.salesforce.com\n', 'base_url: 7\ncron-spec: "* *"\n'];

const broken = fc.record({
  secret,
  head: fc.constantFrom(...GOOD),
  line: fc.oneof(
    fc
      .tuple(fc.constantFrom(...configKeys, ...objectKeys), fc.constantFrom(...VALUES))
      .map(([key, value]) => nested(key, value)),
    fc.constantFrom(...LINES),
  ),
});

/** `index.path` as YAML, each part on a line. */
function nested(key: string, value: string): string {
  const parts = key.split('.');
  return parts.map((part, at) => `${'  '.repeat(at)}${part}:${at === parts.length - 1 ? ` ${value}` : ''}`).join('\n');
}

/** All messages from reading the file and its credentials. */
async function said(yaml: string): Promise<string> {
  const file = join(folder, 'config.yaml');
  await writeFile(file, yaml);
  const warnings: string[] = [];
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    warnings.push(String(warning));
  });
  try {
    const error = await loadConfig(file, {})
      .then((config) => config.credentials())
      .then(
        () => null,
        (thrown: Error) => thrown,
      );
    return [error?.message ?? '', ...warnings].join('\n');
  } finally {
    warn.mockRestore();
  }
}

/** Pieces of a secret are secret too, in any case. */
const PIECE = 6;
function piecesIn(text: string, hidden: string): string[] {
  const [low, secretLow] = [text.toLowerCase(), hidden.toLowerCase()];
  const pieces = Array.from({ length: hidden.length - PIECE + 1 }, (_, at) => secretLow.slice(at, at + PIECE));
  return pieces.filter((piece) => low.includes(piece));
}

it('no message about a config file contains a value, at any place', async () => {
  let problems = 0;
  await holdsInTime(FILE, 1_000, broken, {
    check: async ({ secret: hidden, head, line }) => {
      const text = await said(`${head}${line.replaceAll('S', () => hidden)}\n`);
      if (text !== '') problems += 1;
      expect(piecesIn(text, hidden), text).toEqual([]);
    },
    show: ({ secret: hidden, head, line }) => `${head}${line.replaceAll('S', () => hidden)}`,
  });
  expect(problems).toBeGreaterThan(300);
});

it('no message contains a value, in each form at each place', async () => {
  const hidden = 'Hush0123456789Hush';
  const forms = [
    ...[...configKeys, ...objectKeys].flatMap((key) => VALUES.map((value) => nested(key, value))),
    ...LINES,
  ];
  for (const form of forms) {
    const text = await said(`${form.startsWith('base_url') ? '' : GOOD[1]}${form.replaceAll('S', () => hidden)}\n`);
    expect(piecesIn(text, hidden), form).toEqual([]);
  }
});

it('control: a message with a value is found', () => {
  expect(piecesIn('the text HUSH01 there', 'Hush0123456789')).toEqual(['hush01']);
});
