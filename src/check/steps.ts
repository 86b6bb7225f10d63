import type { SetupStep } from '../salesforce/errors.ts';

/** One step of the setup in Salesforce, in the words of its setup pages. */
export interface Step {
  readonly id: SetupStep;
  readonly title: string;
  /** What exactly to do there, for the README's checklist. */
  readonly details: string;
}

/**
 * The External Client App's setup, in the order in which a person does it. The README's checklist has the same steps in
 * the same words (a test compares them).
 */
export const SETUP_STEPS: readonly Step[] = [
  {
    id: 'app',
    title: 'External Client App Manager › New External Client App',
    details: 'In Setup, with an app of the connector’s own; Distribution State "Local".',
  },
  {
    id: 'oauth',
    title: 'Enable OAuth: callback URL, only the scope "Manage user data via APIs (api)"',
    details: 'The page wants a callback URL, and nothing ever calls it: `https://localhost` will do.',
  },
  {
    id: 'flow',
    title: 'Flow Enablement › Enable Client Credentials Flow',
    details: 'Create the app; what follows is on its own page.',
  },
  {
    id: 'policies',
    title:
      'Policies: Permitted Users "Admin approved users are pre-authorized", Client Credentials Flow › Run As the integration user',
    details: 'Run As takes the username of an active user who may use the API.',
  },
  {
    id: 'permission-set',
    title:
      'A permission set: the app enabled under External Client App Access Settings, the rights below, assigned to the integration user',
    details: 'Whatever the integration user cannot see is missing without an error.',
  },
  {
    id: 'credentials',
    title: 'Settings › OAuth Settings › Consumer Key and Secret, and the My Domain URL',
    details: 'They go into the config file as `client_id`, `client_secret` and `base_url`.',
  },
];

/** What the API shows nobody: to be looked at in Setup. */
export const UNSEEN: readonly { readonly step: SetupStep; readonly what: string }[] = [
  { step: 'oauth', what: 'the callback URL: nothing calls it, any will do' },
  {
    step: 'policies',
    what: 'Permitted Users: see that it is not "All users may self-authorize", which lets every user of the org use the app',
  },
];
