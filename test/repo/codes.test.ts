import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expression, parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { SYSTEM_RIGHTS } from '../../src/integration-user/required-rights.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { type Coded, DeclaredTypes } from './coded.ts';
import { all, errorClasses, failureTypes } from './error-names.ts';
import { sources } from './imports.ts';

/** docs/codes.md lists every code with its data. These helpers find them in the code. */

const textOf = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');
const doc = textOf('docs/codes.md');
const coverageGaps = textOf('docs/coverage-gaps.md');
const files = sources('src', 'workflows', 'activities');
const typesIn = (path: string, key?: string) => new DeclaredTypes(files.get(path) ?? '', key);

/** Names in backquotes before a part's colon. After the colon there are words. */
const namesIn = (cell: string) =>
  cell.split(';').flatMap((part) => all(/`(\w+)`/g)(part.replace(/:.*/, ''))) as readonly string[];

/** The rows of a section's table whose heading begins with that word. */
function rowsOf(markdown: string, heading: string, head = 'code'): Coded[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, table = ''] = section.split(`\n| ${head} |`);
  const [rows = ''] = table.split('\n\n');
  return rows
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | '))
    .map(([code = '', data = '']) => ({ codes: namesIn(code), data: namesIn(data) }));
}

/** What only one of the two has: `code`, or `code: data` if both have the code. */
function differences(inCode: readonly Coded[], inDoc: readonly Coded[]): { missing: string[]; superfluous: string[] } {
  const lines = (all: readonly Coded[]) =>
    new Set(
      all.flatMap(({ codes, data }) => codes.flatMap((code) => [code, ...data.map((name) => `${code}: ${name}`)])),
    );
  const [wanted, found] = [lines(inCode), lines(inDoc)];
  return {
    missing: [...wanted].filter((line) => !found.has(line)),
    superfluous: [...found].filter((line) => !wanted.has(line)),
  };
}

const SAME = { missing: [], superfluous: [] };

const codesAlone = (codes: readonly string[]): Coded[] => [{ codes, data: [] }];

const gaps = typesIn('src/facts/coverage-gaps.ts')
  .kinds('CoverageGap')
  // Every gap has it.
  .map(({ codes, data }) => ({ codes, data: data.filter((name) => name !== 'count') }));

const families: [heading: string, kinds: Coded[], atLeast: number, key?: string][] = [
  ['Reasons of a run', typesIn('src/facts/reasons.ts').kinds('RunReason'), 15],
  ['Changes of what is indexed', typesIn('src/facts/schema-changes.ts').kinds('SchemaChange'), 15],
  ['Warnings', typesIn('src/facts/warnings.ts').kinds('RunWarning'), 8],
  ['Coverage gaps', gaps, 28],
  ['Coverage gaps', typesIn('src/facts/coverage-gaps.ts', 'kind').kinds('TableReason'), 5, 'kind'],
  ['Unindexed records', typesIn('src/facts/unindexed.ts').kinds('UnindexedCause'), 6],
  ['Limits of the org', typesIn('src/facts/limits.ts').kinds('LimitFacts'), 3],
  ['Findings about the search engine', typesIn('src/facts/engine-findings.ts').kinds('EngineFinding'), 20],
  ['The search engine', typesIn('src/facts/engine.ts').kinds('EngineFacts'), 1],
  ['Problems', typesIn('src/facts/problems.ts').kinds('Problem'), 15],
  ['Refused searches', codesAlone(typesIn('src/index/port/errors.ts').texts('NotServed')), 5],
];

describe.each(families)('docs/codes.md, %s', (heading, kinds, atLeast, key) => {
  it(`has every ${key ?? 'code'} with its data, and no other`, () => {
    expect(kinds.flatMap(({ codes }) => codes).length).toBeGreaterThanOrEqual(atLeast);
    expect(differences(kinds, rowsOf(doc, heading, key))).toEqual(SAME);
  });

  it('control: a missing or superfluous one is caught', () => {
    const [first] = kinds.flatMap(({ codes }) => codes);
    const renamed = doc.replaceAll(`\n| \`${first}\` |`, '\n| `planted` |');
    const { missing, superfluous } = differences(kinds, rowsOf(renamed, heading, key));
    expect(missing).toContain(first);
    expect(superfluous).toContain('planted');
  });
});

