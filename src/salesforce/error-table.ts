import {
  ConfigurationError,
  CredentialsError,
  ExpiredTokenError,
  LimitError,
  LostAccessError,
  RejectedQueryError,
  type Remedy,
  type SalesforceError,
  TransientError,
} from './errors.ts';
import { textWithoutContent } from './message-text.ts';

/** A refusal as REST sends it: the first of the array, or nothing where the body is not Salesforce's JSON. */
export interface Refusal {
  readonly status: number;
  readonly errorCode: string | null;
  readonly message: string;
}

type Outcome = (refusal: Refusal) => SalesforceError;

interface Row {
  readonly errorCode?: string;
  readonly status?: number;
  /** Only where one code has several causes that are told apart by Salesforce's documented text alone. */
  readonly text?: RegExp;
  readonly outcome: Outcome;
}

const DAILY_WAIT_MS = 15 * 60_000;
const CONCURRENT_WAIT_MS = 30_000;

function describe(refusal: Refusal): string {
  const code = refusal.errorCode ?? `HTTP ${refusal.status}`;
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
      'The org rejects a token that it has just given. Look at the External Client App’s Policies (session timeout, IP restrictions) and at the Run-As user’s Login History.',
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
      'The org’s API requests of the last 24 hours are used up. The run goes on as they come back; a longer cron-spec or a larger API allowance makes it rarer.',
    ),
    limit: 'daily',
    waitMs: DAILY_WAIT_MS,
  });

const concurrent: Outcome = (refusal) =>
  new LimitError({
    ...facts(
      refusal,
      'Too many requests run in the org at this moment, this connector’s or others’. They are sent again shortly.',
    ),
    limit: 'concurrent',
    waitMs: CONCURRENT_WAIT_MS,
  });

/** `Account.Nope__c` or `AccountShare` out of the documented texts of INVALID_FIELD and INVALID_TYPE. */
function subjectOf(message: string): string | null {
  const field = /No such column '(\w+)' on (?:entity|sobject of type) '?(\w+)'?/i.exec(message);
  if (field !== null) return `${field[2]}.${field[1]}`;
  return /sObject type '(\w+)' is not supported/i.exec(message)?.[1] ?? null;
}

const UNAVAILABLE =
  'Salesforce is not available at this moment; the request is sent again. Its state is on https://status.salesforce.com.';
const GRANT_READ =
  'Give the integration user Read on the object and on its fields in a permission set, or leave it out of `objects` in the configuration.';
const API_ACCESS =
  'Give the integration user’s permission set "API Enabled", and use an edition of Salesforce that includes the API (Enterprise and above).';
const MEND_QUERY =
  'Salesforce cannot execute this query. Look at the `where` filter and the fields of this object in the configuration.';

/** First match wins: rows with a text stand above those of the same code without one. */
const TABLE: readonly Row[] = [
  // Three 401s that no new token mends.
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
      'The app is tied to an agent. Make an External Client App of the connector’s own, and use its Consumer Key and Secret.',
    ),
  },
  {
    status: 401,
    text: /BlackTab users cannot perform API operations/i,
    outcome: credentials(
      'The Run-As user may not use the API. Choose an ordinary integration user in Policies › Client Credentials Flow › Run As.',
    ),
  },
  { errorCode: 'INVALID_SESSION_ID', outcome: expired },
  { errorCode: 'INVALID_AUTH_HEADER', outcome: expired },
  { errorCode: 'REQUEST_LIMIT_EXCEEDED', text: /Concurrent/i, outcome: concurrent },
  { errorCode: 'REQUEST_LIMIT_EXCEEDED', outcome: daily },
  { errorCode: 'API_DISABLED_FOR_ORG', outcome: lost(API_ACCESS) },
  { errorCode: 'API_CURRENTLY_DISABLED', outcome: transient(UNAVAILABLE) },
  { errorCode: 'INVALID_TYPE', outcome: lost(GRANT_READ) },
  { errorCode: 'INVALID_FIELD', outcome: lost(GRANT_READ) },
  { errorCode: 'NOT_FOUND', outcome: lost(GRANT_READ) },
  { errorCode: 'INSUFFICIENT_ACCESS', outcome: lost(GRANT_READ) },
  { errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY', outcome: lost(GRANT_READ) },
  { errorCode: 'FUNCTIONALITY_NOT_ENABLED', outcome: lost(GRANT_READ) },
  { errorCode: 'MALFORMED_QUERY', outcome: rejected(MEND_QUERY) },
  {
    errorCode: 'UNSUPPORTED_API_VERSION',
    outcome: (refusal) =>
      new ConfigurationError(
        facts(refusal, 'The org does not serve the API version that was asked for; 67.0 or later is needed.'),
      ),
  },
  {
    errorCode: 'QUERY_TIMEOUT',
    outcome: transient(
      'The query ran for more than two minutes. It is asked again in smaller ranges.',
      'smaller-range',
    ),
  },
  {
    errorCode: 'INVALID_QUERY_LOCATOR',
    outcome: transient('The query’s cursor is gone. The same range is read again.', 'same-range'),
  },
  { errorCode: 'UNABLE_TO_LOCK_ROW', outcome: transient(UNAVAILABLE) },
  { errorCode: 'SERVER_UNAVAILABLE', outcome: transient(UNAVAILABLE) },
  { errorCode: 'UNKNOWN_EXCEPTION', outcome: transient(UNAVAILABLE) },
];

/** For codes that the table does not know, by status alone. */
function byStatus(status: number): Outcome {
  if (status === 401) return expired;
  if (status === 403 || status === 404) return lost(GRANT_READ);
  if (status === 429) return concurrent;
  if (status >= 500 || [406, 408, 409, 420].includes(status)) return transient(UNAVAILABLE);
  return rejected(MEND_QUERY);
}

/** The error of a reply that is Salesforce's own JSON. */
export function errorOf(refusal: Refusal): SalesforceError {
  const row = TABLE.find(
    (candidate) =>
      (candidate.errorCode === undefined || candidate.errorCode === refusal.errorCode) &&
      (candidate.status === undefined || candidate.status === refusal.status) &&
      (candidate.text === undefined || candidate.text.test(refusal.message)),
  );
  return (row?.outcome ?? byStatus(refusal.status))(refusal);
}

/** The error of a reply that is not Salesforce's JSON: an HTML page, an empty body, half a document. */
export function errorOfUnreadable(status: number): SalesforceError {
  const none = { status, errorCode: null };
  if (status === 414 || status === 431) {
    return new RejectedQueryError({ ...none, message: `HTTP ${status}: the request is too long`, hint: MEND_QUERY });
  }
  if (status === 429) return concurrent({ ...none, message: '' });
  return new TransientError({
    ...none,
    message: `the org answered HTTP ${status} with something other than complete JSON`,
    hint: UNAVAILABLE,
  });
}
