import { describe, expect, it } from 'vitest';
import { reportText } from '../../src/check/text.ts';
import { type FakeAnswers, FORBIDDEN, fakeCluster } from '../index/opensearch/fake-cluster.ts';
import { checkOf, goodOrg } from './checked.ts';

/** The search engine, as `check` shows it. */

async function checked(answers: FakeAnswers, settings: Record<string, unknown> = {}) {
  const { location } = await fakeCluster(answers);
  const { engine, url, prefix } = location;
  return checkOf(await goodOrg(), { index: { engine, url, prefix }, ...settings });
}

describe('a cluster', () => {
  it('is tested beside the org', async () => {
    const report = await checked({});
    expect(report).toMatchObject({ status: 'ok', stopped: null });
    expect(report.engine.map(({ test, status }) => `${status} ${test}`)).toEqual([
      'ok engine_supported',
      'ok engine_room',
      'ok engine_rights',
    ]);
    expect(reportText(report, null)).toContain(`
The search engine
✓ OpenSearch 3.6.0, 3 nodes with data
✓ 100 GB are free on its disks; the fullest is used to 60 %
✓ may create, write, search and delete indexes crm-*
`);
  });

  it('fails the check with a value and the words for it', async () => {
    const report = await checked({ 'POST /_bulk': FORBIDDEN });
    const engine = { code: 'engine_right_missing', right: 'write', names: 'crm-*' };
    expect(report.status).toBe('failed');
    expect(report.engine).toContainEqual({
      test: 'engine_right_missing',
      step: null,
      status: 'failed',
      found: 'the user of index.auth may not write documents',
      closes: null,
      remedy:
        'Give its role indices:data/write/bulk in the cluster, and indices:data/write/bulk*, indices:data/write/index, indices:data/write/delete in indexes crm-*.',
      engine,
    });
  });

  it('is tested even if the org gives no token', async () => {
    const report = await checked({}, { client_secret: 'wrong' });
    expect(report).toMatchObject({ status: 'failed', stopped: expect.stringContaining('without a token') });
    expect(report.engine).toHaveLength(3);
  });
});

it('an index file has no search engine to test', async () => {
  const report = await checkOf(await goodOrg());
  expect(report.engine).toEqual([]);
  expect(reportText(report, null)).not.toContain('The search engine');
});
