import type { Activities } from '../workflows/activity-contract.ts';
import { createAuthenticate } from './authenticate.ts';
import { createConnection } from './connection.ts';
import type { ActivityDeps, WorkerDeps } from './deps.ts';
import { createMembership, createRefresh } from './membership.ts';
import { createRecords } from './records.ts';
import { RunContexts } from './run-context.ts';
import { createWithRunIndex } from './run-index.ts';
import { createSweep } from './sweep.ts';
import { WorkerMemory } from './worker-memory.ts';

/** Every activity of a connection's worker. */
export function createActivities(given: ActivityDeps): Activities {
  const memory = new WorkerMemory();
  const deps: WorkerDeps = { ...given, memory, runs: new RunContexts(given.selections, memory) };
  const refresh = createRefresh(deps);
  const withRunIndex = createWithRunIndex(deps, refresh);
  return {
    ...createAuthenticate(deps),
    ...createConnection(deps),
    ...createMembership(deps, refresh),
    ...createRecords(deps, withRunIndex),
    ...createSweep(deps, refresh, withRunIndex),
  };
}
