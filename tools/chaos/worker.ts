import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/process/package-root.ts';
import { supervise } from '../../src/process/supervised.ts';
import { BUG_VARIABLE, FLAGS_VARIABLE, INJECTION_VARIABLE, type Injection, MARK_VARIABLE } from './injection.ts';

/** A real worker process, which may break itself at a point. */
export interface RunningWorker {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly exited: Promise<number>;
  isInjected(): boolean;
  /** Lets a worker that waits at its point continue. */
  release(): void;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

let marks = 0;

export async function startWorker(options: {
  readonly configFile: string;
  readonly folder: string;
  readonly bug: string | null;
  readonly inject: Injection | null;
}): Promise<RunningWorker> {
  const { configFile, folder, bug, inject } = options;
  marks += 1;
  const mark = join(folder, `mark-${marks}`);
  const preload = new URL('./preload.js', import.meta.url).href;
  const bin = join(packageRoot(), 'bin', 'salesforce-connector.js');
  const worker = await supervise(process.execPath, ['--import', preload, bin, 'worker', '--config', configFile], {
    log: join(folder, `worker-${marks}.log`),
    env: {
      ...process.env,
      [FLAGS_VARIABLE]: folder,
      [MARK_VARIABLE]: mark,
      ...(inject === null ? {} : { [INJECTION_VARIABLE]: JSON.stringify(inject) }),
      ...(bug === null ? {} : { [BUG_VARIABLE]: bug }),
    },
  });
  if (worker.pid === 0) throw new Error(`a worker could not be started; see ${worker.log}`);
  return {
    pid: worker.pid,
    exited: worker.exited,
    isInjected: () => existsSync(mark),
    release: () => writeFileSync(`${mark}.go`, ''),
    kill: (signal) => process.kill(worker.pid, signal),
    stop: () => worker.stop(),
  };
}
