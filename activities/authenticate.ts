import { toSoql } from '../src/soql/query.ts';
import { ANYTHING } from '../src/sync/soql.ts';
import type { Authenticated, ForConnection, OrgUsage } from '../workflows/activity-contract.ts';
import type { ActivityDeps } from './deps.ts';
import { INPUTS } from './inputs.ts';
import { runChecked } from './run-activity.ts';

export function createAuthenticate(deps: ActivityDeps) {
  return {
    /**
     * Proves that the org issues a token, and returns whose it is. The token itself never leaves the worker's process.
     */
    authenticate: (input: ForConnection): Promise<Authenticated> =>
      runChecked(deps, INPUTS.forConnection, input, async (_, { salesforce, signal, asked }) => {
        const { organizationId, userId, scope, apiVersion } = await salesforce.authenticate({ signal });
        return { organizationId, userId, scope, apiVersion, ...asked() };
      }),

    askApiUsage: (input: ForConnection): Promise<OrgUsage> =>
      runChecked(deps, INPUTS.forConnection, input, async (_, { salesforce, signal, asked }) => {
        // Any reply reports the usage.
        await salesforce.query(toSoql(ANYTHING), { signal }).next();
        return asked();
      }),
  };
}
