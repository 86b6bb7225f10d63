import { describe, expect, it } from 'vitest';
import { PHRASES, phrasesIn } from './banned-phrases.ts';
import { proseFiles, textOf } from './prose.ts';

/** Documents, comments, messages and names of tests are free of the phrases in banned-phrases.ts. */

/** Texts that must have these phrases, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'packages/sandbox/src/generate/words/cases.ts': 'texts of generated cases, whose bytes must not change',
  'test/repo/banned-phrases.ts': 'lists them',
  'test/repo/plain-words.test.ts': 'plants them',
  'src/sentences/earlier-texts.ts': 'texts that earlier versions stored',
  'test/sentences/earlier-texts.test.ts': 'texts that earlier versions stored',
};

describe('what people read here is in plain words', () => {
  const files = proseFiles().filter((path) => ALLOWED[path] === undefined);

  it('reads documents, code, help and settings', () => {
    for (const part of ['README.md', 'CHANGELOG.md', 'docker-compose.yml', '.ci/run', 'docs/glossary.md'])
      expect(proseFiles()).toContain(part);
    for (const folder of ['src/', 'workflows/', 'activities/', 'test/', 'scripts/', '.github/'])
      expect(
        proseFiles().some((path) => path.startsWith(folder)),
        folder,
      ).toBe(true);
    expect(proseFiles().some((path) => path.endsWith('.txt'))).toBe(true);
  });

  it('in every file', () => {
    expect(files.flatMap((path) => phrasesIn(path, textOf(path)))).toEqual([]);
  }, 60_000);

  it('and files that may have such phrases are there', () => {
    for (const path of Object.keys(ALLOWED)) expect(() => textOf(path), path).not.toThrow(/There is no/);
  });
});

describe('a phrase is caught', () => {
  it.each(PHRASES.map(({ example, instead }) => [example, instead]))('"%s": write %s', (example) => {
    expect(phrasesIn('a.md', example)).toHaveLength(1);
  });

  const planted = 'The index is built anew.';
  it.each([
    ['in a document', 'docs/a.md', `# A\n\nText.\n\n- ${planted}\n`],
    ['in a table', 'docs/a.md', `| a | b |\n|---|---|\n| x | ${planted} |`],
    ['over the end of a line', 'docs/a.md', 'It comes to\nits end.'],
    ['in the changelog', 'CHANGELOG.md', `## 0.3.0\n\n- ${planted}`],
    ['in a comment', 'src/a.ts', `/** ${planted} */\nexport const a = 1;`],
    ['in a comment of several lines', 'src/a.ts', '// It comes to\n// its end.\nexport const a = 1;'],
    ['in a message', 'src/a.ts', `throw new Error('${planted}');`],
    ['in a message with values', 'src/a.ts', `throw new Error(\`run \${run} comes to its end\`);`],
    ['in the name of a test', 'test/a.test.ts', `it('builds the index anew', () => {});`],
    ['in a script', 'scripts/a.mjs', `// ${planted}`],
    ['in the help of a command', 'test/repo/help/a.txt', `Usage: a\n\n  ${planted}`],
    ['in a comment of YAML', 'a.yml', `a: 1 # ${planted}`],
    ['in a comment of Python', 'a.py', `a = 1  # ${planted}`],
    ['in a comment of settings', 'packages/a/tsconfig.json', `{\n  // ${planted}\n  "a": 1\n}\n`],
    ['in the description of a package', 'package.json', `{ "description": "${planted}" }`],
  ])('%s', (_, path, text) => {
    expect(phrasesIn(path, text)).toHaveLength(1);
  });

  it.each([
    ['code in a document', 'docs/a.md', '```\nanew\n```\n\n    anew\n\n`anew`'],
    ['names', 'src/a.ts', "import { countAnew } from './anew.ts';\nexport const anew = countAnew('anew');"],
    [
      'words that only look like one',
      'docs/a.md',
      'Of course it stands for no user. A lie is a lie. It has no more rows. A stand-in for it.',
    ],
    [
      'for as a preposition',
      'docs/a.md',
      'It waits, for five minutes, for users who are gone, for what is next; for `a` it is null.',
    ],
  ])('but not %s', (_, path, text) => {
    expect(phrasesIn(path, text)).toEqual([]);
  });
});
