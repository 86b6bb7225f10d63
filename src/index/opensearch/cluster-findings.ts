import type { Client } from '@opensearch-project/opensearch';
import { UserError } from '../../errors.ts';
import type { EngineFinding } from '../../facts/engine-findings.ts';
import { isUnencrypted } from '../cluster-address.ts';
import type { OpenSearchLocation } from '../location.ts';
import { type Answer, answerOf } from './answers.ts';
import { connectCluster } from './client.ts';
import { type ClusterSettings, diskFindings, limitFindings, shardFindings } from './cluster-room.ts';
import { CONTROL, type Control, isOthers } from './control.ts';
import { type ClusterFailure, unavailableBecause } from './failures.ts';
import { namesOf } from './names.ts';
import { trialFindings } from './trial-index.ts';

/** Tests a cluster: whether it can be reached, what it is, what the user may do there, and how much room it has. */
export async function clusterFindings(location: OpenSearchLocation): Promise<EngineFinding[]> {
  let client: Client;
  try {
    client = await connectCluster(location);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ code: 'engine_config_wrong', message: error.message }];
  }
  try {
    return await findingsOf(client, location);
  } finally {
    await client.close();
  }
}

async function findingsOf(client: Client, location: OpenSearchLocation): Promise<EngineFinding[]> {
  const info = await answerOf(client.info());
  if ('failure' in info && !isOnlyHidden(info.failure)) return [refusalOf(info.failure, location.url)];
  const health = await answerOf(client.cluster.health());
  const dataNodes = 'body' in health ? health.body.number_of_data_nodes : null;
  const identity =
    'body' in info ? identityOf(info.body, dataNodes) : ({ code: 'engine_unseen', what: 'version' } as const);
  const transport: EngineFinding[] = isUnencrypted(location.url) ? [{ code: 'engine_unencrypted' }] : [];
  if (identity.code === 'engine_foreign' || identity.code === 'engine_too_old') return [identity, ...transport];
  return [
    identity,
    ...transport,
    ...(await roomFindings(client, location, health)),
    ...(await blockFindings(client, location)),
    ...(await prefixFindings(client, location)),
    ...(await trialFindings(client, location)),
  ];
}

/** Reports whether the answer is of a cluster that does not show its version to this user. */
function isOnlyHidden(failure: ClusterFailure): boolean {
  return failure.code === 'forbidden';
}

/** A service without an address that says what it is. */
function refusalOf(failure: ClusterFailure, url: string): EngineFinding {
  if (failure.code === 'not_opensearch' || (failure.code === 'refused' && failure.status === 404))
    return { code: 'engine_foreign', distribution: null, version: null };
  const { message, engineCode } = unavailableBecause(failure, url);
  return { code: 'engine_unavailable', engineCode: engineCode ?? null, message };
}

function identityOf(info: unknown, dataNodes: number | null): EngineFinding {
  const { version } = Object(info) as { readonly version?: unknown };
  const { number, distribution } = Object(version) as { readonly number?: unknown; readonly distribution?: unknown };
  if (distribution !== 'opensearch' || typeof number !== 'string') {
    // Elasticsearch has a version, and names no distribution.
    const name = typeof number === 'string' && distribution === undefined ? 'Elasticsearch' : null;
    return {
      code: 'engine_foreign',
      distribution: name ?? shortText(distribution),
      version: shortText(number),
    };
  }
  const [major = 0, minor = 0] = number.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 19)) return { code: 'engine_too_old', version: number };
  if (major === 3 || (major === 2 && minor === 19))
    return { code: 'engine_supported', version: number, nodes: dataNodes };
  return { code: 'engine_untested', version: number };
}

/** Any server may have answered, with any text. */
function shortText(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 40) : null;
}

async function roomFindings(
  client: Client,
  location: OpenSearchLocation,
  health: Answer<Parameters<typeof shardFindings>[0]>,
): Promise<EngineFinding[]> {
  const answered = await answerOf(client.cluster.getSettings({ include_defaults: true, flat_settings: true }));
  const settings = 'body' in answered ? effective(answered.body) : null;
  const disks = await answerOf(client.cat.allocation({ format: 'json', bytes: 'b' }));
  return [
    ...(settings === null ? [unseen('settings')] : [...limitFindings(settings), ...clusterBlocks(settings)]),
    ...('body' in health ? shardFindings(health.body, settings ?? {}, location) : [unseen('health')]),
    ...('body' in disks ? diskFindings(disks.body, settings ?? {}) : [unseen('disks')]),
  ];
}

function unseen(what: Extract<EngineFinding, { code: 'engine_unseen' }>['what']): EngineFinding {
  return { code: 'engine_unseen', what };
}

/** Returns the settings as they apply: a transient one before a persistent one before a default. */
function effective({
  defaults,
  persistent,
  transient,
}: {
  readonly defaults?: object;
  readonly persistent: object;
  readonly transient: object;
}): ClusterSettings {
  return { ...defaults, ...persistent, ...transient } as ClusterSettings;
}

const CLUSTER_BLOCKS = ['cluster.blocks.read_only', 'cluster.blocks.read_only_allow_delete'];

function clusterBlocks(settings: ClusterSettings): EngineFinding[] {
  return CLUSTER_BLOCKS.filter((setting) => settings[setting] === 'true').map((setting) => ({
    code: 'engine_read_only',
    index: null,
    setting,
  }));
}

/** Finds that another connection has the indexes. A control document that cannot be read says nothing. */
async function prefixFindings(client: Client, { prefix, connection }: OpenSearchLocation): Promise<EngineFinding[]> {
  const answered = await answerOf(client.get({ index: namesOf({ prefix }).control, id: CONTROL }));
  if ('failure' in answered) return [];
  const { value } = Object(answered.body._source) as { readonly value?: Control };
  if (value === undefined || !isOthers(value, connection)) return [];
  return [{ code: 'engine_prefix_taken', names: `${prefix}-*`, connection: value.connection ?? '' }];
}

/** Finds indexes of the connector that are read-only. */
async function blockFindings(client: Client, { prefix }: OpenSearchLocation): Promise<EngineFinding[]> {
  const answered = await answerOf(
    client.indices.getSettings({ index: `${prefix}-*`, name: 'index.blocks.*', flat_settings: true }),
  );
  if ('failure' in answered) return [unseen('blocks')];
  return Object.entries(answered.body).flatMap(([index, { settings }]) =>
    Object.entries(settings ?? {})
      .filter(
        ([setting, value]) => /\.(?:read_only|read_only_allow_delete|write)$/.test(setting) && `${value}` === 'true',
      )
      .map(([setting]): EngineFinding => ({ code: 'engine_read_only', index, setting })),
  );
}
