import {
  API_ACCESS,
  CORRECT_QUERY,
  CURSOR_GONE,
  GRANT_READ,
  IP_RANGES,
  LOGIN_HOURS,
  SECURITY_POLICY,
  SESSION_POLICY,
  SIMPLER_FILTER,
  TOO_SLOW,
  UNAVAILABLE,
  UNKNOWN,
} from './error-hints.ts';
import {
  ConfigurationError,
  CredentialsError,
  ExpiredTokenError,
  LimitError,
  LostAccessError,
  plainCode,
  RejectedQueryError,
  type Remedy,
  type SalesforceError,
  TransientError,
} from './errors.ts';
import { textWithoutContent } from './message-text.ts';

/** A refusal as REST sends it: the first of the array. `message` is shortened and contains no token. */
export interface Refusal {
  readonly status: number;
  readonly errorCode: string | null;
  readonly message: string;
}

type Outcome = (refusal: Refusal) => SalesforceError;

interface Row {
  readonly errorCode?: string;
  readonly status?: number;
  /** Only for a code with several causes that only Salesforce's documented text tells apart. */
  readonly text?: RegExp;
  readonly outcome: Outcome;
}

const DAILY_WAIT_MS = 15 * 60_000;
const CONCURRENT_WAIT_MS = 30_000;

function describe(refusal: Refusal): string {
  const code = plainCode(refusal.errorCode) ?? `HTTP ${refusal.status}`;
  const text = textWithoutContent(refusal.message);
  return text === '' ? code : `${code}: ${text}`;
}

function facts(refusal: Refusal, hint: string) {
  return { message: describe(refusal), hint, status: refusal.status, errorCode: refusal.errorCode };
}

const credentials =
  (hint: string): Outcome =>
  (refusal) =>
    new CredentialsError(facts(refusal, hint));

const expired: Outcome = (refusal) =>
  new ExpiredTokenError(
    facts(
      refusal,
      'The org rejects a token that it has just given. Check the External Client App’s Policies (session timeout, IP restrictions) and at the Run-As user’s Login History.',
    ),
  );

const lost =
  (hint: string): Outcome =>
  (refusal) =>
    new LostAccessError({ ...facts(refusal, hint), subject: subjectOf(refusal.message) });

const rejected =
  (hint: string): Outcome =>
  (refusal) =>
    new RejectedQueryError(facts(refusal, hint));

const transient =
  (hint: string, remedy: Remedy = 'same-request'): Outcome =>
  (refusal) =>
    new TransientError({ ...facts(refusal, hint), remedy });

const daily: Outcome = (refusal) =>
  new LimitError({
    ...facts(
      refusal,
      'The org’s API requests of the last 24 hours are used up. The run continues as they become available; a less frequent cron-spec or a larger API allowance makes this rarer.',
    ),
    limit: 'daily',
    waitMs: DAILY_WAIT_MS,
  });

const concurrent: Outcome = (refusal) =>
  new LimitError({
    ...facts(
      refusal,
      'Too many requests are running in the org right now, from this connector or others. They are retried shortly.',
    ),
    limit: 'concurrent',
    waitMs: CONCURRENT_WAIT_MS,
  });

/** Extracts `Account.Nope__c` or `AccountShare` from the documented texts of INVALID_FIELD and INVALID_TYPE. */
function subjectOf(message: string): string | null {
  const field = /No such column '(\w+)' on (?:entity|s[oO]bject of type) '?(\w+)'?/.exec(message);
  if (field !== null) return `${field[2]}.${field[1]}`;
  return /sObject type '(\w+)' is not supported/.exec(message)?.[1] ?? null;
}