describe('the data of a code', () => {
  const cadence = [{ codes: ['cadence'], data: ['frequency'] }];
  const inDoc = (data: string) =>
    rowsOf(`## A\n\n| code | data | it says |\n|---|---|---|\n| \`cadence\` | ${data} | b |`, 'A');

  it('are the names before a colon', () => {
    expect(differences(cadence, inDoc('`frequency`: `complete_backfill_frequency`; null: never'))).toEqual(SAME);
  });

  it('control: missing and superfluous names are caught', () => {
    expect(differences(cadence, inDoc(''))).toEqual({ missing: ['cadence: frequency'], superfluous: [] });
    expect(differences(cadence, inDoc('`frequency`, `planted`'))).toEqual({
      missing: [],
      superfluous: ['cadence: planted'],
    });
  });

  it('are found in every way to write the type', () => {
    const types = new DeclaredTypes(`
      export type All = { readonly count: number } & (One | Two<'b' | 'c'> | (Two<'d'> & { readonly more: string }));
      type One = { readonly code: 'a' };
      type Two<Code extends string> = Code extends string ? { readonly code: Code; readonly object: string } : never;
    `);
    expect(types.kinds('All')).toEqual([
      { codes: ['a'], data: ['count'] },
      { codes: ['b', 'c'], data: ['count', 'object'] },
      { codes: ['d'], data: ['count', 'object', 'more'] },
    ]);
  });
});

describe('docs/coverage-gaps.md', () => {
  const codesIn = (markdown: string) => {
    const rows = markdown.split('\n').filter((line) => line.startsWith('| `'));
    return codesAlone(rows.flatMap((row) => namesIn(row.split(' | ')[1] ?? '')));
  };
  const wanted = gaps.map(({ codes }) => ({ codes, data: [] }));

  it('has every code of a gap, and no other', () => {
    expect(differences(wanted, codesIn(coverageGaps))).toEqual(SAME);
  });

  it('control: a missing or superfluous code is caught', () => {
    const renamed = coverageGaps.replaceAll('`sharing_sets`', '`planted`');
    expect(differences(wanted, codesIn(renamed))).toEqual({ missing: ['sharing_sets'], superfluous: ['planted'] });
  });
});

