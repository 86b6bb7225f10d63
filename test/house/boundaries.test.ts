import { describe, expect, it } from 'vitest';
import { type Import, importsOf, reached, sources } from './imports.ts';

const all = sources('src', 'workflows', 'activities', 'sandbox');

/** A rule says what is wrong with a file's text; nothing: it is kept. */
type Rule = (file: string, text: string) => string[];

const where = ({ from, specifier }: Import) => `${from} imports ${specifier}`;
const isIn = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`));

const sandboxApart: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ specifier }) =>
      isIn(file, 'sandbox')
        ? isIn(specifier, 'src', 'workflows', 'activities') || specifier.startsWith('@temporalio')
        : isIn(specifier, 'sandbox'),
    )
    .map(where);

const accessIsPure: Rule = (file, text) => [
  ...importsOf(file, text)
    .filter(({ specifier }) => !isIn(specifier, 'src/access', 'src/objects'))
    .map(where),
  ...[
    ...text.matchAll(/\b(?:process|fetch|setTimeout|setInterval|console|globalThis|Date\.now|Math\.random)\b(?=[.(])/g),
  ].map(([word]) => `${file} uses ${word}`),
];

const knowsNoTemporal: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ specifier }) => specifier.startsWith('@temporalio') || isIn(specifier, 'workflows', 'activities'))
    .map(where);

const clientStandsAlone: Rule = (file, text) => [
  ...knowsNoTemporal(file, text),
  ...importsOf(file, text)
    .filter(({ specifier }) => isIn(specifier, 'src/index'))
    .map(where),
];

/** Each rule, the files that it holds for, and a text that breaks it in a file where it must not. */
const rules: [string, Rule, string[], planted: [string, string][]][] = [
  [
    'the sandbox and the connector never import each other',
    sandboxApart,
    ['src', 'workflows', 'activities', 'sandbox'],
    [
      ['src/cli/demo.ts', "import { serveSandbox } from '../../sandbox/serve.ts';"],
      ['src/cli/demo.ts', "const { serveSandbox } = await import('../../sandbox/serve.ts');"],
      ['sandbox/serve.ts', "import type { ShareRow } from '../src/access/types.ts';"],
      ['sandbox/org/load.ts', "export { taskQueueOf } from '../../workflows/contract.ts';"],
    ],
  ],
  [
    'the sharing model does no I/O and asks no clock',
    accessIsPure,
    ['src/access'],
    [
      ['src/access/roles.ts', "import { readFileSync } from 'node:fs';"],
      ['src/access/roles.ts', "import { z } from 'zod';"],
      ['src/access/roles.ts', "import type { Ticket } from '../index/port.ts';"],
      ['src/access/roles.ts', 'const today = Date.now();'],
      ['src/access/roles.ts', 'if (process.env.OPEN) return all;'],
    ],
  ],
  [
    'the Salesforce client knows neither Temporal nor the index',
    clientStandsAlone,
    ['src/salesforce'],
    [
      ['src/salesforce/client.ts', "import { Context } from '@temporalio/activity';"],
      ['src/salesforce/client.ts', "import { openIndexWriter } from '../index/open.ts';"],
    ],
  ],
  [
    'the index knows nothing of Temporal',
    knowsNoTemporal,
    ['src/index', 'src/access', 'src/objects'],
    [
      ['src/index/open.ts', "import { ApplicationFailure } from '@temporalio/common';"],
      ['src/index/sqlite/writer.ts', "import type { RunPlan } from '../../../workflows/contract.ts';"],
    ],
  ],
];

describe.each(rules)('%s', (_, rule, folders, planted) => {
  it('in every file', () => {
    const files = [...all].filter(([file]) => isIn(file, ...folders));
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(([file, text]) => rule(file, text))).toEqual([]);
  });

  it.each(planted)('and %s is caught with: %s', (file, text) => {
    expect(rule(file, text)).toHaveLength(1);
  });
});

describe('what runs inside a workflow', () => {
  const strange = (files: ReadonlyMap<string, string>) =>
    reached('workflows/index.ts', files, { dynamic: true })
      .filter(({ specifier }) => !specifier.endsWith('.ts') && specifier !== '@temporalio/workflow')
      .map(where);

  it('imports nothing but @temporalio/workflow and modules that import nothing else either', () => {
    expect(strange(all)).toEqual([]);
  });

  it.each([
    ['directly', 'workflows/index.ts', "import { request } from 'node:http';"],
    ['through a module that was pure', 'src/objects/index.ts', "import { z } from 'zod';"],
  ])('and an import is caught that comes in %s', (_, file, text) => {
    const spoilt = new Map(all).set(file, `${text}\n${all.get(file)}`);
    expect(strange(spoilt)).toHaveLength(1);
  });
});

describe('searching', () => {
  const temporalIn = (entry: string) =>
    reached(entry, all, { dynamic: true }).filter(({ specifier }) => specifier.startsWith('@temporalio'));

  it.each(['src/library.ts', 'src/index/open.ts', 'src/cli/search.ts', 'src/cli/explain.ts', 'src/cli/audit.ts'])(
    'loads no Temporal code from %s',
    (entry) => {
      expect(temporalIn(entry)).toEqual([]);
    },
  );

  it('and starting the program loads none before a command runs', () => {
    const loaded = reached('src/cli/main.ts', all, { dynamic: false });
    expect(loaded.filter(({ specifier }) => specifier.startsWith('@temporalio'))).toEqual([]);
  });

  it('while a command that needs it is seen to', () => {
    expect(temporalIn('src/cli/apply.ts').length).toBeGreaterThan(0);
  });
});
