import { MY_DOMAIN_FORM } from './base-url.ts';
import { IP_RANGES, LOGIN_HOURS } from './error-hints.ts';
import {
  ConfigurationError,
  CredentialsError,
  type ErrorFacts,
  LimitError,
  plainCode,
  type SalesforceError,
  type SetupStep,
  TransientError,
} from './errors.ts';
import { textWithoutContent } from './message-text.ts';

interface Row {
  readonly error?: string;
  /** The endpoint's `error` alone does not tell these causes apart: the description does. */
  readonly description?: RegExp;
  readonly outcome: (facts: ErrorFacts) => SalesforceError;
  readonly hint: string;
  /** The step of the setup that mends it. */
  readonly step?: SetupStep;
}

const credentials = (facts: ErrorFacts) => new CredentialsError(facts);
const configuration = (facts: ErrorFacts) => new ConfigurationError(facts);
const transient = (facts: ErrorFacts) => new TransientError(facts);
const loginLimit = (facts: ErrorFacts) => new LimitError({ ...facts, limit: 'login', waitMs: 10 * 60_000 });

const KEY_AND_SECRET = 'External Client App › Settings › OAuth Settings › Consumer Key and Secret';

const TOO_MANY_LOGINS = 'The org allows no more logins at this moment; the connector tries again later.';
const TRIED_AGAIN = `The org could not answer; the connector tries again. If it stays so, look at https://status.salesforce.com, and see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`;
const FLOW_OFF = `Switch on External Client App › Settings › Flow Enablement › Enable Client Credentials Flow, and see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`;
const ONLY_API_SCOPE =
  'Select only "Manage user data via APIs (api)" in External Client App › Settings › OAuth Settings › Selected OAuth Scopes.';
const ENABLE_APP =
  'Enable the app in a permission set (External Client App Access Settings) and assign that permission set to the integration user.';
const ACTIVE_USER =
  'Activate the integration user (Setup › Users), or choose an active one in Policies › Client Credentials Flow › Run As.';
const APP_GONE = `The org does not have this External Client App: base_url is another org, or the app was deleted, or the sandbox was refreshed, which makes it without the app. Create the app there, or install its package, and copy client_id and client_secret from ${KEY_AND_SECRET}.`;
const INACTIVE_ORG =
  'The org is inactive, locked or deleted, and gives no tokens: ask Salesforce Support, or set base_url to another org.';
const APP_BLOCKED =
  'An administrator has blocked this app: unblock it in Setup › Connected Apps OAuth Usage, and allow it in Setup › API Access Control if that is on.';
const SESSION_LEVEL =
  'The org wants a session of higher assurance than a client-credentials login has. In the External Client App’s Policies, do not require "High assurance session"; in the session settings of the integration user’s profile, set Session Security Level Required at Login to None.';

