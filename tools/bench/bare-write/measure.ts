import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the writes of a complete backfill take in a process that does nothing else. */
export interface BareWrites {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly records: number;
}

/**
 * Records the batches that a complete backfill of the org writes, and then writes them again in a new process. Writes
 * into `work`, an existing folder; the batches take about as much room there as the org.
 */
export async function measureBareWrites(url: string, work: string): Promise<BareWrites> {
  const batches = join(work, 'batches');
  try {
    await program('record.js', url, batches);
    const measured = JSON.parse(await program('replay.js', url, batches)) as BareWrites;
    if (measured.records === 0)
      throw new Error('No batch was recorded: recording-open.ts misses the calls that write.');
    return measured;
  } finally {
    rmSync(batches, { recursive: true, force: true });
  }
}

async function program(name: string, ...args: readonly string[]): Promise<string> {
  const path = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return (await run(process.execPath, [path, ...args], { maxBuffer: 10_000_000 })).stdout;
}
