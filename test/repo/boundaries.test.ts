import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { type Import, importsOf, reached, sources } from './imports.ts';
import { pathsTakenOut } from './index-location.ts';

const all = sources('src', 'workflows', 'activities');
const sandbox = sources('packages/sandbox/src', 'packages/sandbox/test');
const around = sources('test', 'tools/chaos', 'tools/bench');
// It names imports that are planted.
around.delete('test/repo/boundaries.test.ts');

/** A rule that returns what is wrong with a file's text, or nothing. */
type Rule = (file: string, text: string) => string[];

const where = ({ from, specifier }: Import) => `${from} imports ${specifier}`;
const isIn = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`));

const SANDBOX = 'packages/sandbox';
const entryPoints = Object.keys(
  (JSON.parse(readFileSync(join(packageRoot(), SANDBOX, 'package.json'), 'utf8')) as { exports: object }).exports,
).map((entry) => join('@salesforce-connector/sandbox', entry));
/** Small orgs and the sandbox's own answers: for tests and tools. */
const FOR_TESTS = '@salesforce-connector/sandbox/testing';

const isPath = (specifier: string) => /\.(?:ts|m?js)$/.test(specifier);
const namesSandbox = (specifier: string) =>
  isIn(specifier, 'packages') || /^@salesforce-connector(?:\/|$)/.test(specifier);

/** The sandbox's sources import themselves and libraries; its tests also the cases of the sharing rules. */
const sandboxStandsAlone: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ specifier }) => {
      if (isIn(file, `${SANDBOX}/test`) && isIn(specifier, SANDBOX, 'test/access/cases')) return false;
      if (isIn(file, `${SANDBOX}/test`) && entryPoints.includes(specifier)) return false;
      if (isPath(specifier)) return !isIn(specifier, `${SANDBOX}/src`);
      return namesSandbox(specifier) || /^(?:@temporalio\/|salesforce-connector(?:\/|$))/.test(specifier);
    })
    .map(where);

/** All other code imports the sandbox by its entry points. Shipped code does not use the one for tests. */
const throughTheDoors: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ specifier }) => namesSandbox(specifier))
    .filter(
      ({ specifier }) => !entryPoints.includes(specifier) || (specifier === FOR_TESTS && !isIn(file, 'test', 'tools')),
    )
    .map(where);

const { dependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
  dependencies: Readonly<Record<string, string>>;
};
const { peerDependencies } = JSON.parse(readFileSync(join(packageRoot(), SANDBOX, 'package.json'), 'utf8')) as {
  peerDependencies: Readonly<Record<string, string>>;
};
/** `@temporalio/common` of `@temporalio/common/lib/time.js`. */
const packageOf = (specifier: string) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';

/** What is installed brings these libraries and folders along, and no others. */
const hasWhatItImports =
  (libraries: Readonly<Record<string, string>>, ...folders: string[]): Rule =>
  (file, text) =>
    importsOf(file, text)
      .filter(({ specifier }) => !/^node:/.test(specifier) && !isIn(specifier, ...folders))
      .filter(({ specifier }) => specifier.endsWith('.ts') || !Object.hasOwn(libraries, packageOf(specifier)))
      .map(where);

/** Code without I/O and clock that imports only from these folders. */
const isPure =
  (...folders: string[]): Rule =>
  (file, text) => [
    ...importsOf(file, text)
      .filter(({ specifier }) => !isIn(specifier, ...folders))
      // An explanation is made of words.
      .filter(({ specifier }) => !(isIn(file, 'src/access/explain') && isIn(specifier, 'src/sentences')))
      .map(where),
    ...[
      ...text.matchAll(
        /\b(?:process|fetch|setTimeout|setInterval|console|globalThis|Date\.now|Math\.random)\b(?=[.(])|\bnew Date\(\)/g,
      ),
    ].map(([word]) => `${file} uses ${word}`),
  ];

/** The same everywhere, including inside a workflow. */
const sentencesArePure: Rule = (file, text) => [
  ...importsOf(file, text)
    .filter(({ specifier }) => !isIn(specifier, 'src/sentences', 'src/facts', 'src/objects'))
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

/** It imports only what Node.js has. */
const knowsNoDomain: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ specifier }) => !specifier.startsWith('node:') && !isIn(specifier, 'src/threads'))
    .map(where);

/** It imports nothing from these folders. */
const knowsNothingOf =
  (...folders: string[]): Rule =>
  (file, text) =>
    importsOf(file, text)
      .filter(({ specifier }) => isIn(specifier, ...folders))
      .map(where);

/** The linter, which finds cycles, does not see types that are imported inside a type. */
const typesAreDeclared: Rule = (file, text) =>
  importsOf(file, text)
    .filter(({ isType, isDynamic }) => isType && isDynamic)
    .map(where);

const SQLITE = 'src/index/sqlite';
/** They measure SQLite itself, like the tests of it. */
const MEASURE_SQLITE = ['shares.ts', 'share-changes.ts', 'share-ledger.ts'].map((name) => `tools/bench/${name}`);
/** The config file names the engine and its path. The library takes a path. */
const NAME_AN_INDEX = ['src/config/index-engine.ts', 'src/library.ts'];

/** Only the index imports the engine, except in tests of the engine. */
const importsNoEngine: Rule = (file, text) => {
  const knowsSqlite = isIn(file, 'test/index') && !isIn(file, 'test/index/contract');
  if (isIn(file, 'src/index') || knowsSqlite || MEASURE_SQLITE.includes(file)) return [];
  return knowsNothingOf(SQLITE)(file, text);
};

/** It only passes an index's location on, and does not name the engine's files. */
const passesLocationOn: Rule = (file, text) => {
  if (isIn(file, 'src/index') || NAME_AN_INDEX.includes(file)) return [];
  return [
    ...pathsTakenOut(file, text),
    ...[...text.matchAll(/-(?:wal|shm)\b|sqlite|\bindexPath\b/gi)].map(([word]) => word),
  ].map((found) => `${file} has ${found}`);
};

/** It knows nothing of the code that is built on it. */
const standsBelow =
  (folder: string): Rule =>
  (file, text) =>
    importsOf(file, text)
      .filter(({ specifier }) => isIn(specifier, SQLITE) && !isIn(specifier, folder))
      .map(where);

/** Pure, except that it may compute hashes and encrypt. */
const isPureOrCrypto =
  (...folders: string[]): Rule =>
  (file, text) =>
    isPure(...folders)(file, text).filter((found) => found !== `${file} imports node:crypto`);

/** Each rule, the files that it applies to, and a text that breaks it in a file where it must not. */
const rules: [string, Rule, string[], planted: [string, string][]][] = [
  [
    'the sandbox knows nothing of the connector',
    sandboxStandsAlone,
    ['packages'],
    [
      ['packages/sandbox/src/serve.ts', "import type { ShareRow } from '../../../src/access/types.ts';"],
      ['packages/sandbox/src/org/load.ts', "export { taskQueueOf } from '../../../../workflows/contract.ts';"],
      ['packages/sandbox/src/org/load.ts', "import { openIndex } from 'salesforce-connector';"],
      ['packages/sandbox/src/org/load.ts', "import { Context } from '@temporalio/activity';"],
      ['packages/sandbox/src/org/load.ts', "import { orgControl } from '@salesforce-connector/sandbox/control';"],
      ['packages/sandbox/src/org/load.ts', "import { withFolder } from '../../test/org/folder.ts';"],
      ['packages/sandbox/src/org/load.ts', "import { GROUP } from '../../../../test/access/cases/case.ts';"],
      ['packages/sandbox/test/org/open.test.ts', "import { holds } from '../../../../test/salesforce/seeded.ts';"],
      ['packages/sandbox/test/org/open.test.ts', "import { toSoql } from '../../../../src/soql/query.ts';"],
    ],
  ],
  [
    'other code imports the sandbox only by its entry points',
    throughTheDoors,
    ['src', 'workflows', 'activities', 'test', 'tools'],
    [
      ['src/cli/demo.ts', "import { serveSandbox } from '../../packages/sandbox/src/serve.ts';"],
      ['src/cli/demo.ts', "const { serveSandbox } = await import('../../packages/sandbox/src/serve.ts');"],
      ['src/cli/demo.ts', "import { serveSandbox } from '../../packages/sandbox/dist/serve.js';"],
      ['src/cli/demo.ts', "import { serveSandbox } from '@salesforce-connector/sandbox';"],
      ['src/cli/demo.ts', "import { openOrg } from '@salesforce-connector/sandbox/src/org/open.ts';"],
      ['src/cli/demo.ts', "import { sfId } from '@salesforce-connector/sandbox/testing';"],
      ['test/sync/sandbox-org.ts', "import { openOrg } from '../../packages/sandbox/src/org/open.ts';"],
      ['test/sync/case-org.ts', "import { served } from '../../packages/sandbox/test/http/served.ts';"],
      ['tools/bench/shares.ts', "import { valueAt } from '../../packages/sandbox/src/virtual/formula.ts';"],
      ['tools/chaos/org.ts', "import type { Row } from '@salesforce-connector/sandbox/dist/control.js';"],
    ],
  ],
  [
    'what is shipped imports what is installed with it, types included',
    hasWhatItImports(dependencies, 'src', 'workflows', 'activities'),
    ['src', 'workflows', 'activities'],
    [
      ['src/sync/membership.ts', "import fc from 'fast-check';"],
      ['src/sync/membership.ts', "import type { temporal } from '@temporalio/proto';"],
      ['src/cli/sandbox.ts', "import type { World } from '../../tools/chaos/world.ts';"],
      ['src/cli/sandbox.ts', "import { seeded } from '../../test/salesforce/seeded.ts';"],
    ],
  ],
  [
    'the sandbox imports the libraries that its package names',
    hasWhatItImports(peerDependencies, SANDBOX),
    [`${SANDBOX}/src`],
    [['packages/sandbox/src/org/load.ts', "import pino from 'pino';"]],
  ],
  [
    'the sharing model does no I/O and reads no clock',
    isPure('src/access', 'src/objects', 'src/soql', 'src/facts', 'src/lib'),
    ['src/access'],
    [
      ['src/access/roles.ts', "import { readFileSync } from 'node:fs';"],
      ['src/access/roles.ts', "import { z } from 'zod';"],
      ['src/access/roles.ts', "import type { FencingToken } from '../index/port/admission.ts';"],
      ['src/access/roles.ts', "import type { ObjectSelection } from '../sync/selection.ts';"],
      ['src/access/roles.ts', "import { soqlOf } from '../soql-of.ts';"],
      ['src/access/roles.ts', "import { gapText } from '../sentences/gaps.ts';"],
      ['src/access/roles.ts', 'const today = Date.now();'],
      ['src/access/roles.ts', 'const today = new Date();'],
      ['src/access/roles.ts', 'if (process.env.OPEN) open();'],
    ],
  ],
  [
    'calls of threads know nothing of the domain',
    knowsNoDomain,
    ['src/threads'],
    [
      ['src/threads/serve.ts', "import { openRunStore } from '../index/open.ts';"],
      ['src/threads/serve.ts', "import { packageRoot } from '../process/package-root.ts';"],
      ['src/threads/serve.ts', "import { z } from 'zod';"],
    ],
  ],
  [
    'queries as values know nothing of the domain',
    isPure('src/soql', 'src/lib'),
    ['src/soql'],
    [
      ['src/soql/query.ts', "import { OBJECT_NAMES } from '../objects/index.ts';"],
      ['src/soql/query.ts', "import type { Salesforce } from '../salesforce/client.ts';"],
      ['src/soql/literals.ts', 'const now = Date.now();'],
    ],
  ],
  [
    'values with codes know the objects alone',
    isPure('src/facts', 'src/objects'),
    ['src/facts'],
    [
      ['src/facts/problems.ts', "import type { BlockedStream } from '../index/port/progress.ts';"],
      ['src/facts/coverage-gaps.ts', "import type { OrgTables } from '../access/tables.ts';"],
      ['src/facts/failures.ts', "import type { SetupStep } from '../check/steps.ts';"],
    ],
  ],
  [
    'utilities know nothing of the domain',
    isPure('src/lib'),
    ['src/lib'],
    [
      ['src/lib/record-ids.ts', "import { OBJECT_NAMES } from '../objects/index.ts';"],
      ['src/lib/printable.ts', "import { stripVTControlCharacters } from 'node:util';"],
      ['src/lib/steps.ts', 'const began = Date.now();'],
    ],
  ],
  [
    'what the integration user sees is known below runs and checks',
    knowsNothingOf('src/sync', 'src/check', 'src/status', 'src/cli', 'workflows', 'activities'),
    ['src/integration-user'],
    [
      ['src/integration-user/visibility.ts', "import type { Selection } from '../sync/selection.ts';"],
      ['src/integration-user/blind-spots.ts', "import { good } from '../check/finding.ts';"],
    ],
  ],
  [
    'runs know nothing of checks',
    knowsNothingOf('src/check', 'src/status', 'src/cli'),
    ['src/sync'],
    [['src/sync/membership.ts', "import { systemRightFindings } from '../check/system-right-findings.ts';"]],
  ],
  [
    'sentences are pure, and the same wherever they are made',
    sentencesArePure,
    ['src/sentences'],
    [
      ['src/sentences/gaps.ts', "import { printf } from 'fast-printf';"],
      ['src/sentences/gaps.ts', "import { inspect } from 'node:util';"],
      ['src/sentences/homes.ts', "import type { Home } from '../../workflows/contract.ts';"],
      ['src/sentences/problems.ts', "import { isSameStream } from '../index/blocked.ts';"],
      ['src/sentences/numbers.ts', "const text = n.toLocaleString('en');"],
      ['src/sentences/numbers.ts', "const numbers = new Intl.NumberFormat('en');"],
      ['src/sentences/numbers.ts', 'const now = Date.now();'],
    ],
  ],
  [
    'the Salesforce client imports neither Temporal nor the index',
    clientStandsAlone,
    ['src/salesforce'],
    [
      ['src/salesforce/client.ts', "import { Context } from '@temporalio/activity';"],
      ['src/salesforce/client.ts', "import { openRunStore } from '../index/open.ts';"],
    ],
  ],
  [
    'the index imports nothing of Temporal',
    knowsNoTemporal,
    ['src/index', 'src/access', 'src/objects'],
    [
      ['src/index/open.ts', "import { ApplicationFailure } from '@temporalio/common';"],
      ['src/index/sqlite/store/run-store.ts', "import type { RunPlan } from '../../../../workflows/contract.ts';"],
    ],
  ],
  [
    'the engine is imported by the index alone',
    importsNoEngine,
    ['src', 'workflows', 'activities', 'test', 'tools'],
    [
      ['src/cli/search.ts', "import { openForReading } from '../index/sqlite/open.ts';"],
      ['src/home/replace.ts', "const { removeFiles } = await import('../index/sqlite/files.ts');"],
      ['activities/deps.ts', "import type { Database } from '../src/index/sqlite/file/database.ts';"],
      ['test/index/contract/setup.ts', "import { LAYOUT } from '../../../src/index/sqlite/file/layout.ts';"],
      ['test/sync/equality.ts', "import { readMeta } from '../../src/index/sqlite/store/meta.ts';"],
      ['tools/bench/search.ts', "import { Database } from '../../src/index/sqlite/file/database.ts';"],
      ['tools/chaos/held.ts', "import { Database } from '../../src/index/sqlite/file/database.ts';"],
    ],
  ],
  [
    'nobody outside the index takes its path, or knows its files',
    passesLocationOn,
    ['src', 'workflows', 'activities'],
    [
      ['src/status/observe.ts', 'const isThere = existsSync(config.index.path);'],
      ['src/cli/demo/report.ts', 'const { path } = config.index;'],
      ['src/home/remove.ts', 'const { connection, index: { path } } = config;'],
      ['src/check/index-file.ts', 'const nameOf = ({ path }: IndexLocation) => path;'],
      ['src/worker/monitor/monitor.ts', 'const name = location.path;'],
      ['activities/deps.ts', 'const { path: file } = index;'],
      ['src/worker/notify/notifier.ts', 'const made = createNotifier({ indexPath: "index.db" });'],
      ['src/home/replace.ts', "await rm(name + '-wal', { force: true });"],
      ['src/home/replace.ts', "await rm(name + '-shm', { force: true });"],
      ['src/sync/resolved-schema.ts', '/** SQLite has 2,000 columns. */'],
    ],
  ],
  [
    'a file is read and written without knowledge of what is in it',
    standsBelow('src/index/sqlite/file'),
    ['src/index/sqlite/file'],
    [
      ['src/index/sqlite/file/database.ts', "import { createSchema } from '../schema.ts';"],
      ['src/index/sqlite/file/layout.ts', "import type { DocumentRow } from '../store/documents.ts';"],
      ['src/index/sqlite/file/stored.ts', "import { EmbeddedView } from '../engine/view.ts';"],
    ],
  ],
  [
    'the run store knows no search engine',
    knowsNothingOf('src/index/sqlite/engine'),
    ['src/index/sqlite/store'],
    [['src/index/sqlite/store/batch.ts', "import { EmbeddedWords } from '../engine/embedded-words.ts';"]],
  ],
  [
    'runs and searches know nothing of explanations and audits',
    knowsNothingOf('src/index/sqlite/inspect'),
    ['src/index/sqlite/store', 'src/index/sqlite/engine'],
    [['src/index/sqlite/engine/members.ts', "import { SqliteInspector } from '../inspect/inspector.ts';"]],
  ],
  [
    'code for every engine knows no engine',
    knowsNothingOf(SQLITE),
    ['src/index/port', 'src/index/model', 'src/index/text', 'src/index/search'],
    [
      ['src/index/search/reader.ts', "import type { Database } from '../sqlite/file/database.ts';"],
      ['src/index/model/scope.ts', "import { columnOf } from '../sqlite/engine/tokens.ts';"],
    ],
  ],
  [
    "the index's model and its texts do no I/O and read no clock",
    isPureOrCrypto(
      ...['src/index/port', 'src/index/model', 'src/index/text'],
      ...['src/access', 'src/facts', 'src/lib', 'src/objects', 'src/sentences'],
    ),
    ['src/index/model', 'src/index/text'],
    [
      ['src/index/model/staleness.ts', "import { readFileSync } from 'node:fs';"],
      ['src/index/model/staleness.ts', "import Libsql from 'libsql';"],
      ['src/index/model/filters.ts', "import { openIndexReader } from '../open.ts';"],
      ['src/index/model/order.ts', 'const now = Date.now();'],
      ['src/index/text/fold.ts', 'const letters = process.env.LETTERS;'],
    ],
  ],
  [
    'types are imported by import declarations',
    typesAreDeclared,
    ['src', 'workflows', 'activities', 'packages/sandbox/src'],
    [['src/salesforce/verifier.ts', "let client: import('./client.ts').Salesforce | null = null;"]],
  ],
  [
    'workflows know the contract of the activities, never the activities',
    knowsNothingOf('activities'),
    ['workflows'],
    [['workflows/activity-options.ts', "import type { createActivities } from '../activities/index.ts';"]],
  ],
];

describe.each(rules)('%s', (_, rule, folders, planted) => {
  it('applies to every file', () => {
    const files = [...all, ...sandbox, ...around].filter(([file]) => isIn(file, ...folders));
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(([file, text]) => rule(file, text))).toEqual([]);
  });

  it.each(planted)('catches %s with: %s', (file, text) => {
    expect(rule(file, text)).toHaveLength(1);
  });
});

describe('the folders of src/, workflows/ and activities/', () => {
  /** `src/index`, `workflows`; a file directly in src/ is a folder of its own. */
  const folderOf = (path: string) =>
    path
      .split('/')
      .slice(0, path.startsWith('src/') ? 2 : 1)
      .join('/');

  /** Folders that import themselves through others, by types too. The linter finds cycles of files. */
  function inCircles(files: ReadonlyMap<string, string>): string[] {
    const next = new Map<string, Set<string>>();
    for (const [file, text] of files) {
      const own = folderOf(file);
      const others = next.get(own) ?? new Set();
      next.set(own, others);
      for (const { specifier } of importsOf(file, text)) {
        const other = folderOf(specifier);
        if (specifier.endsWith('.ts') && other !== own) others.add(other);
      }
    }
    return [...next.keys()].filter((folder) => {
      const seen = new Set(next.get(folder));
      for (const one of seen) for (const further of next.get(one) ?? []) seen.add(further);
      return seen.has(folder);
    });
  }

  const files = new Map([...all].filter(([file]) => isIn(file, 'src', 'workflows', 'activities')));

  it('do not import each other in a cycle', () => {
    expect(inCircles(files)).toEqual([]);
  });

  it.each([
    ['src/facts/homes.ts', "import type { ConnectionHome } from '../../workflows/contract.ts';"],
    ['src/temporal/wheels.ts', "import { demoOrg } from '../cli/demo/org.ts';"],
    ['src/errors.ts', "export * from './config/load.ts';"],
    ['workflows/contract.ts', "import type { Watch } from '../activities/watch.ts';"],
  ])('and one is caught that %s closes with: %s', (file, line) => {
    const spoilt = new Map(files).set(file, `${line}\n${files.get(file)}`);
    expect(inCircles(spoilt)).toContain(folderOf(file));
  });
});

describe('code inside a workflow', () => {
  const strange = (files: ReadonlyMap<string, string>) =>
    reached('workflows/index.ts', files, { dynamic: true })
      .filter(({ specifier }) => !specifier.endsWith('.ts') && specifier !== '@temporalio/workflow')
      .map(where);

  it('imports only @temporalio/workflow and modules that import nothing else either', () => {
    expect(strange(all)).toEqual([]);
  });

  it.each([
    ['directly', 'workflows/index.ts', "import { request } from 'node:http';"],
    ['through a module that was pure', 'src/objects/index.ts', "import { z } from 'zod';"],
  ])('control: an import is caught that comes in %s', (_, file, text) => {
    const spoilt = new Map(all).set(file, `${text}\n${all.get(file)}`);
    expect(strange(spoilt)).toHaveLength(1);
  });
});

describe('search code', () => {
  const temporalIn = (entry: string) =>
    reached(entry, all, { dynamic: true }).filter(({ specifier }) => specifier.startsWith('@temporalio'));

  it.each(['src/library.ts', 'src/index/open.ts', 'src/cli/search.ts', 'src/cli/explain.ts', 'src/cli/audit.ts'])(
    'loads no Temporal code from %s',
    (entry) => {
      expect(temporalIn(entry)).toEqual([]);
    },
  );

  it('starting the program loads no Temporal code before a command runs', () => {
    const loaded = reached('src/cli/main.ts', all, { dynamic: false });
    expect(loaded.filter(({ specifier }) => specifier.startsWith('@temporalio'))).toEqual([]);
  });

  it('a server loads no Temporal code before somebody asks for the status', () => {
    const loaded = reached('src/serve/serve.ts', all, { dynamic: false });
    expect(loaded.length).toBeGreaterThan(20);
    expect(loaded.filter(({ specifier }) => specifier.startsWith('@temporalio'))).toEqual([]);
    expect(temporalIn('src/serve/serve.ts').length).toBeGreaterThan(0);
    expect(temporalIn('src/serve/mcp/stdio.ts')).toEqual([]);
  });

  it('control: a command that needs Temporal code loads it', () => {
    expect(temporalIn('src/cli/apply.ts').length).toBeGreaterThan(0);
  });
});
