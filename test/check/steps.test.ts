import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETUP_STEPS } from '../../src/check/steps.ts';
import { SYSTEM_RIGHTS } from '../../src/integration-user/required-rights.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { RIGHT_NAMES } from '../../src/sentences/grants.ts';
import { RIGHT_WORDS } from '../../src/sentences/integration-rights.ts';

const setup = readFileSync(join(packageRoot(), 'docs', 'setup.md'), 'utf8');

/** The numbered list under a heading, each item on one line. */
function checklist(markdown: string, heading: string): string[] {
  const [, rest = ''] = markdown.split(`\n${heading}\n`);
  return (rest.split(/\n##/)[0] ?? '')
    .split(/\n(?=\d+\. |\n)/)
    .map((item) => item.trim().replaceAll(/\s+/g, ' '))
    .filter((item) => /^\d+\. /.test(item));
}

const FLOWS = [
  ['client_credentials', '## 2. Prepare Salesforce'],
  ['jwt', '### With a private key instead of a secret'],
] as const;

describe.each(FLOWS)("the setup's checklist for %s", (flow, heading) => {
  const wanted = SETUP_STEPS[flow].map(({ title, details }, at) => `${at + 1}. **${title}.** ${details}`);

  it('has the steps of check, in the same order and words', () => {
    expect(checklist(setup, heading).slice(0, wanted.length)).toEqual(wanted);
  });

  it('differs if one word differs', () => {
    const spoilt = setup.replaceAll('Flow Enablement ›', 'Flow Settings ›');
    expect(checklist(spoilt, heading).slice(0, wanted.length)).not.toEqual(wanted);
  });
});

it("the setup's table names each system permission, what it shows and what it hides", () => {
  const rows = SYSTEM_RIGHTS.map(
    ({ id }) => `| ${RIGHT_NAMES[id]} | ${RIGHT_WORDS[id].shows} | ${RIGHT_WORDS[id].closes} |`,
  );
  expect(rows.filter((row) => !setup.includes(row))).toEqual([]);
});