/** The first match wins, so rows with a text come before rows of the same code without one. */
const TABLE: readonly Row[] = [
  // Three 401s that a new token does not fix.
  {
    status: 401,
    text: /This session is not valid for use with the REST API/i,
    outcome: credentials(
      'Add the scope "Manage user data via APIs (api)" to the External Client App (Settings › OAuth Settings › Selected OAuth Scopes); if API Access Control is on (Setup › API Access Control), allow the app there.',
    ),
  },
  {
    status: 401,
    text: /Connected app is not attached to Agent/i,
    outcome: credentials(
      'The app is tied to an agent. Create a separate External Client App for the connector, and use its Consumer Key.',
    ),
  },
  {
    status: 401,
    text: /BlackTab users cannot perform API operations/i,
    outcome: credentials(
      'The integration user may not use the API. Choose an ordinary user in Policies › Client Credentials Flow › Run As, or, with `auth: jwt`, as `username`.',
    ),
  },
  { errorCode: 'INVALID_SESSION_ID', outcome: expired },
  { errorCode: 'INVALID_AUTH_HEADER', outcome: expired },
  { errorCode: 'LOGIN_DURING_RESTRICTED_TIME', outcome: credentials(LOGIN_HOURS) },
  { errorCode: 'LOGIN_DURING_RESTRICTED_DOMAIN', outcome: credentials(IP_RANGES) },
  { errorCode: 'TXN_SECURITY_TWO_FA_REQUIRED', outcome: credentials(SESSION_POLICY) },
  { errorCode: 'TXN_SECURITY_END_A_SESSION', outcome: credentials(SESSION_POLICY) },
  {
    errorCode: 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    outcome: credentials(
      'The integration user’s password has expired, and Salesforce refuses its requests until it has a new one: set one, and give its profile or permission set "Password Never Expires".',
    ),
  },
  {
    errorCode: 'PASSWORD_LOCKOUT',
    outcome: credentials('The integration user is locked out: unlock it (Setup › Users › Unlock).'),
  },
  {
    errorCode: 'CLIENT_NOT_ACCESSIBLE_FOR_USER',
    outcome: credentials(
      'The integration user may not use this app: enable the app in a permission set (External Client App Access Settings) and assign that permission set to the integration user.',
    ),
  },

  { errorCode: 'REQUEST_LIMIT_EXCEEDED', text: /Concurrent/i, outcome: concurrent },
  { errorCode: 'REQUEST_LIMIT_EXCEEDED', outcome: daily },
  { errorCode: 'TOO_MANY_APEX_REQUESTS', outcome: concurrent },

  { errorCode: 'API_DISABLED_FOR_ORG', outcome: lost(API_ACCESS) },
  { errorCode: 'API_CURRENTLY_DISABLED', text: /for this user/i, outcome: lost(API_ACCESS) },
  {
    errorCode: 'ORG_LOCKED',
    outcome: lost('The org is locked, and Salesforce answers none of its requests: ask Salesforce Support.'),
  },
  {
    errorCode: 'TRIAL_EXPIRED',
    outcome: lost('The org’s trial has ended: ask Salesforce to extend it, or set base_url to another org.'),
  },
  { errorCode: 'TXN_SECURITY_NO_ACCESS', outcome: lost(SECURITY_POLICY) },
  {
    errorCode: 'INVALID_FIELD',
    text: /can ?not be (?:filtered|sorted|grouped|aggregated)|filter criterion|bind variable/i,
    outcome: rejected(CORRECT_QUERY),
  },
  ...[
    'INVALID_TYPE',
    'INVALID_TYPE_FOR_OPERATION',
    'INVALID_FIELD',
    'NOT_FOUND',
    'ENTITY_NOT_QUERYABLE',
    'FORBIDDEN',
    'INSUFFICIENT_ACCESS',
    'INSUFFICIENT_ACCESS_OR_READONLY',
    'FUNCTIONALITY_NOT_ENABLED',
  ].map((errorCode) => ({ errorCode, outcome: lost(GRANT_READ) })),

  ...[
    'MALFORMED_QUERY',
    'MALFORMED_ID',
    'INVALID_ID_FIELD',
    'INVALID_QUERY_FILTER_OPERATOR',
    'INVALID_FILTER_VALUE',
    'NUMBER_OUTSIDE_VALID_RANGE',
  ].map((errorCode) => ({ errorCode, outcome: rejected(CORRECT_QUERY) })),
  ...['EXCEEDED_MAX_SEMIJOIN_SUBSELECTS', 'EXCEEDED_MAX_FILTER_ENTITIES'].map((errorCode) => ({
    errorCode,
    outcome: rejected(SIMPLER_FILTER),
  })),
  {
    errorCode: 'UNSUPPORTED_API_VERSION',
    outcome: (refusal) =>
      new ConfigurationError(
        facts(refusal, 'The org does not serve the API version that was asked for; 67.0 or later is needed.'),
      ),
  },

  { errorCode: 'QUERY_TIMEOUT', outcome: transient(TOO_SLOW, 'smaller-range') },
  { errorCode: 'REQUEST_RUNNING_TOO_LONG', outcome: transient(TOO_SLOW, 'smaller-range') },
  {
    errorCode: 'OPERATION_TOO_LARGE',
    outcome: transient(
      'The org has to check the sharing of too many records for one query. It is retried in smaller ranges. Give the integration user View All Data, or View All Records on this object: then it has no sharing to check.',
      'smaller-range',
    ),
  },
  {
    errorCode: 'QUERY_TOO_COMPLICATED',
    outcome: transient(
      'Salesforce expands formula and currency fields within a query, and this one became too long. A smaller range would not help: the query must select fewer fields. If this persists, leave formula fields of this object out in the configuration.',
      'fewer-fields',
    ),
  },
  ...['INVALID_QUERY_LOCATOR', 'INVALID_LOCATOR', 'EXCEEDED_ID_LIMIT'].map((errorCode) => ({
    errorCode,
    outcome: transient(CURSOR_GONE, 'same-range'),
  })),
  ...[
    'API_CURRENTLY_DISABLED',
    'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
    'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
    'INTERNAL_ERROR',
    'INTERNAL_SERVER_ERROR',
    'ORG_IN_MAINTENANCE',
    'SERVER_UNAVAILABLE',
    'UNABLE_TO_LOCK_ROW',
    'UNKNOWN_EXCEPTION',
  ].map((errorCode) => ({ errorCode, outcome: transient(UNAVAILABLE) })),
];

