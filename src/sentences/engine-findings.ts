import type { EngineFinding, EngineRight } from '../facts/engine-findings.ts';
import { thousands } from './numbers.ts';

/** What was found, as a clause, and what to do. */
export interface EngineFindingWords {
  readonly found: string;
  readonly remedy: string | null;
}

/** Permissions of OpenSearch's security plugin: of the whole cluster, and of the connector's indexes. */
interface Permissions {
  readonly cluster: readonly string[];
  readonly index: readonly string[];
}

/** What the connector does, and the permissions for it. */
export const ENGINE_RIGHTS: Readonly<Record<EngineRight, Permissions & { readonly does: string }>> = {
  create_index: {
    does: 'create an index with an alias',
    cluster: [],
    index: ['indices:admin/create', 'indices:admin/aliases'],
  },
  read_settings: { does: 'read the settings of an index', cluster: [], index: ['indices:monitor/settings/get'] },
  write: {
    does: 'write documents',
    cluster: ['indices:data/write/bulk'],
    index: ['indices:data/write/bulk*', 'indices:data/write/index', 'indices:data/write/delete'],
  },
  refresh: { does: 'refresh an index', cluster: [], index: ['indices:admin/refresh*'] },
  point_in_time: {
    does: 'open and close a point in time',
    cluster: [],
    index: ['indices:data/read/point_in_time/create', 'indices:data/read/point_in_time/delete'],
  },
  search: { does: 'search', cluster: [], index: ['indices:data/read/search*'] },
  look_up_terms: {
    does: 'look up the terms of a query in a document',
    cluster: [],
    index: ['indices:data/read/get*'],
  },
  read_versions: {
    does: 'read the versions of documents',
    cluster: ['indices:data/read/mget'],
    index: ['indices:data/read/mget*'],
  },
  delete_by_query: {
    does: 'delete documents by query',
    cluster: ['indices:data/read/scroll*'],
    index: ['indices:data/write/delete/byquery'],
  },
  delete_index: { does: 'delete an index', cluster: [], index: ['indices:admin/delete'] },
};

/** What a cluster may not show, and the permission for it. */
export const ENGINE_VIEWS: Readonly<
  Record<
    Extract<EngineFinding, { code: 'engine_unseen' }>['what'],
    { readonly what: string; readonly permission: string }
  >
> = {
  version: { what: 'its version', permission: 'cluster:monitor/main' },
  health: { what: 'the number of its nodes and shards', permission: 'cluster:monitor/health' },
  settings: { what: 'its settings', permission: 'cluster:monitor/state' },
  disks: { what: 'the room on its disks', permission: 'cluster:monitor/nodes/stats' },
  blocks: { what: 'whether an index is read-only', permission: 'indices:monitor/settings/get' },
};

