import type { ActivityDeps } from './deps.ts';
import type { Authenticated, ForConnection } from './results.ts';
import { runActivity } from './run-activity.ts';

export function createAuthenticate(deps: ActivityDeps) {
  return {
    /** Proves that a token can be had, and tells whose it is. The token itself stays in the worker's process. */
    authenticate: (input: ForConnection): Promise<Authenticated> =>
      runActivity(deps, input, async ({ apiCalls }) => {
        const { organizationId, userId, scope, apiVersion } = await deps.salesforce.authenticate();
        return { organizationId, userId, scope, apiVersion, apiCalls: apiCalls() };
      }),
  };
}
