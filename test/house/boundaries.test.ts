import { describe, expect, it } from 'vitest';
import { circles, type Import, importsOf, reached, sources } from './imports.ts';

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

/** It does no I/O, asks no clock, and imports from these folders alone. */
const isPure =
  (...folders: string[]): Rule =>
  (file, text) => [
    ...importsOf(file, text)
      .filter(({ specifier }) => !isIn(specifier, ...folders))
      // An explanation is in words.
      .filter(({ specifier }) => !(isIn(file, 'src/access/explain') && isIn(specifier, 'src/sentences')))
      .map(where),
    ...[
      ...text.matchAll(
        /\b(?:process|fetch|setTimeout|setInterval|console|globalThis|Date\.now|Math\.random)\b(?=[.(])/g,
      ),
    ].map(([word]) => `${file} uses ${word}`),
  ];

/** The same wherever they run, in a workflow too. */
const sentencesArePure: Rule = (file, text) => [
  ...importsOf(file, text)
    .filter(({ specifier, isType }) => !isType && !specifier.endsWith('.ts'))
    .map(where),
  ...[
    ...text.matchAll(/\b(?:process|fetch|console|globalThis|Intl|Date\.now|Math\.random|toLocale\w+)\b(?=[.(])/g),
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

const knowsNoActivity: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ specifier }) => isIn(specifier, 'activities'))
    .map(where);

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
    isPure('src/access', 'src/objects', 'src/soql'),
    ['src/access'],
    [
      ['src/access/roles.ts', "import { readFileSync } from 'node:fs';"],
      ['src/access/roles.ts', "import { z } from 'zod';"],
      ['src/access/roles.ts', "import type { Ticket } from '../index/port.ts';"],
      ['src/access/roles.ts', "import type { ObjectSelection } from '../sync/selection.ts';"],
      ['src/access/roles.ts', "import { soqlOf } from '../soql-of.ts';"],
      ['src/access/roles.ts', "import { gapText } from '../sentences/gaps.ts';"],
      ['src/access/roles.ts', 'const today = Date.now();'],
      ['src/access/roles.ts', 'if (process.env.OPEN) return all;'],
    ],
  ],
  [
    'queries as values know nothing but themselves',
    isPure('src/soql'),
    ['src/soql'],
    [
      ['src/soql/query.ts', "import { OBJECT_NAMES } from '../objects/index.ts';"],
      ['src/soql/query.ts', "import type { Salesforce } from '../salesforce/client.ts';"],
      ['src/soql/literals.ts', 'const now = Date.now();'],
    ],
  ],
  [
    'sentences are pure, and the same wherever they are made',
    sentencesArePure,
    ['src/sentences'],
    [
      ['src/sentences/gaps.ts', "import { printf } from 'fast-printf';"],
      ['src/sentences/gaps.ts', "import { inspect } from 'node:util';"],
      ['src/sentences/numbers.ts', "const text = n.toLocaleString('en');"],
      ['src/sentences/numbers.ts', "const numbers = new Intl.NumberFormat('en');"],
      ['src/sentences/numbers.ts', 'const now = Date.now();'],
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
  [
    'workflows know the contract of the activities, never the activities',
    knowsNoActivity,
    ['workflows'],
    [['workflows/activity-options.ts', "import type { createActivities } from '../activities/index.ts';"]],
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

describe('workflows and activities', () => {
  it('import each other in no circle, not even for types', () => {
    expect(circles(all, ['workflows', 'activities'])).toEqual([]);
  });

  it.each([
    ['within a folder', 'workflows/carried.ts', "import type { Run } from './run.ts';"],
    ['between the two', 'workflows/contract.ts', "import type { Watch } from '../activities/watch.ts';"],
    ['through other code', 'src/index/port.ts', "export type { Asked } from '../../workflows/activity-contract.ts';"],
  ])('and a circle is caught %s', (_, file, text) => {
    const spoilt = new Map(all).set(file, `${text}\n${all.get(file)}`);
    expect(circles(spoilt, ['workflows', 'activities'])).not.toEqual([]);
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
