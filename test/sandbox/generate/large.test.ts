import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { withTemporary } from './folder.ts';

const PROGRAM = join(packageRoot(), 'dist', 'sandbox', 'generate.js');
/** Megabytes of heap that Node itself, the word lists and one family of records need, and no more. */
const HEAP = 20;

test('a large org has a larger company, and is written in memory that does not hold it', () =>
  withTemporary((parent) => {
    const folder = join(parent, 'org');
    const args = [`--max-old-space-size=${HEAP}`, PROGRAM, folder, '--accounts', '12000', '--seed', '1'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

    const lines = (object: string) =>
      readFileSync(join(folder, `${object}.csv`), 'utf8')
        .trimEnd()
        .split('\n');
    const megabytes = ['Account', 'AccountShare', 'Contact', 'Case', 'CaseShare', 'Opportunity', 'OpportunityShare']
      .map((object) => statSync(join(folder, `${object}.csv`)).size / 1024 / 1024)
      .reduce((sum, size) => sum + size, 0);
    expect(megabytes).toBeGreaterThan(HEAP);
    expect(lines('Account')).toHaveLength(12_001);
    expect(lines('User').length).toBeGreaterThan(60);
    expect(lines('UserRole').some((line) => line.includes('Sales Manager Americas 2'))).toBe(true);
  }));

test('and too little memory is seen to be', () =>
  withTemporary((parent) => {
    const script = 'const held = []; for (let n = 0; n < 1e6; n++) held.push({ Id: n + "", Name: "record " + n });';
    const { status } = spawnSync(process.execPath, [`--max-old-space-size=${HEAP}`, '-e', script], { cwd: parent });
    expect(status).not.toBe(0);
  }));
