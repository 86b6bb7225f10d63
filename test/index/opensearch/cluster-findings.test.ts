import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineFinding, EngineRight } from '../../../src/facts/engine-findings.ts';
import type { OpenSearchLocation } from '../../../src/index/location.ts';
import { clusterFindings } from '../../../src/index/opensearch/cluster-findings.ts';
import { NO_OPENSEARCH, openSearchUrl } from '../../opensearch/server.ts';
import { disk, type FakeAnswer, type FakeAnswers, FORBIDDEN, fakeCluster } from './fake-cluster.ts';

/** What `check` finds about a cluster. */

const SUPPORTED = { code: 'engine_supported', version: '3.6.0', nodes: 3 };
const ROOM = { code: 'engine_room', availableBytes: 100_000_000_000, percentUsed: 60 };
const RIGHTS = { code: 'engine_rights', names: 'crm-*' };

async function found(
  answers: FakeAnswers,
  keys: Partial<OpenSearchLocation> = {},
  lookUp: FakeAnswer | null = null,
): Promise<EngineFinding[]> {
  const { location } = await fakeCluster(answers, lookUp);
  return clusterFindings({ ...location, ...keys });
}

/** The findings that a good cluster does not have. */
async function foundElse(...given: Parameters<typeof found>): Promise<EngineFinding[]> {
  const good: readonly string[] = [SUPPORTED, ROOM, RIGHTS].map(({ code }) => code);
  return (await found(...given)).filter(({ code }) => !good.includes(code));
}

const version = (number: string, distribution?: string) => ({
  'GET /': { body: { version: { number, ...(distribution === undefined ? {} : { distribution }) } } },
});

const setting = (name: string, value: string) => ({
  'GET /_cluster/settings': {
    body: { persistent: { [name]: value }, transient: {}, defaults: { 'cluster.max_shards_per_node': '1000' } },
  },
});

const ofIndex = (name: string, value: string) => ({
  'GET /<index>/_settings': { body: { '<index>': { settings: { [name]: value }, defaults: {} } } },
});

describe('a good cluster', () => {
  it('is supported, has room, and allows everything', async () => {
    expect(await found({})).toEqual([SUPPORTED, ROOM, RIGHTS]);
  });

  it.each(['2.19.0', '2.19.6', '3.0.0', '3.9.0'])('can have the version %s', async (number) => {
    expect(await found(version(number, 'opensearch'))).toContainEqual({ ...SUPPORTED, version: number });
  });

  it('keeps nothing of the check', async () => {
    const { location, requests } = await fakeCluster();
    await clusterFindings(location);
    expect(requests).toContain('PUT /<index>');
    expect(requests).toContain('DELETE /_search/point_in_time');
    expect(requests.at(-1)).toBe('DELETE /<index>');
  });
});

