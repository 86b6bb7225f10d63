import type { SetupStep } from '../facts/failures.ts';
import { MY_DOMAIN_FORM } from './base-url.ts';
import type { Flow } from './credentials.ts';
import { IP_RANGES, LOGIN_HOURS } from './error-hints.ts';
import {
  ConfigurationError,
  CredentialsError,
  type ErrorFacts,
  LimitError,
  plainCode,
  type SalesforceError,
  TransientError,
} from './errors.ts';
import { textWithoutContent } from './message-text.ts';
import {
  ACTIVE_USER,
  APP_BLOCKED,
  APP_GONE,
  AUDIENCE,
  CHOOSE_RUN_AS,
  CLOCK,
  ENABLE_APP,
  FLOW_OFF,
  type Hint,
  hintOf,
  INACTIVE_ORG,
  KEY_AND_CERTIFICATE,
  MY_DOMAIN,
  ONLY_API_SCOPE,
  PRE_AUTHORIZE,
  SESSION_LEVEL,
  TOO_MANY_LOGINS,
  TRIED_AGAIN,
  UNKNOWN_REFUSAL,
  USER_LOCKED,
  USERNAME,
  WRONG_CLIENT,
  WRONG_CLIENT_ID,
} from './token-hints.ts';

interface Row {
  /** The flow in which the error occurs; if missing, both. */
  readonly flow?: Flow;
  readonly error?: string;
  /** For causes with the same `error`, which only the description tells apart. */
  readonly description?: RegExp;
  readonly outcome: (facts: ErrorFacts) => SalesforceError;
  readonly hint: Hint;
  /** The setup step that fixes it. */
  readonly step?: SetupStep;
}

const credentials = (facts: ErrorFacts) => new CredentialsError(facts);
const configuration = (facts: ErrorFacts) => new ConfigurationError(facts);
const transient = (facts: ErrorFacts) => new TransientError(facts);
const loginLimit = (facts: ErrorFacts) => new LimitError({ ...facts, limit: 'login', waitMs: 10 * 60_000 });

/** Rows with a description come first, because `invalid_grant` alone says little. */
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
    hint: USER_LOCKED,
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
    hint: MY_DOMAIN,
    step: 'credentials',
  },
  {
    description: /no client credentials user enabled/i,
    outcome: credentials,
    hint: CHOOSE_RUN_AS,
    step: 'policies',
  },
  { description: /client credentials flow not enabled/i, outcome: credentials, hint: FLOW_OFF, step: 'flow' },
  { description: /no valid scopes/i, outcome: credentials, hint: ONLY_API_SCOPE, step: 'oauth' },
  { description: /not (?:admin )?approved/i, outcome: credentials, hint: ENABLE_APP, step: 'permission-set' },
  // Salesforce also sends this for a username that the org does not have.
  {
    flow: 'jwt',
    description: /(?:hasn['’]?t|has not) approved/i,
    outcome: credentials,
    hint: PRE_AUTHORIZE,
    step: 'permission-set',
  },
  { flow: 'jwt', description: /audience/i, outcome: credentials, hint: AUDIENCE, step: 'credentials' },
  {
    flow: 'jwt',
    description: /expired (?:authorization code|assertion|jwt|token)|(?:assertion|jwt|token) (?:has |is )?expired/i,
    outcome: credentials,
    hint: CLOCK,
    step: 'credentials',
  },
  {
    flow: 'jwt',
    description: /invalid user|user(?:name)? (?:is )?(?:invalid|unknown|not found)|no such user|unknown user/i,
    outcome: credentials,
    hint: USERNAME,
    step: 'credentials',
  },
  {
    flow: 'jwt',
    description: /assertion|signature|certificate|jwt/i,
    outcome: credentials,
    hint: KEY_AND_CERTIFICATE,
    step: 'flow',
  },
  {
    error: 'invalid_client_id',
    outcome: credentials,
    hint: WRONG_CLIENT_ID,
    step: 'credentials',
  },
  {
    error: 'invalid_client',
    outcome: credentials,
    hint: WRONG_CLIENT,
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

/** Returns the error for the token endpoint's `{"error", "error_description"}`, both already without secrets. */
export function tokenErrorOf(flow: Flow, status: number, error: string, description: string): SalesforceError {
  const row = TABLE.find(
    (candidate) =>
      (candidate.flow === undefined || candidate.flow === flow) &&
      (candidate.error === undefined || candidate.error === error) &&
      (candidate.description === undefined || candidate.description.test(description)),
  );
  const code = plainCode(error) ?? `HTTP ${status}`;
  const known = { message: `no token: ${code} (${textWithoutContent(description)})`, status, errorCode: error };
  if (row !== undefined) return row.outcome({ ...known, hint: hintOf(row.hint, flow), setupStep: row.step ?? null });
  const hint = hintOf(UNKNOWN_REFUSAL, flow);
  if (status === 429) return loginLimit({ ...known, hint: TOO_MANY_LOGINS });
  return status >= 500 ? transient({ ...known, hint }) : credentials({ ...known, hint, setupStep: 'app' });
}

/** Returns the error for a token reply that is not the endpoint's JSON. */
export function unreadableTokenError(host: string, status: number, claimsJson: boolean): SalesforceError {
  if (status === 429) {
    return loginLimit({ message: `the token endpoint of ${host} answered HTTP 429`, hint: TOO_MANY_LOGINS, status });
  }
  if (status >= 500 || [406, 408, 420].includes(status) || (status === 200 && claimsJson)) {
    return new TransientError({
      message: `the token endpoint of ${host} answered HTTP ${status} without complete JSON`,
      hint: `Salesforce is not available right now; the connector tries again. If this persists, check that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
      status,
      setupStep: 'credentials',
    });
  }
  return new ConfigurationError({
    message: `${host} answered HTTP ${status} with something that is not a Salesforce token`,
    hint: MY_DOMAIN,
    status,
    setupStep: 'credentials',
  });
}
