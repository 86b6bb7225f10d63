import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as control from '@salesforce-connector/sandbox/control';
import * as generate from '@salesforce-connector/sandbox/generate';
import * as serve from '@salesforce-connector/sandbox/serve';
import * as testing from '@salesforce-connector/sandbox/testing';
import { expect, test } from 'vitest';
import { orgControl } from '../src/control.ts';
import { generateOrg } from '../src/generate.ts';
import { serveProgram, serveSandbox } from '../src/serve.ts';
import { openInProcess } from '../src/testing.ts';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const { exports } = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8')) as {
  exports: Record<string, Record<string, string>>;
};
const ENTRY_POINTS = ['serve', 'generate', 'control', 'testing'];

test('there is no other entry point', () => {
  expect(Object.keys(exports)).toEqual(ENTRY_POINTS.map((entry) => `./${entry}`));
});

// If an entry point came from the last build, tests could pass although the sources are broken.
test('tests load each entry point from its source', () => {
  expect(serve.serveSandbox).toBe(serveSandbox);
  expect(generate.generateOrg).toBe(generateOrg);
  expect(control.orgControl).toBe(orgControl);
  expect(testing.openInProcess).toBe(openInProcess);
});

test('and each entry point is built', () => {
  const script = `for (const entry of ${JSON.stringify(ENTRY_POINTS)})
    console.log(entry, Object.keys(await import('@salesforce-connector/sandbox/' + entry)).length > 0);`;
  const built = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  expect(built.trimEnd().split('\n')).toEqual(ENTRY_POINTS.map((entry) => `${entry} true`));
});

test.each([
  ['--help', 0],
  ['no-command', 1],
])('the program says what it takes: %s', (argument, code) => {
  const [program] = serveProgram;
  const script = `"${process.execPath}" "${program}" ${argument} 2>&1; echo "exit $?"`;
  const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(said).toContain('serve <folder> [--port P] [--log F]\n');
  expect(said).toContain('generate <folder> --accounts N --seed S');
  expect(said).toMatch(new RegExp(`\nexit ${code}\n$`));
});
