import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { benchBackfill } from '../../tools/bench/backfill.ts';
import { batchesIn, batchWriter } from '../../tools/bench/bare-write/batch-files.ts';
import { withSettings } from '../../tools/bench/deployment/org-folder.ts';
import { benchIdle } from '../../tools/bench/idle.ts';
import { benchPeers } from '../../tools/bench/peers.ts';
import { benchSearch } from '../../tools/bench/search.ts';
import { benchServe } from '../../tools/bench/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(process.platform === 'linux')('a bench refuses, before it starts anything,', () => {
  it.each([
    ['a folder that is no checkout', benchBackfill, ['--against', folder], `${folder} is not a built checkout`],
    ['a folder that is no org', benchIdle, ['--org', folder], `--org: ${folder} is not an org folder`],
    ['an invalid number of accounts', benchIdle, ['--accounts', 'many'], "--accounts is 'many'"],
    ['no rounds', benchBackfill, ['--rounds', '0'], "--rounds is '0'"],
    ['an index that is not there', benchSearch, ['--index', join(folder, 'none.db')], '--index: there is no'],
    ['no index', benchServe, [], '--index is missing: name an index file'],
    ['no searches', benchServe, ['--searches', '0'], "--searches is '0'"],
    ['a flag that it does not have', benchSearch, ['--round', '1'], 'Usage: npm run bench -- search'],
    ['to run without peers', benchPeers, [], 'No peer is installed: follow tools/bench/peers.md'],
    ['a folder without peers', benchPeers, ['--peers', folder], `No peer is installed in ${folder}`],
  ])('%s', async (_, bench, args, message) => {
    await expect(bench(args)).rejects.toThrow(message);
  });
});

it('the batches of a backfill come back from their files in order', () => {
  const batches = join(folder, 'batches');
  const recorded = Array.from({ length: 12 }, (_, nth) => ({
    removals: [{ id: `r${nth}`, object: 'Lead' as const, version: nth }],
  }));
  const record = batchWriter(batches);
  for (const batch of recorded) record(batch);
  expect([...batchesIn(batches)]).toEqual(recorded);
});

it('an org with other settings has the same rows', () => {
  const [org, changed] = [join(folder, 'org'), join(folder, 'changed')];
  withSettings(folder, org, { run_as: '005', latency_ms: 1 });
  writeFileSync(join(org, 'User.csv'), 'Id\n005\n');
  withSettings(org, changed, { latency_ms: 150 });
  expect(JSON.parse(readFileSync(join(changed, 'org.json'), 'utf8'))).toEqual({ run_as: '005', latency_ms: 150 });
  expect(readFileSync(join(changed, 'User.csv'), 'utf8')).toBe('Id\n005\n');
});