describe('another program', () => {
  it.each<[string, FakeAnswers, EngineFinding]>([
    ['an old version', version('2.18.0', 'opensearch'), { code: 'engine_too_old', version: '2.18.0' }],
    ['Elasticsearch', version('8.15.0'), { code: 'engine_foreign', distribution: 'Elasticsearch', version: '8.15.0' }],
    ['a web page', { 'GET /': { body: '<html>' } }, { code: 'engine_foreign', distribution: null, version: null }],
    [
      'a service that has no version',
      { 'GET /': { status: 404 } },
      { code: 'engine_foreign', distribution: null, version: null },
    ],
  ])('is named, and nothing is created there: %s', async (_, answers, finding) => {
    const { location, requests } = await fakeCluster(answers);
    expect(await clusterFindings(location)).toEqual([finding]);
    expect(requests.filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  it('can be a version of the future, which is tested', async () => {
    const findings = await found(version('4.0.0', 'opensearch'));
    expect(findings).toEqual([{ code: 'engine_untested', version: '4.0.0' }, ROOM, RIGHTS]);
  });
});

describe('a cluster that cannot be used', () => {
  it('is not there', async () => {
    const { location } = await fakeCluster();
    const findings = await clusterFindings({ ...location, url: 'http://127.0.0.1:1' });
    expect(findings).toEqual([
      { code: 'engine_unavailable', engineCode: 'ECONNREFUSED', message: expect.stringContaining('cannot be reached') },
    ]);
  });

  it('refuses the sign-in', async () => {
    const findings = await found({ 'GET /': { status: 401 } });
    expect(findings).toEqual([
      { code: 'engine_unavailable', engineCode: 'unauthenticated', message: expect.stringContaining('index.auth') },
    ]);
  });

  it('is not asked if a file is missing', async () => {
    const { location, requests } = await fakeCluster();
    const tls = { caFile: '/nowhere/ca.pem', certFile: null, keyFile: null };
    expect(await clusterFindings({ ...location, tls })).toEqual([
      { code: 'engine_config_wrong', message: expect.stringContaining('index.tls.ca_file') },
    ]);
    expect(requests).toEqual([]);
  });
});

describe('a right that is missing', () => {
  const calls: [EngineRight, string][] = [
    ['create_index', 'PUT /<index>'],
    ['read_settings', 'GET /<index>/_settings'],
    ['write', 'POST /_bulk'],
    ['refresh', 'GET /<index>/_refresh'],
    ['point_in_time', 'POST /<index>/_search/point_in_time'],
    ['point_in_time', 'DELETE /_search/point_in_time'],
    ['search', 'POST /_search'],
    ['read_versions', 'POST /<index>/_mget'],
    ['delete_by_query', 'POST /<index>/_delete_by_query'],
  ];

  it.each(calls)('is named: %s, for %s', async (right, call) => {
    const { location, requests } = await fakeCluster({ [call]: FORBIDDEN });
    const findings = await clusterFindings(location);
    expect(findings).toEqual([SUPPORTED, ROOM, { code: 'engine_right_missing', right, names: 'crm-*' }]);
    expect(requests.includes('DELETE /<index>')).toBe(right !== 'create_index');
    expect(JSON.stringify(findings)).not.toContain('HUSH');
  });

  it('is named if only one item of a request is refused', async () => {
    const items = [{ index: { status: 403, error: { type: 'security_exception' } } }];
    expect(await foundElse({ 'POST /_bulk': { body: { errors: true, items } } })).toEqual([
      { code: 'engine_right_missing', right: 'write', names: 'crm-*' },
    ]);
  });

  it('is named if only one document may not be read', async () => {
    const docs = [{ _id: 'a', error: { type: 'security_exception' } }];
    expect(await foundElse({ 'POST /<index>/_mget': { body: { docs } } })).toEqual([
      { code: 'engine_right_missing', right: 'read_versions', names: 'crm-*' },
    ]);
  });

  it('is named if only the terms of a query cannot be looked up', async () => {
    expect(await foundElse({}, {}, FORBIDDEN)).toEqual([
      { code: 'engine_right_missing', right: 'look_up_terms', names: 'crm-*' },
    ]);
  });

  it('leaves an index that must be deleted by hand', async () => {
    expect(await foundElse({ 'DELETE /<index>': FORBIDDEN })).toEqual([
      { code: 'engine_right_missing', right: 'delete_index', names: 'crm-*' },
      { code: 'engine_index_left', index: expect.stringMatching(/^crm-check-/) },
    ]);
  });

  it('hides what it would show', async () => {
    const hidden = ['GET /', 'GET /_cluster/health', 'GET /_cluster/settings', 'GET /_cat/allocation'];
    const findings = await found(Object.fromEntries(hidden.map((call) => [call, FORBIDDEN])));
    expect(findings).toEqual([
      ...(['version', 'settings', 'health', 'disks'] as const).map((what) => ({ code: 'engine_unseen', what })),
      RIGHTS,
    ]);
  });
});

describe('a service without a call', () => {
  it.each<[EngineRight, FakeAnswers]>([
    ['delete_by_query', { 'POST /<index>/_delete_by_query': { status: 404 } }],
    ['delete_by_query', { 'POST /<index>/_delete_by_query': { body: { deleted: 0 } } }],
    ['point_in_time', { 'POST /<index>/_search/point_in_time': { status: 405 } }],
    ['write', { 'POST /_bulk': { body: { items: [{ index: { status: 201 } }, { index: { status: 200 } }] } } }],
  ])('is refused: %s', async (right, answers) => {
    expect(await foundElse(answers)).toEqual([{ code: 'engine_lacks_call', right }]);
  });

  it('is refused if it finds nothing by terms that it looks up', async () => {
    expect(await foundElse({}, {}, { body: { hits: { hits: [] } } })).toEqual([
      { code: 'engine_lacks_call', right: 'look_up_terms' },
    ]);
  });
});

describe('room', () => {
  it.each<[string, FakeAnswers, EngineFinding]>([
    [
      'a full disk',
      { 'GET /_cat/allocation': { body: [disk('a', 20), disk('b', 96)] } },
      { code: 'engine_disk_full', node: 'b', percentUsed: 96 },
    ],
    [
      'a disk above the high watermark',
      { 'GET /_cat/allocation': { body: [disk('b', 91)] } },
      { code: 'engine_disk_filling', node: 'b', percentUsed: 91, watermark: 'high' },
    ],
    [
      'a disk above the low watermark',
      { 'GET /_cat/allocation': { body: [disk('b', 86)] } },
      { code: 'engine_disk_filling', node: 'b', percentUsed: 86, watermark: 'low' },
    ],
    [
      'a disk with fewer free bytes than the watermark, which is a number of bytes',
      setting('cluster.routing.allocation.disk.watermark.flood_stage', '50gb'),
      { code: 'engine_disk_full', node: 'a', percentUsed: 60 },
    ],
    [
      'a disk above a watermark that is a part',
      setting('cluster.routing.allocation.disk.watermark.low', '0.55'),
      { code: 'engine_disk_filling', node: 'a', percentUsed: 60, watermark: 'low' },
    ],
    [
      'a cluster with as many shards as it may have',
      setting('cluster.max_shards_per_node', '5'),
      { code: 'engine_shards_short', open: 12, most: 15, needed: 12 },
    ],
    [
      'a cluster that is read-only',
      setting('cluster.blocks.read_only_allow_delete', 'true'),
      {
        code: 'engine_read_only',
        index: null,
        setting: 'cluster.blocks.read_only_allow_delete',
      },
    ],
    [
      'an index that is read-only',
      {
        'GET /crm-*/_settings/index.blocks.*': {
          body: { 'crm-a': { settings: { 'index.blocks.read_only_allow_delete': 'true' } } },
        },
      },
      { code: 'engine_read_only', index: 'crm-a', setting: 'index.blocks.read_only_allow_delete' },
    ],
    [
      'indexes of another connection',
      { 'GET /crm-control/_doc/control': { body: { _source: { value: { connection: 'sales' } } } } },
      { code: 'engine_prefix_taken', names: 'crm-*', connection: 'sales' },
    ],
  ])('%s', async (_, answers, finding) => {
    expect(await foundElse(answers)).toEqual([finding]);
  });

  it('nothing in indexes of the connection itself', async () => {
    const answers = { 'GET /crm-control/_doc/control': { body: { _source: { value: { connection: 'crm' } } } } };
    expect(await foundElse(answers)).toEqual([]);
  });

  it('a full disk of a cluster that ignores its watermarks', async () => {
    const answers = {
      ...setting('cluster.routing.allocation.disk.threshold_enabled', 'false'),
      'GET /_cat/allocation': { body: [disk('a', 99)] },
    };
    expect(await found(answers)).toContainEqual({
      code: 'engine_room',
      availableBytes: 1_000_000_000,
      percentUsed: 99,
    });
  });

  it.each([
    [3, 3],
    [5, 3],
  ])('%s copies beside the first need more than %s nodes', async (replicas, dataNodes) => {
    expect(await foundElse({}, { replicas })).toEqual([{ code: 'engine_replicas_unassignable', replicas, dataNodes }]);
    expect(await foundElse({}, { replicas: 2 })).toEqual([]);
  });

  it('a new index to which no node is given', async () => {
    const { location, requests } = await fakeCluster({
      'PUT /<index>': { body: { acknowledged: true, shards_acknowledged: false } },
    });
    expect(await clusterFindings(location)).toContainEqual({ code: 'engine_index_unassigned' });
    expect(requests.at(-1)).toBe('DELETE /<index>');
    expect(requests).not.toContain('POST /_bulk');
  });

  it('a call that fails for another reason', async () => {
    expect(await foundElse({ 'POST /_bulk': { status: 429 } })).toEqual([
      { code: 'engine_call_failed', right: 'write', engineCode: 'overloaded', message: expect.any(String) },
    ]);
  });
});

describe('a setting that is not the default', () => {
  it.each<[string, string, FakeAnswers, EngineFinding]>([
    [
      'indices.query.bool.max_clause_count',
      '512',
      {},
      {
        code: 'engine_limit_low',
        setting: 'indices.query.bool.max_clause_count',
        value: 512,
        least: 1024,
        template: null,
      },
    ],
    [
      'search.max_open_pit_context',
      '10',
      {},
      { code: 'engine_limit_low', setting: 'search.max_open_pit_context', value: 10, least: 300, template: null },
    ],
    [
      'search.allow_expensive_queries',
      'false',
      {},
      {
        code: 'engine_setting_wrong',
        setting: 'search.allow_expensive_queries',
        value: 'false',
        wanted: 'true',
        template: null,
      },
    ],
  ])('of the cluster: %s %s', async (name, value, answers, finding) => {
    expect(await foundElse({ ...setting(name, value), ...answers })).toEqual([finding]);
  });

  const TEMPLATES = [
    { name: 'other', index_template: { index_patterns: ['logs-*', 'crm'], priority: 900 } },
    { name: 'weak', index_template: { index_patterns: ['*'] } },
    { name: 'fast', index_template: { index_patterns: ['x', 'c*-check-*'], priority: 7 } },
  ];

  it.each<[string, FakeAnswer, string | null]>([
    ['of the strongest template', { body: { index_templates: TEMPLATES } }, 'fast'],
    ['of an unknown template', FORBIDDEN, null],
  ])('of a new index, %s', async (_, templates, template) => {
    const answers = { ...ofIndex('index.translog.durability', 'async'), 'GET /_index_template': templates };
    const wanted = { setting: 'index.translog.durability', value: 'async', wanted: 'request' };
    expect(await foundElse(answers)).toEqual([{ code: 'engine_setting_wrong', ...wanted, template }]);
  });

  it('of a new index: too few terms', async () => {
    const few = { setting: 'index.max_terms_count', value: 100, least: 65_536 };
    expect(await foundElse({ ...ofIndex('index.max_terms_count', '100'), 'GET /_index_template': FORBIDDEN })).toEqual([
      { code: 'engine_limit_low', ...few, template: null },
    ]);
  });
});

describe.skipIf(NO_OPENSEARCH !== null)('a real cluster', () => {
  it('allows everything, and keeps nothing of the check', async () => {
    const url = (await openSearchUrl()) ?? '';
    const { location } = await fakeCluster();
    const prefix = `check-${process.pid}`;
    const findings = await clusterFindings({ ...location, url, prefix, replicas: 0 });
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['engine_supported', 'engine_rights']));
    const left = await fetch(`${url}/${prefix}-*/_settings`);
    expect(await left.json()).toEqual({});
  });

  it('has an index template that may lose what was written', async () => {
    const url = (await openSearchUrl()) ?? '';
    const prefix = `check-async-${process.pid}`;
    const template = `${url}/_index_template/${prefix}`;
    const put = await fetch(template, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        index_patterns: [`${prefix}-*`],
        priority: 1_000,
        template: { settings: { 'index.translog.durability': 'async', 'index.max_terms_count': 1_000 } },
      }),
    });
    expect(put.status).toBe(200);
    onTestFinished(() => fetch(template, { method: 'DELETE' }).then(() => {}));
    const { location } = await fakeCluster();
    const findings = await clusterFindings({ ...location, url, prefix, replicas: 0 });
    const ofTemplate = { template: prefix };
    expect(findings).toContainEqual({
      code: 'engine_setting_wrong',
      setting: 'index.translog.durability',
      value: 'async',
      wanted: 'request',
      ...ofTemplate,
    });
    expect(findings).toContainEqual({
      code: 'engine_limit_low',
      setting: 'index.max_terms_count',
      value: 1_000,
      least: 65_536,
      ...ofTemplate,
    });
  });
});
