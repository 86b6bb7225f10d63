import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateProgram } from '../../src/generate.ts';
import { withTemporary } from './folder.ts';

/** Megabytes of heap: just enough for Node itself, the word lists and one family of records. */
const HEAP = 20;

test('a large org has a larger company, and is written with less memory than its size', () =>
  withTemporary((parent) => {
    const folder = join(parent, 'org');
    const args = [`--max-old-space-size=${HEAP}`, ...generateProgram, folder, '--accounts', '12000', '--seed', '1'];
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

test('the control: this memory is too little to hold the records', () =>
  withTemporary((parent) => {
    const script = 'const held = []; for (let n = 0; n < 1e6; n++) held.push({ Id: n + "", Name: "record " + n });';
    const { status } = spawnSync(process.execPath, [`--max-old-space-size=${HEAP}`, '-e', script], { cwd: parent });
    expect(status).not.toBe(0);
  }));
