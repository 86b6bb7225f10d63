import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/process/package-root.ts';

/** GitHub's workflows: what they may do, for how long, and with whose code. */

/** A program of PATH, not a dependency. */
const LINTER: string = 'actionlint';
const FOLDER = join(packageRoot(), '.github', 'workflows');
const files = readdirSync(FOLDER);
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number }>>;
}

/** What is wrong with a workflow. */
function faultsOf(text: string): string[] {
  const { permissions, concurrency, jobs } = parse(text) as Workflow;
  const actions = [...text.matchAll(/\buses: (\S+)( # v[\d.]+)?/g)];
  return [
    ...(JSON.stringify(permissions) === '{"contents":"read"}' ? [] : ['it may do more than read']),
    ...(concurrency === undefined ? ['it may run twice at once'] : []),
    ...Object.entries(jobs).flatMap(([name, job]) => (job['timeout-minutes'] ? [] : [`${name} has no timeout`])),
    ...actions.flatMap(([, action = '', version]) =>
      /@[0-9a-f]{40}$/.test(action) && version !== undefined ? [] : [`${action} is not pinned to a commit`],
    ),
  ];
}

describe('the workflows of GitHub', () => {
  it.each(files)('%s only reads, ends, and runs pinned actions', (file) => {
    expect(faultsOf(textOf(file))).toEqual([]);
  });

  it('and a fault is caught', () => {
    const [text = ''] = files.map(textOf);
    expect(faultsOf(text.replace('contents: read', 'contents: write'))).toHaveLength(1);
    expect(faultsOf(text.replace(/timeout-minutes: \d+/, 'name: a'))).toHaveLength(1);
    expect(faultsOf(text.replace(/@[0-9a-f]{40} # v[\d.]+/, '@v5'))).toHaveLength(1);
    expect(faultsOf(text.replace(/^concurrency:/m, 'env:'))).toHaveLength(1);
  });

  it('run the commands of this package', () => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    const named = files.flatMap((file) => [...textOf(file).matchAll(/\bnpm run (\w+)/g)].map(([, name]) => name));
    expect(named.filter((name) => !(name && name in scripts))).toEqual([]);
    expect(textOf('ci.yml')).toContain('- run: .ci/run\n');
    expect(textOf('nightly.yml')).toMatch(/npm run chaos -- --seed "\$seed" --rounds/);
  });

  it('have no error that actionlint finds, where it is installed', (context) => {
    try {
      execFileSync(LINTER, ['-version'], { stdio: 'ignore' });
    } catch {
      return context.skip('there is no actionlint on PATH');
    }
    execFileSync(
      LINTER,
      files.map((file) => join(FOLDER, file)),
      { stdio: 'pipe' },
    );
  });
});
