import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SYSTEM_RIGHTS } from '../../src/access/integration-rights.ts';
import { SETUP_STEPS } from '../../src/check/steps.ts';
import { packageRoot } from '../../src/package-root.ts';

const setup = readFileSync(join(packageRoot(), 'docs', 'setup.md'), 'utf8');

/** The numbered list under "Prepare Salesforce", each item on one line. */
function checklist(markdown: string): string[] {
  const section = /\n## 2\. Prepare Salesforce\n(.*?)\n## /s.exec(markdown)?.[1] ?? '';
  return section
    .split(/\n(?=\d+\. |\n)/)
    .map((item) => item.trim().replaceAll(/\s+/g, ' '))
    .filter((item) => /^\d+\. /.test(item));
}

const wanted = SETUP_STEPS.map(({ title, details }, at) => `${at + 1}. **${title}.** ${details}`);

it("the setup's checklist has the steps of check, in the same order and words", () => {
  expect(checklist(setup).slice(0, wanted.length)).toEqual(wanted);
});

it('and one word that differs is noticed', () => {
  const spoilt = setup.replace('Flow Enablement ›', 'Flow Settings ›');
  expect(checklist(spoilt).slice(0, wanted.length)).not.toEqual(wanted);
});

it("the setup's table names each system permission, what it shows and what it closes", () => {
  const rows = SYSTEM_RIGHTS.map(({ name, shows, closes }) => `| ${name} | ${shows} | ${closes} |`);
  expect(rows.filter((row) => !setup.includes(row))).toEqual([]);
});
