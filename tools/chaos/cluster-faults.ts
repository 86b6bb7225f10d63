import { setTimeout as delay } from 'node:timers/promises';
import type { SearchCluster } from './cluster.ts';
import type { ClusterMoment } from './cluster-proxy.ts';
import { atPoint, beforeEnd, type Fault, IN_MIDDLE, startFaultyWorker } from './fault.ts';
import { waitFor } from './wait.ts';
import type { World } from './world.ts';

/** How long a cluster, or a publisher, stays away. */
const AWAY_MS = 60_000;
const ASLEEP_MS = 120_000;

/** Faults of the search engine outside the run store's file. */
export const CLUSTER_FAULTS: readonly Fault[] = [
  away('OpenSearch killed', 0),
  away('OpenSearch stopped for a minute', AWAY_MS),
  refusesPartly(),
  readOnly(),
  killedAt('worker killed between commit and publish', 'documents', 'before'),
  killedAt('worker killed between publish and acknowledgement', 'documents', 'after'),
  killedAt('worker killed before a membership flips', 'flip', 'before'),
  killedAt('worker killed after a membership flipped', 'flip', 'after'),
  clusterKilledAt('OpenSearch killed between publish and acknowledgement', 'documents', 'after'),
  clusterKilledAt('OpenSearch killed in a flip', 'flip', 'before'),
  contentDeleted(),
  putBack(),
  sleepingPublisher('a publisher sleeps before it sends', 'stopped'),
  sleepingPublisher("a publisher's request is on its way", 'held'),
];

function clusterOf({ cluster }: World): SearchCluster {
  if (cluster === null) throw new Error('This world has no OpenSearch.');
  return cluster;
}

function away(name: string, milliseconds: number): Fault {
  return {
    name,
    kind: milliseconds === 0 ? 'kill' : 'fault',
    in: 'both',
    async inject({ world, random, kind, earliest, start, killed }) {
      const cluster = clusterOf(world);
      const within = kind === 'complete' ? 'backfillSlice' : 'readChanges';
      const nth = earliest ? 1 : random.between(1, 3);
      const worker = await startFaultyWorker(world, { point: 'after commit', in: within, nth, action: 'wait' });
      const run = await start();
      await atPoint(worker, run, name);
      await cluster.kill();
      await killed(run, `${name}, time ${nth}`);
      worker.release();
      await delay(milliseconds);
      await cluster.start();
    },
  };
}

function refusesPartly(): Fault {
  const name = 'OpenSearch refuses single documents';
  return {
    name,
    kind: 'fault',
    in: 'both',
    async inject({ world, random, start, killed }) {
      const refusing = clusterOf(world).proxy.refusePartly(random.between(1, 8));
      const run = await start();
      await beforeEnd(run, name, async () => refusing.isReached());
      await killed(run, name);
    },
  };
}

function readOnly(): Fault {
  const name = 'OpenSearch read-only';
  return {
    name,
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      const cluster = clusterOf(world);
      const worker = await startFaultyWorker(world, IN_MIDDLE);
      const run = await start();
      await atPoint(worker, run, name);
      await cluster.setReadOnly(true);
      try {
        await killed(run, name);
        worker.release();
        await waitFor('the run to say so', async () => {
          const { status, memo } = await run.show();
          const waits = JSON.stringify(memo).includes('read_only');
          const isRetrying = (await run.retry())?.error?.engineCode === 'cluster_block_exception';
          return waits || isRetrying || status !== 'RUNNING';
        });
      } finally {
        await cluster.setReadOnly(false);
      }
    },
  };
}

function killedAt(name: string, at: ClusterMoment, when: 'before' | 'after'): Fault {
  return {
    name,
    kind: 'kill',
    in: at === 'flip' ? 'complete' : 'both',
    async inject({ world, random, earliest, start, killed }) {
      const nth = earliest || at === 'flip' ? 1 : random.between(1, 3);
      const act = () => world.killWorkers();
      const ambush = clusterOf(world).proxy.ambush({ at, when, nth, act, endsRequest: true });
      const run = await start();
      await beforeEnd(run, name, async () => ambush.isReached());
      await killed(run, `${name}, time ${nth}`);
      await world.startWorker();
    },
  };
}

function clusterKilledAt(name: string, at: ClusterMoment, when: 'before' | 'after'): Fault {
  return {
    name,
    kind: 'kill',
    in: at === 'flip' ? 'complete' : 'both',
    async inject({ world, start, killed }) {
      const cluster = clusterOf(world);
      const ambush = cluster.proxy.ambush({ at, when, nth: 1, act: () => cluster.kill() });
      const run = await start();
      await beforeEnd(run, name, async () => ambush.isReached());
      await killed(run, name);
      await cluster.start();
    },
  };
}

function contentDeleted(): Fault {
  const name = 'indexes in OpenSearch deleted';
  return {
    name,
    kind: 'fault',
    in: 'both',
    async inject({ world, kind, start, killed }) {
      const within = kind === 'complete' ? 'backfillSlice' : 'readChanges';
      const worker = await startFaultyWorker(world, { point: 'after commit', in: within, nth: 1, action: 'wait' });
      const run = await start();
      await atPoint(worker, run, name);
      await killed(run, name);
      await clusterOf(world).deleteContent();
      worker.release();
    },
  };
}

/** The cluster is put back from a copy, as from a snapshot, and the run store is not. */
function putBack(): Fault {
  const name = 'OpenSearch restored from a copy';
  return {
    name,
    kind: 'fault',
    in: 'both',
    async inject({ world, start, killed }) {
      const cluster = clusterOf(world);
      await cluster.kill();
      cluster.copy();
      await cluster.start();
      const first = await start();
      await waitFor('the end of the run', async () => (await first.show()).status !== 'RUNNING');
      await cluster.kill();
      cluster.putBack();
      await killed(first, name);
      await cluster.start();
    },
  };
}

/** Two publishers, one of which sends what it has read two minutes later. */
function sleepingPublisher(name: string, how: 'stopped' | 'held'): Fault {
  return {
    name,
    kind: 'fault',
    in: 'complete',
    async inject({ world, start, killed }) {
      const { proxy } = clusterOf(world);
      await world.killWorkers();
      const sleeper = await world.startWorker();
      let wake: () => void = () => {};
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const act = async (): Promise<void> => {
        sleeper.kill('SIGSTOP');
        if (how === 'held') await woken;
      };
      // Stopped before its answer arrives, it has read what it sends next.
      const ambush = proxy.ambush({ at: 'documents', when: how === 'held' ? 'before' : 'after', nth: 1, act });
      const run = await start();
      await beforeEnd(run, name, async () => ambush.isReached());
      await killed(run, name);
      await world.startWorker();
      await delay(ASLEEP_MS);
      sleeper.kill('SIGCONT');
      wake();
    },
  };
}
