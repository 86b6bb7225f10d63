import { MY_DOMAIN_FORM } from './base-url.ts';
import {
  ConfigurationError,
  CredentialsError,
  type ErrorFacts,
  LimitError,
  type SalesforceError,
  type SetupStep,
  TransientError,
} from './errors.ts';

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

/** Rows with a description stand first: `invalid_grant` alone says little. */
const TABLE: readonly Row[] = [
  {
    description: /login rate exceeded/i,
    outcome: loginLimit,
    hint: 'The org allows no more logins at this moment; the connector tries again later.',
  },
  {
    description: /retry your request/i,
    outcome: transient,
    hint: `The org could not answer; the connector tries again. If it stays so, see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
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
  {
    description: /client credentials flow not enabled/i,
    outcome: credentials,
    hint: `Switch on External Client App › Settings › Flow Enablement › Enable Client Credentials Flow, and see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
    step: 'flow',
  },
  {
    description: /no valid scopes/i,
    outcome: credentials,
    hint: 'Select only "Manage user data via APIs (api)" in External Client App › Settings › OAuth Settings › Selected OAuth Scopes.',
    step: 'oauth',
  },
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
  {
    error: 'invalid_app_access',
    outcome: credentials,
    hint: 'Enable the app in a permission set (External Client App Access Settings) and assign that permission set to the integration user.',
    step: 'permission-set',
  },
  {
    error: 'unsupported_grant_type',
    outcome: credentials,
    hint: `Switch on External Client App › Settings › Flow Enablement › Enable Client Credentials Flow, and see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
    step: 'flow',
  },
  {
    error: 'inactive_user',
    outcome: credentials,
    hint: 'Activate the integration user (Setup › Users), or choose an active one in Policies › Client Credentials Flow › Run As.',
    step: 'policies',
  },
  {
    error: 'unknown_error',
    outcome: transient,
    hint: `The org could not answer; the connector tries again. If it stays so, see that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
    step: 'credentials',
  },
];

/** The error of the token endpoint's `{"error", "error_description"}`. */
export function tokenErrorOf(status: number, error: string, description: string): SalesforceError {
  const row = TABLE.find(
    (candidate) =>
      (candidate.error === undefined || candidate.error === error) &&
      (candidate.description === undefined || candidate.description.test(description)),
  );
  const known = { message: `no token: ${error} (${description.slice(0, 200)})`, status, errorCode: error };
  if (row !== undefined) return row.outcome({ ...known, hint: row.hint, setupStep: row.step ?? null });
  const hint = `Go through the External Client App's setup: ${KEY_AND_SECRET}, Flow Enablement, Policies › Client Credentials Flow › Run As.`;
  return status >= 500 ? transient({ ...known, hint }) : credentials({ ...known, hint, setupStep: 'app' });
}

/** The error of a token reply that is not the endpoint's JSON. */
export function unreadableTokenError(host: string, status: number, claimsJson: boolean): SalesforceError {
  if (status >= 500 || [406, 408, 420, 429].includes(status) || (status === 200 && claimsJson)) {
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
