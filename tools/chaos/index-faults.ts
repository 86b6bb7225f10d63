import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IndexLocation, indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { removeIndex } from '../../src/index/removal.ts';
import { atPoint, type Fault, IN_MIDDLE, NotInjectedError, startFaultyWorker } from './fault.ts';
import { waitFor } from './wait.ts';

export const INDEX_FAULTS: readonly Fault[] = [
  indexIs('full', 'SQLITE_FULL'),
  indexIs('read-only', 'SQLITE_READONLY'),
  indexDeleted(),
  indexRestored(),
];

/** The run store alone: what a search engine outside the file has of the index stays. */
function storeOf({ path }: IndexLocation): IndexLocation {
  return indexAt(path);
}

function indexIs(flag: 'full' | 'read-only', engineCode: string): Fault {
  return {
    name: `index ${flag}`,
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      const path = join(world.folder, flag);
      const worker = await startFaultyWorker(world, IN_MIDDLE);
      const run = await start();
      await atPoint(worker, run, `index ${flag}`);
      writeFileSync(path, '');
      try {
        await killed(run, `index ${flag}`);
        worker.release();
        await waitFor(`the index to be found ${flag}`, async () => {
          const { status, memo } = await run.show();
          if (status === 'COMPLETED') throw new NotInjectedError(`the index was never found ${flag}`);
          if (status === 'FAILED') return memo.error?.engineCode === engineCode;
          return (await run.retry())?.error?.engineCode === engineCode;
        });
      } finally {
        rmSync(path);
      }
    },
  };
}

function indexDeleted(): Fault {
  return {
    name: 'index deleted',
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      const worker = await startFaultyWorker(world, { ...IN_MIDDLE, point: 'done' });
      const run = await start();
      await atPoint(worker, run, 'index deleted');
      await killed(run, 'index deleted');
      await removeIndex(storeOf(world.config.index));
      worker.release();
    },
  };
}

function indexRestored(): Fault {
  return {
    name: 'index restored from a copy',
    kind: 'fault',
    in: 'both',
    async inject({ world, start, killed }) {
      const { index } = world.config;
      const { path } = index;
      const copy = join(world.folder, 'copy.db');
      // Opening and closing writes the journal into the file.
      const store = await openRunStore({ index, create: false });
      await store.state();
      await store.close();
      copyFileSync(path, copy);
      if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
      const first = await start();
      await waitFor('the end of the run', async () => (await first.show()).status !== 'RUNNING');
      await world.killWorkers();
      await removeIndex(storeOf(index));
      copyFileSync(copy, path);
      if (existsSync(`${copy}-wal`)) copyFileSync(`${copy}-wal`, `${path}-wal`);
      await killed(first, 'index restored from a copy');
      await world.startWorker();
    },
  };
}
