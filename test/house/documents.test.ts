import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { sources } from './imports.ts';

/** docs/operate.md names every error that an operator can meet; these find the errors in the code. */

const doc = readFileSync(join(packageRoot(), 'docs', 'operate.md'), 'utf8');
const code = sources('src', 'workflows', 'activities');

type Finder = (text: string) => string[];

const all =
  (pattern: RegExp): Finder =>
  (text) =>
    [...text.matchAll(pattern)].map(([, name = '']) => name);

const errorClasses = all(/^export class (\w+Error) extends/gm);
const failureTypes: Finder = (text) => [
  ...all(/ApplicationFailure\.create\(\{[^}]*?\btype: '(\w+)'/g)(text),
  ...all(/ApplicationFailure\.(?:nonR|r)etryable\(\s*(?:`[^`]*`|'[^']*'),\s*'(\w+)'/g)(text),
];
const orgCodes = all(/\berrorCode: '([A-Z_]+)'/g);
const tokenCodes = all(/\berror: '([a-z_]+)'/g);

const unnamed = (names: readonly string[], text: string) => names.filter((name) => !text.includes(`\`${name}\``));

const kinds: [string, Finder, atLeast: number, known: string, control: string][] = [
  ['error class', errorClasses, 15, 'StaleRunError', 'export class NewError extends UserError {'],
  [
    'failure type',
    failureTypes,
    4,
    'WrongConnection',
    "throw ApplicationFailure.nonRetryable(\n  `a thing that broke`,\n  'NewError',\n);",
  ],
  ['errorCode of Salesforce', orgCodes, 15, 'QUERY_TIMEOUT', "{ errorCode: 'NEW_CODE', outcome: lost }"],
  ['error of the token endpoint', tokenCodes, 6, 'inactive_user', "{ error: 'new_error', outcome: credentials }"],
];

describe.each(kinds)('docs/operate.md names every %s', (_, find, atLeast, known, control) => {
  const names = [...new Set([...code.values()].flatMap(find))];

  it('that is in the code', () => {
    expect(names.length).toBeGreaterThanOrEqual(atLeast);
    expect(unnamed(names, doc)).toEqual([]);
  });

  it('and one that is new would be missed in it', () => {
    expect(unnamed(find(control), doc)).toHaveLength(1);
    expect(unnamed([known], doc.replaceAll(known, ''))).toEqual([known]);
  });
});

describe('the recipes of CONTRIBUTING.md', () => {
  const recipes = readFileSync(join(packageRoot(), 'CONTRIBUTING.md'), 'utf8');
  // A path: it has a slash, or ends like a file of the top folder.
  const paths = (text: string) =>
    [...text.matchAll(/`([\w.-]+\/[\w./-]*|[\w.-]+\.(?:md|yaml|yml)|Dockerfile|\.env\.example)`/g)].map(
      ([, path = '']) => path,
    );
  const missing = (text: string) =>
    paths(text).filter((path) => !['', 'docs'].some((folder) => existsSync(join(packageRoot(), folder, path))));

  it('name files that there are', () => {
    expect(paths(recipes).length).toBeGreaterThan(40);
    expect(missing(recipes)).toEqual([]);
  });

  it('and one that is gone is caught', () => {
    expect(missing('see `src/access/none.ts`, `src/none/` and `none.md`')).toHaveLength(3);
  });
});

describe('links between the documents', () => {
  const slugOf = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(/\s/g, '-');
  const anchors = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
  const text = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');
  const broken = (from: string, content: string) =>
    [...content.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([link, path, anchor]) => {
      const target = path ? join(from, '..', path) : from;
      if (!existsSync(join(packageRoot(), target))) return [link];
      const isThere = anchor === undefined || anchors(path ? text(target) : content).includes(anchor);
      return isThere ? [] : [link];
    });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/operate.md', 'docs/sandbox.md', 'docs/cli.md'])(
    'lead somewhere from %s',
    (path) => {
      expect(broken(path, text(path))).toEqual([]);
    },
  );

  it('and a broken one is caught', () => {
    expect(broken('README.md', '[a](docs/none.md) [b](docs/operate.md#none) [c](#none)')).toHaveLength(3);
  });
});
