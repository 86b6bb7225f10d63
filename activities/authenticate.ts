import type { ActivityDeps } from './deps.ts';
import { INPUTS } from './inputs.ts';
import type { Asked, Authenticated, ForConnection } from './results.ts';
import { runChecked } from './run-activity.ts';

/** The org's cheapest question: its reply tells the usage like every other. */
const ANYTHING = 'SELECT Id FROM Organization LIMIT 1';

export function createAuthenticate(deps: ActivityDeps) {
  const { salesforce } = deps;
  return {
    /** Proves that a token can be had, and tells whose it is. The token itself stays in the worker's process. */
    authenticate: (input: ForConnection): Promise<Authenticated> =>
      runChecked(deps, INPUTS.forConnection, input, async (_, { signal, asked }) => {
        const { organizationId, userId, scope, apiVersion } = await salesforce.authenticate({ signal });
        return { organizationId, userId, scope, apiVersion, ...asked() };
      }),

    /** Asks the org for its API usage, at the price of one call. */
    askApiUsage: (input: ForConnection): Promise<Asked> =>
      runChecked(deps, INPUTS.forConnection, input, async (_, { signal, asked }) => {
        await salesforce.query(ANYTHING, { signal }).next();
        return asked();
      }),
  };
}
