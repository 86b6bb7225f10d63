import type { SetupStep } from '../facts/failures.ts';
import type { Flow } from '../salesforce/credentials.ts';

/** One step of the setup in Salesforce, in the words of its setup pages. */
export interface Step {
  readonly id: SetupStep;
  readonly title: string;
  /** The details, for the checklist in docs/setup.md. */
  readonly details: string;
}

const APP: Step = {
  id: 'app',
  title: 'External Client App Manager › New External Client App',
  details: 'In Setup. Create a separate app for the connector, with Distribution State "Local".',
};

const OAUTH: Step = {
  id: 'oauth',
  title: 'Enable OAuth: callback URL, only the scope "Manage user data via APIs (api)"',
  details: 'The page requires a callback URL, but nothing ever calls it: enter `https://localhost`.',
};

const PERMISSION_SET: Step = {
  id: 'permission-set',
  title:
    'A permission set with the License "--None--": the app enabled under External Client App Access Settings, the rights below, assigned to the integration user',
  details:
    'A user with the user license "Salesforce Integration" first needs the permission set license "Salesforce API Integration" (Users › the user › Permission Set License Assignments › Edit Assignments): without it Salesforce does not assign the permission set. If the integration user cannot see something, the index lacks it, and there is no error.',
};

const LICENSE =
  'the user license "Salesforce Integration" with the profile "Minimum Access - API Only Integrations" is enough.';

/**
 * How to set up the External Client App for each flow, step by step. docs/setup.md has the same steps in the same words
 * (a test compares them).
 */
export const SETUP_STEPS: Readonly<Record<Flow, readonly Step[]>> = {
  client_credentials: [
    APP,
    OAUTH,
    {
      id: 'flow',
      title: 'Flow Enablement › Enable Client Credentials Flow',
      details: "Create the app. The next steps are on the app's own page.",
    },
    {
      id: 'policies',
      title:
        'Policies: Permitted Users "Admin approved users are pre-authorized", Client Credentials Flow › Run As the integration user',
      details: `Run As takes the username of an active user who may use the API: ${LICENSE}`,
    },
    PERMISSION_SET,
    {
      id: 'credentials',
      title: 'Settings › OAuth Settings › Consumer Key and Secret, and the My Domain URL',
      details: 'They go into the config file as `client_id`, `client_secret` and `base_url`.',
    },
  ],
  jwt: [
    APP,
    OAUTH,
    {
      id: 'flow',
      title: 'Flow Enablement › Enable JWT Bearer Flow, with the certificate uploaded',
      details: "Leave Enable Client Credentials Flow off. Create the app. The next steps are on the app's own page.",
    },
    {
      id: 'policies',
      title: 'Policies: Permitted Users "Admin approved users are pre-authorized"',
      details: `Without it, Salesforce requires each user to approve the app in a browser, which an integration user cannot do. The integration user is any active user who may use the API: ${LICENSE}`,
    },
    PERMISSION_SET,
    {
      id: 'credentials',
      title: 'Settings › OAuth Settings › Consumer Key, the username, the private key, and the My Domain URL',
      details: 'They go into the config file as `client_id`, `username`, `private_key_file` and `base_url`.',
    },
  ],
};

/** What the API does not show. A person must look it up in Setup. */
export const UNSEEN: readonly { readonly step: SetupStep; readonly what: string }[] = [
  { step: 'oauth', what: 'the callback URL: nothing calls it, so any URL works' },
  {
    step: 'policies',
    what: 'Permitted Users: make sure that it is not "All users may self-authorize", which lets every user of the org use the app',
  },
];
