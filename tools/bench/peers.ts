import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { onStage, STAGE_OPTIONS, type Stage } from './deployment/stage.ts';
import { readFlags } from './flags.ts';
import { AIRBYTE } from './peers/airbyte.ts';
import type { Peer } from './peers/peer.ts';
import { SINGER } from './peers/singer.ts';
import { grouped, machineLoad, table } from './side-by-side.ts';

const { against: _, ...ORG_OPTIONS } = STAGE_OPTIONS;
const FLAGS = {
  usage: 'npm run bench -- peers --peers <folder> [--accounts N] [--seed N] [--org <folder>] [--latency <ms>]',
  options: { ...ORG_OPTIONS, peers: { type: 'string' } },
} as const;
const PEERS: readonly Peer[] = [AIRBYTE, SINGER];

/** What a connector took to read an org for the first time. */
interface FirstRead {
  readonly name: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly apiCalls: number;
  readonly records: number;
}

/** Has other connectors read the org that this checkout's complete backfill reads and indexes. */
export async function benchPeers(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, FLAGS);
  const folder = flags.peers === undefined ? null : resolve(flags.peers);
  const installed = folder === null ? [] : PEERS.filter(({ program }) => existsSync(join(folder, program)));
  if (folder === null || installed.length === 0)
    throw new UserError(
      `No peer is installed${folder === null ? '' : ` in ${folder}`}: follow tools/bench/peers.md, and name the folder with --peers.`,
    );
  await onStage(flags, async (stage) => {
    const read: FirstRead[] = [await ownBackfill(stage)];
    for (const peer of installed) read.push(await peerRead(peer, folder, stage));
    process.stdout.write(`First read of ${stage.orgFolder}, every reply after ${flags.latency} ms:\n`);
    process.stdout.write(report(read));
    process.stdout.write(`${machineLoad()}\n`);
  });
}

async function ownBackfill({ compared, deploy }: Stage): Promise<FirstRead> {
  const [checkout] = compared;
  if (checkout === undefined) throw new Error('there is no checkout');
  const deployment = await deploy(checkout);
  try {
    const run = await deployment.completeBackfill();
    const { seconds, records, apiCalls } = run;
    const used = { cpuSeconds: run.workerCpuSeconds, peakMegabytes: run.workerPeakMegabytes };
    return { name: checkout.name, seconds, ...used, apiCalls, records };
  } finally {
    await deployment.stop();
  }
}

async function peerRead({ name, program, objects, read }: Peer, folder: string, stage: Stage): Promise<FirstRead> {
  const { org, work } = stage;
  const perform = await read(join(folder, program), objects, { orgUrl: org.url, work });
  await org.clearRequests();
  const { seconds, cpuSeconds, peakMegabytes, records } = await perform();
  return {
    name: `${name}: ${objects.join(', ')}`,
    seconds,
    cpuSeconds,
    peakMegabytes,
    apiCalls: await org.apiCalls(),
    records,
  };
}

function report(read: readonly FirstRead[]): string {
  const head = [
    '',
    'wall, s',
    'CPU, s',
    'peak, MB',
    'API calls',
    'records',
    'wall/record, µs',
    'CPU/record, µs',
    'to ours, wall / CPU',
  ];
  const [own] = read;
  const rows = read.map((each) => {
    const { name, seconds, cpuSeconds, peakMegabytes, apiCalls, records } = each;
    const micro = (value: number): string => grouped((value / records) * 1e6, 0);
    const ratio = (of: (read: FirstRead) => number): string =>
      own === undefined ? '' : (of(each) / each.records / (of(own) / own.records)).toFixed(1);
    return [
      name,
      grouped(seconds, 1),
      grouped(cpuSeconds, 1),
      grouped(peakMegabytes, 0),
      grouped(apiCalls, 0),
      grouped(records, 0),
      micro(seconds),
      micro(cpuSeconds),
      `${ratio((one) => one.seconds)} / ${ratio((one) => one.cpuSeconds)}`,
    ];
  });
  return table([head, ...rows]);
}
