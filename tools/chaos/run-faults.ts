import { atPoint, type Fault, IN_MIDDLE, startFaultyWorker } from './fault.ts';
import type { StartedRun } from './runs.ts';
import { waitFor } from './wait.ts';

export const RUN_FAULTS: readonly Fault[] = [
  runEnds('terminated', (run) => run.terminate()),
  runEnds('cancelled', (run) => run.cancel()),
  runEnds('deleted', (run) => run.delete()),
  connectionEnds(),
  twoWorkers(),
  lateWorker(),
];

function runEnds(how: string, end: (run: StartedRun) => Promise<void>): Fault {
  return {
    name: `run ${how}`,
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      const worker = await startFaultyWorker(world, IN_MIDDLE);
      const run = await start();
      await atPoint(worker, run, `run ${how}`);
      await killed(run, `run ${how}`);
      await end(run);
      worker.release();
      await waitFor('the end of the run', async () => (await run.show()).status !== 'RUNNING');
    },
  };
}

function connectionEnds(): Fault {
  return {
    name: 'ConnectionWorkflow terminated',
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      const worker = await startFaultyWorker(world, IN_MIDDLE);
      const run = await start();
      await atPoint(worker, run, 'ConnectionWorkflow terminated');
      await killed(run, 'ConnectionWorkflow terminated');
      await world.runs.terminateConnection();
      worker.release();
    },
  };
}

function twoWorkers(): Fault {
  return {
    name: 'two workers, one killed',
    kind: 'kill',
    in: 'complete',
    async inject({ world, random, earliest, start, killed }) {
      const nth = earliest ? 1 : random.between(1, 2);
      const worker = await startFaultyWorker(world, { ...IN_MIDDLE, nth, action: 'kill' });
      const run = await start();
      await waitFor('the run to begin', async () => (await run.show()).memo.run);
      await world.startWorker();
      await atPoint(worker, run, 'two workers, one killed');
      await killed(run, 'two workers, one killed');
    },
  };
}

function lateWorker(): Fault {
  return {
    name: 'worker stopped in a slice, wakes up late',
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      // Not in a transaction, which would lock the index for everyone.
      const worker = await startFaultyWorker(world, { point: 'reply', in: 'backfillSlice', nth: 3, action: 'stop' });
      const run = await start();
      await atPoint(worker, run, 'worker stopped in a slice');
      await killed(run, 'worker stopped in a slice');
      await world.startWorker();
      await waitFor('another worker to end the run', async () => (await run.show()).status === 'COMPLETED');
      worker.kill('SIGCONT');
    },
  };
}
