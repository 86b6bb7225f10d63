import type { Flow } from '../salesforce/credentials.ts';
import { SalesforceError } from '../salesforce/errors.ts';
import { quotedId } from '../soql/literals.ts';
import { compared, type SoqlQuery } from '../soql/query.ts';
import { type Finding, good } from './finding.ts';

/** `Manage user data via APIs (api)`, the only scope that is needed. */
const NEEDED = 'api';
const ONLY_API =
  'Select only "Manage user data via APIs (api)" in External Client App › Settings › OAuth Settings › Selected OAuth Scopes.';

/** The finding for a request that the org or the network refused. */
function refusal(test: string, error: SalesforceError, fallback: Finding['step']): Finding {
  return {
    test,
    step: error.setupStep ?? fallback,
    status: 'failed',
    found: error.message,
    closes: null,
    remedy: error.hint,
  };
}

/**
 * Why there is no token. A failure that names no step and is not about credentials (unknown host, no reply) belongs to
 * the My Domain URL. A login limit belongs to no step.
 */
export function tokenRefused(error: SalesforceError): Finding {
  return refusal('token', error, error.retry === 'wait' ? null : error.retry === 'again' ? 'credentials' : 'app');
}

/** What a token proves: the app exists, its flow is on, the user may use it, and the credentials are right. */
export function tokenGiven(auth: Flow, baseUrl: string): readonly Finding[] {
  const isJwt = auth === 'jwt';
  return [
    good('app', 'app', 'the app answers'),
    good('flow', 'flow', `the ${isJwt ? 'JWT bearer' : 'client-credentials'} flow issues a token`),
    good('app-access', 'permission-set', 'the integration user may use the app'),
    good('token', 'credentials', `${baseUrl} accepts ${isJwt ? "the key's assertion" : 'the key and the secret'}`),
  ];
}

/** Whether the token has exactly the scopes that the connector needs. */
export function scopeFinding(scope: string): Finding {
  const scopes = scope.split(/\s+/).filter((name) => name !== '');
  const wider = scopes.filter((name) => name !== NEEDED);
  const base = { test: 'scope', step: 'oauth', closes: null } as const;
  if (scopes.length === 0)
    return { ...base, status: 'unknown', found: 'the token does not state its scope', remedy: null };
  if (wider.length === 0) return good('scope', 'oauth', 'scope: api');
  if (!scopes.includes(NEEDED) && !scopes.includes('full'))
    return { ...base, status: 'failed', found: `scope: ${scopes.join(' ')}, without api`, remedy: ONLY_API };
  return { ...base, status: 'warning', found: `scope: ${scopes.join(' ')}, wider than api`, remedy: ONLY_API };
}

export function tokenUserQuery(id: string): SoqlQuery {
  return { select: ['Id', 'Username', 'IsActive'], from: 'User', where: [compared('Id', '=', quotedId(id))] };
}

/** The user of the token: the Run-As user, or `username`. */
export interface TokenUser {
  readonly id: string;
  /** The user's row; undefined: not found. */
  readonly row: Readonly<Record<string, unknown>> | undefined;
  /** The requested username; null: the org chooses. */
  readonly asked: string | null;
}

export function tokenUserFinding({ id, row, asked }: TokenUser): Finding {
  const base = { test: 'run-as', step: 'policies', status: 'failed', closes: null } as const;
  const remedy =
    asked === null
      ? 'Choose an active user in External Client App › Policies › Client Credentials Flow › Run As.'
      : 'Set `username` to an active user that the connector can see (Setup › Users).';
  if (row === undefined) return { ...base, found: `user ${id} is not visible`, remedy };
  const name = String(row.Username ?? id);
  if (row.IsActive === false) return { ...base, found: `runs as ${name}, who is not active`, remedy };
  if (asked !== null && name.toLowerCase() !== asked.toLowerCase())
    return {
      ...base,
      step: 'credentials',
      found: `the token is for ${name}, but \`username\` is another user`,
      remedy: 'Set `username` to the integration user’s username as Setup › Users shows it.',
    };
  return good('run-as', 'policies', `runs as ${name}`);
}

/** Whether the org offers the API version that the connector uses. */
export function versionFinding(needed: string, offered: readonly string[]): Finding {
  if (offered.includes(needed)) return good('api-version', null, `the org offers API v${needed}`);
  const newest = offered.toSorted((a, b) => Number(b) - Number(a))[0] ?? 'none';
  return {
    test: 'api-version',
    step: null,
    status: 'failed',
    found: `the org does not offer API v${needed}; its newest is v${newest}`,
    closes: null,
    remedy: `Wait for the org's next Salesforce release, or check that base_url is the org that you mean: the sharing rules need columns that came with v${needed}.`,
  };
}

/** The finding for an error after the token. Throws errors that are not Salesforce's. */
export function orgRefused(error: unknown): Finding {
  if (error instanceof SalesforceError) return refusal('api', error, null);
  throw error;
}
