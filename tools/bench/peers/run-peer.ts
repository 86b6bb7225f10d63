import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { packageRoot } from '../../../src/process/package-root.ts';
import { lastLines } from '../../../src/process/supervised.ts';
import { neutralEnvironment } from '../deployment/checkout.ts';
import type { ProcessUsage } from '../deployment/process-usage.ts';

/** Both peers write one JSON message a line, with its type first. */
const RECORD = /^\{"type": ?"RECORD"/;
/** Python finds sitecustomize.py here. */
const PRELOADED = join(packageRoot(), 'tools', 'bench', 'peers');

export interface PeerRun extends ProcessUsage {
  readonly seconds: number;
  readonly records: number;
  /** The lines of standard output, except for records. */
  readonly messages: readonly string[];
}

/** Runs a program of a peer against the org until it ends. Writes into `work`, an existing folder. */
export async function runPeer(
  program: string,
  args: readonly string[],
  { orgUrl, work }: { readonly orgUrl: string; readonly work: string },
): Promise<PeerRun> {
  const [usage, log] = [join(work, 'usage.json'), join(work, 'peer.log')];
  const errors = openSync(log, 'w');
  const began = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', errors],
    env: { ...neutralEnvironment(), PYTHONPATH: PRELOADED, BENCH_ORG_URL: orgUrl, BENCH_USAGE_FILE: usage },
  });
  closeSync(errors);
  const ended = once(child, 'close') as Promise<[number | null]>;
  const messages: string[] = [];
  let records = 0;
  for await (const line of createInterface({ input: child.stdio[1] as Readable }))
    if (RECORD.test(line)) records += 1;
    else messages.push(line);
  const [code] = await ended;
  const seconds = (performance.now() - began) / 1e3;
  if (code !== 0)
    throw new Error(
      `${program} ended with exit code ${code}:\n${messages.slice(-3).join('\n')}\n${await lastLines(log)}`,
    );
  return { ...(JSON.parse(readFileSync(usage, 'utf8')) as ProcessUsage), seconds, records, messages };
}
