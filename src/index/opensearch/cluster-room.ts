import type { EngineFinding } from '../../facts/engine-findings.ts';
import type { OpenSearchLocation } from '../location.ts';

/** What the cluster's own answers say about its room. Pure. */

/** The settings of a cluster that apply, by their whole name. */
export type ClusterSettings = Readonly<Record<string, unknown>>;

/** Limits of searches and writes, with their defaults. An administrator may have lowered them. */
const LEAST: Readonly<Record<string, number>> = {
  'indices.query.bool.max_clause_count': 1_024,
  'search.max_open_pit_context': 300,
  'search.max_open_scroll_context': 500,
};

const SWITCHED_ON = ['search.allow_expensive_queries'];

export function limitFindings(settings: ClusterSettings): EngineFinding[] {
  const low = Object.entries(LEAST).flatMap(([setting, least]): EngineFinding[] => {
    const value = Number(settings[setting] ?? least);
    return value < least ? [{ code: 'engine_limit_low', setting, value, least, template: null }] : [];
  });
  const off = SWITCHED_ON.filter((setting) => settings[setting] === 'false').map(
    (setting): EngineFinding => ({
      code: 'engine_setting_wrong',
      setting,
      value: 'false',
      wanted: 'true',
      template: null,
    }),
  );
  return [...low, ...off];
}

const MAX_SHARDS = 'cluster.max_shards_per_node';

/** A new index is filled while the old one serves. Each index has a few small ones beside it. */
const INDEXES_AT_ONCE = 2;
const SMALL_SHARDS = 2;

export function shardFindings(
  health: {
    readonly active_shards: number;
    readonly initializing_shards: number;
    readonly unassigned_shards: number;
    readonly number_of_data_nodes: number;
  },
  settings: ClusterSettings,
  { shards, replicas }: Pick<OpenSearchLocation, 'shards' | 'replicas'>,
): EngineFinding[] {
  const { number_of_data_nodes: dataNodes } = health;
  const perNode = Number(settings[MAX_SHARDS] ?? Number.NaN);
  const most = perNode * dataNodes;
  const open = health.active_shards + health.initializing_shards + health.unassigned_shards;
  const needed = INDEXES_AT_ONCE * (shards + SMALL_SHARDS) * (1 + replicas);
  return [
    ...(open + needed > most ? [{ code: 'engine_shards_short', open, most, needed } as const] : []),
    ...(replicas >= dataNodes ? [{ code: 'engine_replicas_unassignable', replicas, dataNodes } as const] : []),
  ];
}

interface Disk {
  readonly node: string;
  readonly available: number;
  readonly total: number;
  readonly percentUsed: number;
}

type Watermark = 'flood_stage' | 'high' | 'low';

/** Says how much room the disks have. A disk above a watermark is named. */
export function diskFindings(allocation: readonly object[], settings: ClusterSettings): EngineFinding[] {
  const disks = allocation.flatMap(diskOf);
  if (disks.length === 0) return [{ code: 'engine_unseen', what: 'disks' }];
  const full = disks.flatMap((disk): EngineFinding[] => {
    if (settings['cluster.routing.allocation.disk.threshold_enabled'] === 'false') return [];
    const { node, percentUsed } = disk;
    if (isAbove(disk, 'flood_stage', settings)) return [{ code: 'engine_disk_full', node, percentUsed }];
    const watermark = isAbove(disk, 'high', settings) ? 'high' : isAbove(disk, 'low', settings) ? 'low' : null;
    return watermark === null ? [] : [{ code: 'engine_disk_filling', node, percentUsed, watermark }];
  });
  if (full.length > 0) return full;
  const availableBytes = disks.reduce((sum, { available }) => sum + available, 0);
  return [{ code: 'engine_room', availableBytes, percentUsed: Math.max(...disks.map((disk) => disk.percentUsed)) }];
}

/** A row without a disk counts the shards that no node has. */
function diskOf(row: object): Disk[] {
  const read = row as Readonly<Record<string, unknown>>;
  const [available, total] = [Number(read['disk.avail'] ?? Number.NaN), Number(read['disk.total'] ?? Number.NaN)];
  if (Number.isNaN(available) || !(total > 0)) return [];
  const percentUsed = Math.round((100 * (total - available)) / total);
  return [{ node: String(read.node), available, total, percentUsed }];
}

const DEFAULTS: Readonly<Record<Watermark, string>> = { flood_stage: '95%', high: '90%', low: '85%' };

/** A watermark is the used part of a disk, or the bytes that must be free. */
function isAbove({ available, total }: Disk, name: Watermark, settings: ClusterSettings): boolean {
  const written = String(settings[`cluster.routing.allocation.disk.watermark.${name}`] ?? DEFAULTS[name]);
  const used = (total - available) / total;
  const part = partOf(written);
  if (part !== null) return used >= part;
  const bytes = bytesOf(written);
  return bytes !== null && available <= bytes;
}

/** `85%` or `0.85`; null: something else. */
function partOf(text: string): number | null {
  if (/^\d+(?:\.\d+)?%$/.test(text)) return Number(text.slice(0, -1)) / 100;
  return /^0\.\d+$/.test(text) ? Number(text) : null;
}

const UNITS: readonly string[] = ['b', 'kb', 'mb', 'gb', 'tb', 'pb'];

/** `50gb`; null: something else. */
function bytesOf(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text.toLowerCase()) ?? [];
  const power = UNITS.indexOf(unit);
  return digits === undefined || power < 0 ? null : Number(digits) * 1024 ** power;
}