/** Describes a finding about the search engine. */
export function engineFindingWords(finding: EngineFinding): EngineFindingWords {
  switch (finding.code) {
    case 'engine_config_wrong':
    case 'engine_unavailable':
      return { found: finding.message, remedy: null };
    case 'engine_supported':
      return { found: `OpenSearch ${finding.version}${nodesText(finding.nodes)}`, remedy: null };
    case 'engine_untested':
      return {
        found: `OpenSearch ${finding.version}, with which this version of the connector was not tested`,
        remedy: 'Use OpenSearch 2.19 or 3, or look for a newer version of the connector.',
      };
    case 'engine_too_old':
      return {
        found: `OpenSearch ${finding.version} is too old`,
        remedy:
          'Upgrade it to 2.19 or 3. If it is newer and only says so, set compatibility.override_main_response_version to false.',
      };
    case 'engine_foreign':
      return {
        found: `${foreignText(finding)} answers at index.url, not OpenSearch`,
        remedy:
          'Correct index.url. The connector needs OpenSearch 2.19 or 3: Elasticsearch, and services without a version such as Amazon OpenSearch Serverless, do not work.',
      };
    case 'engine_lacks_call':
      return {
        found: `the service cannot ${ENGINE_RIGHTS[finding.right].does}`,
        remedy:
          'Use OpenSearch 2.19 or 3, or a domain of Amazon OpenSearch Service. Amazon OpenSearch Serverless lacks this call.',
      };
    case 'engine_unencrypted':
      return {
        found: 'index.url begins with http://, so records and searches travel unencrypted',
        remedy: 'Write https:// in index.url, unless the network between is private.',
      };
    case 'engine_rights':
      return { found: `may create, write, search and delete indexes ${finding.names}`, remedy: null };
    case 'engine_right_missing':
      return missingRight(finding);
    case 'engine_index_left':
      return {
        found: `the index ${finding.index}, which this check created, could not be deleted`,
        remedy: 'Delete it.',
      };
    case 'engine_prefix_taken':
      return {
        found: `the indexes ${finding.names} are those of connection '${finding.connection}'`,
        remedy:
          'Set another index.prefix in this config. If there is no such connection any more, delete the index that ends in -control.',
      };
    case 'engine_call_failed':
      return { found: `could not ${ENGINE_RIGHTS[finding.right].does}: ${finding.message}`, remedy: null };
    case 'engine_index_unassigned':
      return {
        found: 'the cluster gave no node to a new index',
        remedy: 'Ask _cluster/allocation/explain. The disks may be full, or allocation may be switched off.',
      };
    case 'engine_read_only':
      return {
        found: `${finding.index === null ? 'the cluster' : `the index ${finding.index}`} is read-only (${finding.setting})`,
        remedy: 'Make room on the disks, then remove the block. Until then runs wait.',
      };
    case 'engine_unseen':
      return {
        found: `the cluster does not show ${ENGINE_VIEWS[finding.what].what} to this user`,
        remedy: `To test it, give the role of the user ${ENGINE_VIEWS[finding.what].permission}.`,
      };
    case 'engine_room':
      return {
        found: `${bytesText(finding.availableBytes)} are free on its disks; the fullest is used to ${finding.percentUsed} %`,
        remedy: null,
      };
    case 'engine_disk_full':
      return {
        found: `the disk of node ${finding.node} is used to ${finding.percentUsed} %, which makes its indexes read-only`,
        remedy: 'Make room on that disk, or add a node.',
      };
    case 'engine_disk_filling':
      return {
        found: `the disk of node ${finding.node} is used to ${finding.percentUsed} %, above the ${finding.watermark} watermark`,
        remedy:
          finding.watermark === 'low'
            ? 'Make room on that disk, or add a node: it gets no new shards.'
            : 'Make room on that disk, or add a node: shards are moved away from it.',
      };
    case 'engine_shards_short':
      return {
        found: `the cluster has ${thousands(finding.open)} of at most ${thousands(finding.most)} shards, and a complete backfill needs ${thousands(finding.needed)} more`,
        remedy: 'Delete indexes that nobody needs, add a node, or raise cluster.max_shards_per_node.',
      };
    case 'engine_replicas_unassignable':
      return {
        found: `index.replicas is ${finding.replicas}, but ${dataNodesText(finding.dataNodes)}, so some copies will never exist and the cluster stays yellow`,
        remedy: `Set replicas: ${Math.max(finding.dataNodes - 1, 0)}, or add a node.`,
      };
    case 'engine_limit_low':
      return {
        found: `${finding.setting} is ${thousands(finding.value)}${ofTemplate(finding)}`,
        remedy: `Set it to ${thousands(finding.least)} or more, which is the default.`,
      };
    case 'engine_setting_wrong':
      return {
        found: `${finding.setting} is ${finding.value}${ofTemplate(finding)}`,
        remedy: `Set it to ${finding.wanted}, which is the default.`,
      };
  }
}

function missingRight({ right, names }: Extract<EngineFinding, { code: 'engine_right_missing' }>): EngineFindingWords {
  const { does, cluster, index } = ENGINE_RIGHTS[right];
  const places = [
    ...(cluster.length === 0 ? [] : [`${cluster.join(', ')} in the cluster`]),
    `${index.join(', ')} in indexes ${names}`,
  ];
  return { found: `the user of index.auth may not ${does}`, remedy: `Give its role ${places.join(', and ')}.` };
}

function nodesText(nodes: number | null): string {
  if (nodes === null) return '';
  return nodes === 1 ? ', one node with data' : `, ${nodes} nodes with data`;
}

function dataNodesText(nodes: number): string {
  return nodes === 1 ? 'only one node has data' : `only ${nodes} nodes have data`;
}

function foreignText({ distribution, version }: Extract<EngineFinding, { code: 'engine_foreign' }>): string {
  const name = distribution ?? 'another service';
  return version === null ? name : `${name} ${version}`;
}

function ofTemplate({ template }: { readonly template: string | null }): string {
  return template === null ? '' : ` (from the index template ${template})`;
}

const GB = 1_000_000_000;

function bytesText(bytes: number): string {
  return bytes < GB ? `${thousands(Math.round(bytes / 1_000_000))} MB` : `${thousands(Math.round(bytes / GB))} GB`;
}
