import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { all, errorClasses, type Finder, failureTypes } from './error-names.ts';
import { sources } from './imports.ts';

/** docs/operate.md names every error that an operator can meet; these find the errors in the code. */

const doc = readFileSync(join(packageRoot(), 'docs', 'operate.md'), 'utf8');
const code = sources('src', 'workflows', 'activities');

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
  [
    'failure type whose message a function says',
    failureTypes,
    4,
    'OtherHomeError',
    "throw ApplicationFailure.nonRetryable(newMessage(connection, home), 'NewError');",
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

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(packageRoot(), 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe('the prose of the documents', () => {
  const LONGEST = 120;
  /** Lines that are too long, without code, tables and the addresses of links. */
  function tooLong(markdown: string): string[] {
    let fenced = false;
    let code = false;
    let before = '';
    return markdown.split('\n').filter((line) => {
      if (line.trimStart().startsWith('```')) fenced = !fenced;
      code = /^ {4}/.test(line) && (code || before.trim() === '');
      before = line;
      if (fenced || code || line.startsWith('|')) return false;
      return line.replaceAll(/\]\([^)]*\)|https?:\S+/g, ']').length > LONGEST;
    });
  }

  it.each(DOCUMENTS)('has lines that an editor shows whole in %s', (path) => {
    expect(tooLong(readFileSync(join(packageRoot(), path), 'utf8'))).toEqual([]);
  });

  it('and one that is too long is caught, but not in a table or in code', () => {
    const long = 'word '.repeat(30);
    expect(tooLong(`${long}\n\n- ${long}`)).toHaveLength(2);
    expect(tooLong(`| ${long} |\n\n    ${long}\n\n\`\`\`\n${long}\n\`\`\`\n[a](https://${'x'.repeat(130)})`)).toEqual(
      [],
    );
  });
});

describe('the README', () => {
  it('is short', () => {
    expect(readFileSync(join(packageRoot(), 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(131);
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

  it.each(DOCUMENTS)('lead somewhere from %s', (path) => {
    expect(broken(path, text(path))).toEqual([]);
  });

  it('and a broken one is caught', () => {
    expect(broken('README.md', '[a](docs/none.md) [b](docs/operate.md#none) [c](#none)')).toHaveLength(3);
  });
});
