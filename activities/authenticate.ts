import { toSoql } from '../src/soql/query.ts';
import { ANYTHING } from '../src/sync/soql.ts';
import type { Asked, Authenticated, ForConnection } from '../workflows/activity-contract.ts';
import type { ActivityDeps } from './deps.ts';
import { INPUTS } from './inputs.ts';
import { runChecked } from './run-activity.ts';

export function createAuthenticate(deps: ActivityDeps) {
  return {
    /** Proves that a token can be had, and tells whose it is. The token itself stays in the worker's process. */
    authenticate: (input: ForConnection): Promise<Authenticated> =>
      runChecked(deps, INPUTS.forConnection, input, async (_, { salesforce, signal, asked }) => {
        const { organizationId, userId, scope, apiVersion } = await salesforce.authenticate({ signal });
        return { organizationId, userId, scope, apiVersion, ...asked() };
      }),

    askApiUsage: (input: ForConnection): Promise<Asked> =>
      runChecked(deps, INPUTS.forConnection, input, async (_, { salesforce, signal, asked }) => {
        // Its reply tells the usage like every other.
        await salesforce.query(toSoql(ANYTHING), { signal }).next();
        return asked();
      }),
  };
}
