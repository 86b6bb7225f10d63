import type { Activities } from '../workflows/activity-contract.ts';
import { createAuthenticate } from './authenticate.ts';
import { createConnection } from './begin-and-finish.ts';
import type { ActivityDeps, WorkerDeps } from './deps.ts';
import { createMembership, createRefresh } from './membership.ts';
import { createRecords } from './records.ts';
import { RunContexts } from './run-context.ts';
import { createSweep } from './sweep.ts';
import { createWithRunStore } from './with-run-store.ts';
import { WorkerMemory } from './worker-memory.ts';

/** Creates every activity of a connection's worker. */
export function createActivities(given: ActivityDeps): Activities {
  const memory = new WorkerMemory();
  const deps: WorkerDeps = { ...given, memory, runs: new RunContexts(given.schemas, memory) };
  const refresh = createRefresh(deps);
  const withRunStore = createWithRunStore(deps, refresh);
  return {
    ...createAuthenticate(deps),
    ...createConnection(deps),
    ...createMembership(deps, refresh),
    ...createRecords(deps, withRunStore),
    ...createSweep(deps, refresh, withRunStore),
  };
}
