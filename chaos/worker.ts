import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../src/package-root.ts';
import { keep } from '../src/process/kept.ts';
import { BUG_VARIABLE, FLAGS_VARIABLE, MARK_VARIABLE, STRIKE_VARIABLE, type Strike } from './strike.ts';

/** A real worker process, which strikes itself at a point where it was started for that. */
export interface RunningWorker {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly exited: Promise<number>;
  isStruck(): boolean;
  /** Lets a worker that waits at its point go on. */
  release(): void;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

let marks = 0;

export async function startWorker(options: {
  readonly configFile: string;
  readonly folder: string;
  readonly bug: string | null;
  readonly strike: Strike | null;
}): Promise<RunningWorker> {
  const { configFile, folder, bug, strike } = options;
  marks += 1;
  const mark = join(folder, `mark-${marks}`);
  const preload = pathToFileURL(join(packageRoot(), 'dist', 'chaos', 'preload.js')).href;
  const bin = join(packageRoot(), 'bin', 'salesforce-connector.js');
  const worker = await keep(process.execPath, ['--import', preload, bin, 'worker', '--config', configFile], {
    log: join(folder, `worker-${marks}.log`),
    env: {
      ...process.env,
      [FLAGS_VARIABLE]: folder,
      [MARK_VARIABLE]: mark,
      ...(strike === null ? {} : { [STRIKE_VARIABLE]: JSON.stringify(strike) }),
      ...(bug === null ? {} : { [BUG_VARIABLE]: bug }),
    },
  });
  if (worker.pid === 0) throw new Error(`a worker could not be started; see ${worker.log}`);
  return {
    pid: worker.pid,
    exited: worker.exited,
    isStruck: () => existsSync(mark),
    release: () => writeFileSync(`${mark}.go`, ''),
    kill: (signal) => process.kill(worker.pid, signal),
    stop: () => worker.stop(),
  };
}
