import { createAuthenticate } from './authenticate.ts';
import { createConnection } from './connection.ts';
import type { ActivityDeps } from './deps.ts';
import { createMembership, createRefresh } from './membership.ts';
import { createRecords } from './records.ts';
import { createSweep } from './sweep.ts';

/** Every activity of a connection's worker. */
export function createActivities(deps: ActivityDeps) {
  const refresh = createRefresh(deps);
  return {
    ...createAuthenticate(deps),
    ...createConnection(deps),
    ...createMembership(deps, refresh),
    ...createRecords(deps),
    ...createSweep(deps, refresh),
  };
}

export type Activities = ReturnType<typeof createActivities>;