/** Rows with a description stand first: `invalid_grant` alone says little. */
const TABLE: readonly Row[] = [
  {
    description: /(?:login )?rate (?:limit )?exceeded|too many (?:login|request)s/i,
    outcome: loginLimit,
    hint: TOO_MANY_LOGINS,
  },
  { description: /retry your request/i, outcome: transient, hint: TRIED_AGAIN, step: 'credentials' },
  {
    description: /\bip restricted|\bip (?:address )?(?:is )?not allowed|\bip range/i,
    outcome: credentials,
    hint: IP_RANGES,
    step: 'policies',
  },
  { description: /login hours|restricted time/i, outcome: credentials, hint: LOGIN_HOURS, step: 'policies' },
  {
    description: /high assurance|session (?:security )?level/i,
    outcome: credentials,
    hint: SESSION_LEVEL,
    step: 'policies',
  },
  {
    description: /not installed|must be installed|app not found/i,
    outcome: credentials,
    hint: APP_GONE,
    step: 'app',
  },
  { description: /app (?:is |has been )?blocked/i, outcome: credentials, hint: APP_BLOCKED, step: 'policies' },
  { description: /inactive user|user is inactive/i, outcome: credentials, hint: ACTIVE_USER, step: 'policies' },
  {
    description: /user (?:is |has been )?(?:locked|frozen)/i,
    outcome: credentials,
    hint: 'The integration user is locked or frozen: unlock or unfreeze it (Setup › Users).',
    step: 'policies',
  },
  {
    description: /inactive org|org(?:anization)? is (?:inactive|locked)/i,
    outcome: credentials,
    hint: INACTIVE_ORG,
    step: 'credentials',
  },
  {
    description: /not supported on this domain/i,
    outcome: configuration,
    hint: `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL).`,
    step: 'credentials',
  },
  {
    description: /no client credentials user enabled/i,
    outcome: credentials,
    hint: 'Choose the integration user in External Client App › Policies › Client Credentials Flow › Run As.',
    step: 'policies',
  },
  { description: /client credentials flow not enabled/i, outcome: credentials, hint: FLOW_OFF, step: 'flow' },
  { description: /no valid scopes/i, outcome: credentials, hint: ONLY_API_SCOPE, step: 'oauth' },
  { description: /not (?:admin )?approved/i, outcome: credentials, hint: ENABLE_APP, step: 'permission-set' },
  {
    error: 'invalid_client_id',
    outcome: credentials,
    hint: `client_id is not a Consumer Key of this org. Copy it from ${KEY_AND_SECRET}.`,
    step: 'credentials',
  },
  {
    error: 'invalid_client',
    outcome: credentials,
    hint: `client_secret is not the Consumer Secret of this client_id. Copy it from ${KEY_AND_SECRET}.`,
    step: 'credentials',
  },
  { error: 'invalid_app_access', outcome: credentials, hint: ENABLE_APP, step: 'permission-set' },
  { error: 'invalid_scope', outcome: credentials, hint: ONLY_API_SCOPE, step: 'oauth' },
  ...['unsupported_grant_type', 'oauth_flow_disabled'].map(
    (error): Row => ({ error, outcome: credentials, hint: FLOW_OFF, step: 'flow' }),
  ),
  { error: 'inactive_user', outcome: credentials, hint: ACTIVE_USER, step: 'policies' },
  { error: 'inactive_org', outcome: credentials, hint: INACTIVE_ORG, step: 'credentials' },
  { error: 'invalid_session_level', outcome: credentials, hint: SESSION_LEVEL, step: 'policies' },
  ...['OAUTH_EC_APP_NOT_FOUND', 'app_not_found', 'ecapp_policy_not_found', 'oauth_policy_not_found'].map(
    (error): Row => ({ error, outcome: credentials, hint: APP_GONE, step: 'app' }),
  ),
  ...['app_blocked', 'fail_close_app_blocked', 'OAUTH_APP_BLOCKED', 'OAUTH_APP_ACCESS_DENIED'].map(
    (error): Row => ({ error, outcome: credentials, hint: APP_BLOCKED, step: 'policies' }),
  ),
  ...['rate_limit_exceeded', 'slow_down'].map((error): Row => ({ error, outcome: loginLimit, hint: TOO_MANY_LOGINS })),
  ...['unknown_error', 'temporarily_unavailable', 'service_unavailable', 'server_error', 'system_down'].map(
    (error): Row => ({ error, outcome: transient, hint: TRIED_AGAIN, step: 'credentials' }),
  ),
];

/** The error of the token endpoint's `{"error", "error_description"}`, both without secrets. */
export function tokenErrorOf(status: number, error: string, description: string): SalesforceError {
  const row = TABLE.find(
    (candidate) =>
      (candidate.error === undefined || candidate.error === error) &&
      (candidate.description === undefined || candidate.description.test(description)),
  );
  const code = plainCode(error) ?? `HTTP ${status}`;
  const known = { message: `no token: ${code} (${textWithoutContent(description)})`, status, errorCode: error };
  if (row !== undefined) return row.outcome({ ...known, hint: row.hint, setupStep: row.step ?? null });
  const hint = `This connector does not know the reason. The integration user’s Login History (Setup › Users › the user) says more; go through the External Client App's setup: ${KEY_AND_SECRET}, Flow Enablement, Policies › Client Credentials Flow › Run As.`;
  if (status === 429) return loginLimit({ ...known, hint: TOO_MANY_LOGINS });
  return status >= 500 ? transient({ ...known, hint }) : credentials({ ...known, hint, setupStep: 'app' });
}

/** The error of a token reply that is not the endpoint's JSON. */
export function unreadableTokenError(host: string, status: number, claimsJson: boolean): SalesforceError {
  if (status === 429) {
    return loginLimit({ message: `the token endpoint of ${host} answered HTTP 429`, hint: TOO_MANY_LOGINS, status });
  }
  if (status >= 500 || [406, 408, 420].includes(status) || (status === 200 && claimsJson)) {
    return new TransientError({
      message: `the token endpoint of ${host} answered HTTP ${status} without complete JSON`,
      hint: `Salesforce is not available at this moment; the connector tries again. If it stays so, see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
      status,
      setupStep: 'credentials',
    });
  }
  return new ConfigurationError({
    message: `${host} answered HTTP ${status} with something that is not a Salesforce token`,
    hint: `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL).`,
    status,
    setupStep: 'credentials',
  });
}