/** Returns an error by status alone, for codes that are not in the table. Its hint says that the code is unknown. */
function unknown(refusal: Refusal): SalesforceError {
  const { status } = refusal;
  const described = facts(refusal, UNKNOWN);
  if (status === 401) return new ExpiredTokenError(described);
  if (status === 403 || status === 404)
    return new LostAccessError({ ...described, subject: subjectOf(refusal.message) });
  if (status === 429) return concurrent(refusal);
  if (status >= 500 || [406, 408, 409, 420].includes(status)) return new TransientError(described);
  return new RejectedQueryError(described);
}

/** Returns the error for a reply that is Salesforce's own JSON. */
export function errorOf(refusal: Refusal): SalesforceError {
  const row = TABLE.find(
    (candidate) =>
      (candidate.errorCode === undefined || candidate.errorCode === refusal.errorCode) &&
      (candidate.status === undefined || candidate.status === refusal.status) &&
      (candidate.text === undefined || candidate.text.test(refusal.message)),
  );
  return row === undefined ? unknown(refusal) : row.outcome(refusal);
}

/** Returns the error for a reply that is not Salesforce's JSON: an HTML page, an empty body, a truncated document. */
export function errorOfUnreadable(status: number): SalesforceError {
  const none = { status, errorCode: null };
  if (status === 414 || status === 431) {
    return new RejectedQueryError({ ...none, message: `HTTP ${status}: the request is too long`, hint: CORRECT_QUERY });
  }
  if (status === 429) return concurrent({ ...none, message: '' });
  return new TransientError({
    ...none,
    message: `the org answered HTTP ${status} with something other than complete JSON`,
    hint: UNAVAILABLE,
  });
}