describe('docs/codes.md, Failures', () => {
  const code = [...files.values()].join('\n');

  /** Only searches hit these, never a run. */
  const OF_SEARCHES = ['SearchRefusedError', 'RunStoreMissingError', 'CursorRefusedError', 'UserNotServedError'];
  /** The failure around the one that is reported. */
  const AROUND = ['RunFailed'];
  /** What they store is their own code. */
  const ofUsers = all(/^export class (\w+) extends (?:UserError)\b/gm)(code);

  /** What a person can fix has a code of its own. */
  function userCodes(text: string): string[] {
    const found: string[] = [];
    const { program } = parseSync('source.ts', text);
    new Visitor({
      NewExpression({ callee, arguments: [, given] }) {
        if (callee.type !== 'Identifier' || callee.name !== 'UserError' || given === undefined) return;
        found.push(...codesOf(given as Expression));
      },
      ClassDeclaration({ superClass, body }) {
        if (superClass?.type !== 'Identifier' || superClass.name !== 'UserError') return;
        const [, code] = /super\([^;]*, '(\w+)'\);/.exec(text.slice(body.start, body.end)) ?? [];
        if (code !== undefined) found.push(code);
      },
    }).visit(program);
    return found;
  }

  function codesOf(given: Expression): string[] {
    if (given.type === 'Literal') return [String(given.value)];
    const [before] = given.type === 'TemplateLiteral' ? given.quasis : [];
    if (before?.value.raw !== 'private_key_') throw new Error(`a code of a UserError is not a text: ${given.type}`);
    return typesIn('src/config/private-key.ts')
      .texts('PrivateKeyProblem')
      .map((problem) => `private_key_${problem.replaceAll('-', '_')}`);
  }

  const named = [...files.values()].flatMap((text) => [...errorClasses(text), ...failureTypes(text)]);
  const told = named.filter((name) => ![...OF_SEARCHES, ...AROUND, ...ofUsers, 'UserError'].includes(name));
  const wanted = codesAlone([...told, ...[...files.values()].flatMap(userCodes), 'user_error']);
  const found = (markdown: string) => rowsOf(markdown, 'Failures').map(({ codes }) => ({ codes, data: [] }));

  it('has every code, and no other', () => {
    expect(told.length).toBeGreaterThanOrEqual(24);
    expect(differences(wanted, found(doc))).toEqual(SAME);
  });

  it('has all data, and no other', () => {
    const data = rowsOf(doc, 'Failures').flatMap((row) => row.data);
    const fields = typesIn('src/facts/failures.ts').fields('FailureFacts');
    expect(new Set(['code', ...data])).toEqual(new Set(fields));
  });

  it('control: a missing or superfluous one is caught', () => {
    const renamed = doc.replace('`LimitError`', '`PlantedError`').replace('`credential_missing`', '`planted`');
    expect(differences(wanted, found(renamed))).toEqual({
      missing: ['LimitError', 'credential_missing'],
      superfluous: ['PlantedError', 'planted'],
    });
  });

  it('control: a new one is found in the code', () => {
    expect(userCodes("throw new UserError('It is gone.', 'new_code');")).toEqual(['new_code']);
    expect(userCodes("throw new UserError('It is gone.');")).toEqual([]);
    const own = "class Own extends UserError { constructor(message) { super(message, 'own_code'); } }";
    expect(userCodes(own)).toEqual(['own_code']);
    expect(() => userCodes("throw new UserError('It is gone.', codeOf(it));")).toThrow('not a text');
  });

  it('control: the exceptions are in the code', () => {
    expect(named).toEqual(expect.arrayContaining([...OF_SEARCHES, ...AROUND]));
    expect(ofUsers).toContain('BadConfigError');
  });
});

describe('docs/codes.md names the values of', () => {
  const values: [string, readonly string[]][] = [
    ['the loss of a table', typesIn('src/facts/coverage-gaps.ts').texts('TableLoss')],
    ['the right that is missing', SYSTEM_RIGHTS.map(({ id }) => id)],
    ['the step of the setup', typesIn('src/facts/failures.ts').texts('SetupStep')],
    ['the cause of a wait for the engine', typesIn('src/facts/engine.ts').texts('EngineTrouble')],
    ['the limit of a failure', typesIn('src/facts/failures.ts').texts('LimitKind')],
    ['the right in a cluster', typesIn('src/facts/engine-findings.ts').texts('EngineRight')],
  ];
  const unnamed = (names: readonly string[], text: string) => names.filter((name) => !text.includes(`\`${name}\``));

  it.each(values)('%s', (_, names) => {
    expect(unnamed(names, doc)).toEqual([]);
    expect(unnamed([...names, 'planted'], doc)).toEqual(['planted']);
  });
});

describe('each code has its sentence in a table', () => {
  const tables: [test: string, path: string, type: string][] = [
    ['reasons', 'src/facts/reasons.ts', 'RunReason'],
    ['warnings', 'src/facts/warnings.ts', 'RunWarning'],
    ['limits', 'src/facts/limits.ts', 'LimitFacts'],
    ['unindexed', 'src/facts/unindexed.ts', 'UnindexedCause'],
    ['schema-changes', 'src/facts/schema-changes.ts', 'SchemaChange'],
    ['engine-findings', 'src/facts/engine-findings.ts', 'EngineFinding'],
  ];
  const untold = (codes: readonly string[], table: string) =>
    codes.filter((code) => !table.includes(`code: '${code}'`));

  it.each(tables)('test/sentences/%s.test.ts', (test, path, type) => {
    const codes = typesIn(path)
      .kinds(type)
      .flatMap((kind) => kind.codes);
    expect(codes.length).toBeGreaterThan(2);
    expect(untold(codes, textOf(`test/sentences/${test}.test.ts`))).toEqual([]);
  });

  it('control: a code without a sentence is caught', () => {
    expect(untold(['requested', 'of_tomorrow'], textOf('test/sentences/reasons.test.ts'))).toEqual(['of_tomorrow']);
  });
});
