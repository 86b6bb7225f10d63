import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { all, errorClasses, type Finder, failureTypes } from './error-names.ts';
import { sources } from './imports.ts';

/** docs/troubleshooting.md names every error that an operator can meet; these find the errors in the code. */

const doc = readFileSync(join(packageRoot(), 'docs', 'troubleshooting.md'), 'utf8');
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
    'failure type with a message from a function',
    failureTypes,
    4,
    'OtherHomeError',
    "throw ApplicationFailure.nonRetryable(newMessage(connection, home), 'NewError');",
  ],
  ['errorCode of Salesforce', orgCodes, 15, 'QUERY_TIMEOUT', "{ errorCode: 'NEW_CODE', outcome: lost }"],
  ['error of the token endpoint', tokenCodes, 6, 'inactive_user', "{ error: 'new_error', outcome: credentials }"],
];

describe.each(kinds)('docs/troubleshooting.md names every %s', (_, find, atLeast, known, control) => {
  const names = [...new Set([...code.values()].flatMap(find))];

  it('that is in the code', () => {
    expect(names.length).toBeGreaterThanOrEqual(atLeast);
    expect(unnamed(names, doc)).toEqual([]);
  });

  it('control: a new one is missed in it', () => {
    expect(unnamed(find(control), doc)).toHaveLength(1);
    expect(unnamed([known], doc.replaceAll(known, ''))).toEqual([known]);
  });
});

const text = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');

/** Markdown below a folder. */
const markdownIn = (folder: string) =>
  readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const DOCUMENTS = [
  ...readdirSync(packageRoot()).filter((name) => name.endsWith('.md')),
  ...markdownIn('.github'),
  ...markdownIn('docs'),
  join('packages', 'sandbox', 'README.md'),
  join('tools', 'bench', 'peers.md'),
];

describe('the files that a document names', () => {
  // A path: it has a slash, or ends like a file of the top folder.
  const paths = (markdown: string) =>
    [...markdown.matchAll(/`([\w.-]+\/[\w./-]*|[\w.-]+\.(?:md|yaml|yml)|Dockerfile|\.env\.example)`/g)].map(
      ([, path = '']) => path,
    );
  const SANDBOX = join('packages', 'sandbox', 'README.md');
  const isThere = (path: string, ...more: string[]) =>
    ['', 'docs', ...more].some((folder) => existsSync(join(packageRoot(), folder, path)));
  /** What looks like a path of the repository and is none, by the document that says it. */
  const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
    [join('docs', 'config.md')]: ['Europe/Berlin'],
    [join('docs', 'operate.md')]: ['.data/last', 'http/protobuf', 'salesforce-sync/'],
    [join('docs', 'security.md')]: ['.data/last'],
    [join('docs', 'setup.md')]: ['../connection', '../second', 'docker-compose.override.yml'],
  };
  /** The sandbox's README names the folders of its sources. */
  const missing = (markdown: string, document = '') =>
    paths(markdown).filter((path) => !isThere(path, ...(document === SANDBOX ? [join(SANDBOX, '..', 'src')] : [])));

  it.each([
    ['CONTRIBUTING.md', 40],
    [join('docs', 'architecture.md'), 40],
  ])('are many in %s', (document, atLeast) => {
    expect(paths(text(document)).length).toBeGreaterThan(atLeast);
  });

  // The changelog keeps the names of its time.
  it.each(DOCUMENTS.filter((path) => path !== 'CHANGELOG.md'))('are there, in %s', (document) => {
    expect([...new Set(missing(text(document), document))].sort()).toEqual([...(ELSEWHERE[document] ?? [])].sort());
  });

  it('control: a missing file is caught', () => {
    expect(missing('see `src/access/none.ts`, `src/none/` and `none.md`')).toHaveLength(3);
  });
});

describe('the decision records', () => {
  const FOLDER = join('docs', 'decisions');
  const records = readdirSync(join(packageRoot(), FOLDER)).filter((name) => /^\d{4}-/.test(name));
  const PARTS = ['Context', 'What was tried', 'Decision', 'Consequences'];
  const headings = (markdown: string) => [...markdown.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

  it.each(records)('%s says what was tried and what followed, briefly', (name) => {
    const record = text(join(FOLDER, name));
    expect(headings(record)).toEqual(PARTS);
    expect(record).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. `));
    expect(record.trim().split('\n').length).toBeGreaterThanOrEqual(15);
    expect(record.trim().split('\n').length).toBeLessThanOrEqual(40);
  });

  it('are numbered without a gap, and all in their list', () => {
    expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, at) => at + 1));
    const list = text(join(FOLDER, 'README.md'));
    expect(records.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  });
});

describe('the changelog', () => {
  const changelog = text('CHANGELOG.md');
  const versions = [...changelog.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);

  it('has what is not released first, then each version with its day', () => {
    const [first, ...others] = versions;
    expect(first).toBe('Unreleased');
    expect(others.filter((heading) => !/^\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/.test(heading))).toEqual([]);
  });

  it('has this version', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    expect(versions[1]).toMatch(`${version} - `);
  });

  it('says what was added, changed and fixed, and nothing else', () => {
    const kinds = [...changelog.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);
    expect(kinds.filter((kind) => !['Added', 'Changed', 'Fixed'].includes(kind))).toEqual([]);
  });
});

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
    expect(tooLong(text(path))).toEqual([]);
  });

  it('control: a line that is too long is caught, but not in a table or in code', () => {
    const long = 'word '.repeat(30);
    expect(tooLong(`${long}\n\n- ${long}`)).toHaveLength(2);
    expect(tooLong(`| ${long} |\n\n    ${long}\n\n\`\`\`\n${long}\n\`\`\`\n[a](https://${'x'.repeat(130)})`)).toEqual(
      [],
    );
  });
});

describe('the README', () => {
  it('is short', () => {
    expect(text('README.md').split('\n').length).toBeLessThanOrEqual(131);
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
  const broken = (from: string, content: string) =>
    [...content.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([link, path, anchor]) => {
      const target = path ? join(from, '..', path) : from;
      if (!existsSync(join(packageRoot(), target))) return [link];
      const isThere = anchor === undefined || anchors(path ? text(target) : content).includes(anchor);
      return isThere ? [] : [link];
    });

  it.each(DOCUMENTS)('have a target from %s', (path) => {
    expect(broken(path, text(path))).toEqual([]);
  });

  it('control: a broken link is caught', () => {
    expect(broken('README.md', '[a](docs/none.md) [b](docs/operate.md#none) [c](#none)')).toHaveLength(3);
  });
});
