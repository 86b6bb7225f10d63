import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EngineFinding } from '../../src/facts/engine-findings.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { ENGINE_RIGHTS, ENGINE_VIEWS, engineFindingWords } from '../../src/sentences/engine-findings.ts';

const names = 'crm-*';
const USE =
  'The connector needs OpenSearch 2.19 or 3: Elasticsearch, and services without a version such as Amazon OpenSearch Serverless, do not work.';

const rows: [EngineFinding, found: string, remedy: string | null][] = [
  [{ code: 'engine_config_wrong', message: 'A file is missing.' }, 'A file is missing.', null],
  [{ code: 'engine_unavailable', engineCode: 'ECONNREFUSED', message: 'It is down.' }, 'It is down.', null],
  [{ code: 'engine_supported', version: '3.6.0', nodes: 1 }, 'OpenSearch 3.6.0, one node with data', null],
  [{ code: 'engine_supported', version: '3.6.0', nodes: 3 }, 'OpenSearch 3.6.0, 3 nodes with data', null],
  [{ code: 'engine_supported', version: '3.6.0', nodes: null }, 'OpenSearch 3.6.0', null],
  [
    { code: 'engine_untested', version: '4.0.0' },
    'OpenSearch 4.0.0, with which this version of the connector was not tested',
    'Use OpenSearch 2.19 or 3, or look for a newer version of the connector.',
  ],
  [
    { code: 'engine_too_old', version: '2.11.0' },
    'OpenSearch 2.11.0 is too old',
    'Upgrade it to 2.19 or 3. If it is newer and only says so, set compatibility.override_main_response_version to false.',
  ],
  [
    { code: 'engine_foreign', distribution: 'Elasticsearch', version: '8.15.0' },
    'Elasticsearch 8.15.0 answers at index.url, not OpenSearch',
    `Correct index.url. ${USE}`,
  ],
  [
    { code: 'engine_foreign', distribution: null, version: null },
    'another service answers at index.url, not OpenSearch',
    `Correct index.url. ${USE}`,
  ],
  [
    { code: 'engine_lacks_call', right: 'delete_by_query' },
    'the service cannot delete documents by query',
    'Use OpenSearch 2.19 or 3, or a domain of Amazon OpenSearch Service. Amazon OpenSearch Serverless lacks this call.',
  ],
  [
    { code: 'engine_unencrypted' },
    'index.url begins with http://, so records and searches travel unencrypted',
    'Write https:// in index.url, unless the network between is private.',
  ],
  [{ code: 'engine_rights', names }, 'may create, write, search and delete indexes crm-*', null],
  [
    { code: 'engine_right_missing', right: 'look_up_terms', names },
    'the user of index.auth may not look up the terms of a query in a document',
    'Give its role indices:data/read/get* in indexes crm-*.',
  ],
  [
    { code: 'engine_right_missing', right: 'delete_by_query', names },
    'the user of index.auth may not delete documents by query',
    'Give its role indices:data/read/scroll* in the cluster, and indices:data/write/delete/byquery in indexes crm-*.',
  ],
  [
    { code: 'engine_index_left', index: 'crm-check-1' },
    'the index crm-check-1, which this check created, could not be deleted',
    'Delete it.',
  ],
  [
    { code: 'engine_prefix_taken', names, connection: 'sales' },
    "the indexes crm-* are those of connection 'sales'",
    'Set another index.prefix in this config. If there is no such connection any more, delete the index that ends in -control.',
  ],
  [
    { code: 'engine_call_failed', right: 'write', engineCode: 'overloaded', message: 'It is overloaded.' },
    'could not write documents: It is overloaded.',
    null,
  ],
  [
    { code: 'engine_index_unassigned' },
    'the cluster gave no node to a new index',
    'Ask _cluster/allocation/explain. The disks may be full, or allocation may be switched off.',
  ],
  [
    { code: 'engine_read_only', index: null, setting: 'cluster.blocks.read_only' },
    'the cluster is read-only (cluster.blocks.read_only)',
    'Make room on the disks, then remove the block. Until then runs wait.',
  ],
  [
    { code: 'engine_read_only', index: 'crm-1', setting: 'index.blocks.write' },
    'the index crm-1 is read-only (index.blocks.write)',
    'Make room on the disks, then remove the block. Until then runs wait.',
  ],
  [
    { code: 'engine_unseen', what: 'disks' },
    'the cluster does not show the room on its disks to this user',
    'To test it, give the role of the user cluster:monitor/nodes/stats.',
  ],
  [
    { code: 'engine_room', availableBytes: 1_234_000_000_000, percentUsed: 40 },
    '1,234 GB are free on its disks; the fullest is used to 40 %',
    null,
  ],
  [
    { code: 'engine_room', availableBytes: 420_000_000, percentUsed: 40 },
    '420 MB are free on its disks; the fullest is used to 40 %',
    null,
  ],
  [
    { code: 'engine_disk_full', node: 'a', percentUsed: 96 },
    'the disk of node a is used to 96 %, which makes its indexes read-only',
    'Make room on that disk, or add a node.',
  ],
  [
    { code: 'engine_disk_filling', node: 'a', percentUsed: 86, watermark: 'low' },
    'the disk of node a is used to 86 %, above the low watermark',
    'Make room on that disk, or add a node: it gets no new shards.',
  ],
  [
    { code: 'engine_disk_filling', node: 'a', percentUsed: 91, watermark: 'high' },
    'the disk of node a is used to 91 %, above the high watermark',
    'Make room on that disk, or add a node: shards are moved away from it.',
  ],
  [
    { code: 'engine_shards_short', open: 1_990, most: 2_000, needed: 12 },
    'the cluster has 1,990 of at most 2,000 shards, and a complete backfill needs 12 more',
    'Delete indexes that nobody needs, add a node, or raise cluster.max_shards_per_node.',
  ],
  [
    { code: 'engine_replicas_unassignable', replicas: 1, dataNodes: 1 },
    'index.replicas is 1, but only one node has data, so some copies will never exist and the cluster stays yellow',
    'Set replicas: 0, or add a node.',
  ],
  [
    { code: 'engine_limit_low', setting: 'search.max_open_pit_context', value: 10, least: 300, template: null },
    'search.max_open_pit_context is 10',
    'Set it to 300 or more, which is the default.',
  ],
  [
    {
      code: 'engine_setting_wrong',
      setting: 'index.translog.durability',
      value: 'async',
      wanted: 'request',
      template: 'fast',
    },
    'index.translog.durability is async (from the index template fast)',
    'Set it to request, which is the default.',
  ],
];

it.each(rows)('%j', (finding, found, remedy) => {
  expect(engineFindingWords(finding)).toEqual({ found, remedy });
});

it('docs/opensearch.md has the same rights, in the same words', () => {
  const document = readFileSync(join(packageRoot(), 'docs', 'opensearch.md'), 'utf8');
  const [, section = ''] = document.split('\n## Rights\n');
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  const coded = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const rights = Object.values(ENGINE_RIGHTS).map(({ does, cluster, index }) =>
    `| ${does} | ${coded(cluster)} | ${coded(index)} |`.replaceAll('  ', ' '),
  );
  const views = Object.values(ENGINE_VIEWS).map(({ what, permission }) => `| ${what} | ${coded([permission])} |`);
  expect(rows.filter((row) => row.includes('`'))).toEqual([...rights, ...views]);
});
