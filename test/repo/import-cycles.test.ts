import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';

// `npm run lint` refuses import cycles. Here it must find those that are planted in a copy of the code.

const RULE = 'suspicious/noImportCycles';
const copy = mkdtempSync(join(tmpdir(), 'connector-cycles-'));

beforeAll(() => {
  for (const folder of ['src', 'workflows', 'activities'])
    cpSync(join(packageRoot(), folder), join(copy, folder), { recursive: true });
  // The copy is not a git repository, and its folders have no packages.
  const { vcs: _, $schema: __, ...settings } = JSON.parse(readFileSync(join(packageRoot(), 'biome.json'), 'utf8'));
  writeFileSync(join(copy, 'biome.json'), JSON.stringify(settings));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Lints the copy with a line added at the beginning of a file. Returns the files that are found in a cycle. */
function filesInCycles(file?: string, line?: string): string[] {
  const path = join(copy, file ?? 'biome.json');
  const text = readFileSync(path, 'utf8');
  if (line !== undefined) writeFileSync(path, `${line}\n${text}`);
  const biome = join(packageRoot(), 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = ['lint', `--only=${RULE}`, '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout, status } = spawnSync(process.execPath, [biome, ...args], { cwd: copy, encoding: 'utf8' });
  writeFileSync(path, text);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
  const found = diagnostics.filter(({ category }) => category === `lint/${RULE}`);
  expect(status === 0).toBe(found.length === 0);
  return [...new Set(found.map(({ location }) => location.path))].sort();
}

describe('import cycles', () => {
  it('there are none', () => {
    expect(filesInCycles()).toEqual([]);
  });

  it.each([
    ['of values', 'src/errors.ts', "import { loadConfig } from './config/load.ts';"],
    ['of types', 'workflows/carried.ts', "import type { Run } from './run.ts';"],
    ['through another folder', 'workflows/contract.ts', "import type { Watch } from '../activities/watch.ts';"],
    [
      'by a re-export',
      'src/index/port/backfill.ts',
      "export type { Asked } from '../../../workflows/activity-contract.ts';",
    ],
    ['by an import in an expression', 'src/lib/steps.ts', "const later = () => import('../access/membership.ts');"],
  ])('and one %s is found', (_, file, line) => {
    expect(filesInCycles(file, line)).toContain(file);
  });
});
