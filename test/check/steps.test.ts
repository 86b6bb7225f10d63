import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SYSTEM_RIGHTS } from '../../src/access/integration-rights.ts';
import { SETUP_STEPS } from '../../src/check/steps.ts';
import { packageRoot } from '../../src/package-root.ts';

const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');

/** The numbered list under "Set it up", each item on one line. */
function checklist(markdown: string): string[] {
  const section = /\n## Set it up\n(.*?)\n## /s.exec(markdown)?.[1] ?? '';
  return section
    .split(/\n(?=\d+\. |\n)/)
    .map((item) => item.trim().replaceAll(/\s+/g, ' '))
    .filter((item) => /^\d+\. /.test(item));
}

const wanted = SETUP_STEPS.map(({ title, details }, at) => `${at + 1}. **${title}.** ${details}`);

it("the README's checklist has the steps of check, in the same order and words", () => {
  expect(checklist(readme).slice(0, wanted.length)).toEqual(wanted);
});

it('and one word that differs is noticed', () => {
  const spoilt = readme.replace('Flow Enablement ›', 'Flow Settings ›');
  expect(checklist(spoilt).slice(0, wanted.length)).not.toEqual(wanted);
});

it("the README's table names each system permission, what it shows and what it closes", () => {
  const rows = SYSTEM_RIGHTS.map(({ name, shows, closes }) => `| ${name} | ${shows} | ${closes} |`);
  expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
});
