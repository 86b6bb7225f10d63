import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Org } from '../org/types.ts';
import { certificateOf, readAssertion } from './jwt.ts';
import type { ApiRequest, Reply } from './reply.ts';
import type { Sessions } from './sessions.ts';

/** An error that the token endpoint sends instead of its own answer. */
export const tokenFailure = z.object({
  status: z.number().int().min(400).max(599).default(400),
  error: z.string(),
  error_description: z.string(),
});
export type TokenFailure = z.infer<typeof tokenFailure>;

export interface TokenResource {
  readonly org: Org;
  readonly sessions: Sessions;
  readonly url: () => string;
  /** Returns the organization's 18-character Id. */
  readonly organizationId: () => string;
  /** The error that every request gets until tests set it back to null. */
  failure: TokenFailure | null;
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Answers `POST /services/oauth2/token`: OAuth 2.0 client credentials, with the client in the body or as HTTP Basic.
 * Answers JWT bearer too if the org has a certificate. Errors are one object `{error, error_description}`.
 */
export function answerToken(resource: TokenResource, request: ApiRequest): Reply {
  const { org, failure } = resource;
  if (request.method !== 'POST') return refuse('invalid_request', 'must use HTTP POST');
  if (failure !== null) return refuse(failure.error, failure.error_description, failure.status);
  const form = new URLSearchParams(request.body);
  const grant = form.get('grant_type');
  if (grant === null) return refuse('invalid_request', 'missing required parameter: grant_type');
  if (grant === JWT_BEARER) return answerAssertion(resource, form.get('assertion'));
  if (grant !== 'client_credentials') return refuse('unsupported_grant_type', 'grant type not supported');
  const { clientId, clientSecret } = basicClient(request.header('authorization')) ?? {
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
  };
  if (clientId !== org.settings.clientId) return refuse('invalid_client_id', 'client identifier invalid');
  if (clientSecret !== org.settings.clientSecret) return refuse('invalid_client', 'invalid client credentials');
  const user = org.rows('User', { Id: org.settings.runAs })[0];
  if (user === undefined) return refuse('invalid_grant', 'no client credentials user enabled');
  if (user.IsActive === false) return refuse('inactive_user', 'user is inactive');
  const token = newToken(resource);
  const signature = createHmac('sha256', org.settings.clientSecret)
    .update(token.id + token.issued_at)
    .digest('base64');
  return { status: 200, body: { ...token, signature } };
}

/** Answers a JWT bearer assertion. Only the Run-As user is pre-authorized. */
function answerAssertion(resource: TokenResource, assertion: string | null): Reply {
  const { org, url } = resource;
  const { clientId, certificate: source, audiences, runAs } = org.settings;
  const certificate = certificateOf(source);
  if (certificate === null) return refuse('unsupported_grant_type', 'grant type not supported');
  if (assertion === null) return refuse('invalid_request', 'missing required parameter: assertion');
  const rules = { clientId, certificate, audiences: [url(), ...audiences], now: org.now().getTime() };
  const username = readAssertion(assertion, rules);
  if (typeof username !== 'string') return refuse(username.error, username.description);
  const user = org.rows('User').find(({ Username }) => String(Username).toLowerCase() === username.toLowerCase());
  if (user === undefined) return refuse('invalid_grant', "user hasn't approved this consumer");
  if (user.IsActive === false) return refuse('inactive_user', 'user is inactive');
  if (user.Id !== runAs) return refuse('invalid_app_access', 'user is not admin approved to access this app');
  const { access_token, scope, instance_url, id, token_type } = newToken(resource);
  return { status: 200, body: { access_token, scope, instance_url, id, token_type } };
}

function newToken({ org, sessions, url, organizationId }: TokenResource) {
  return {
    access_token: sessions.open(organizationId()),
    token_format: 'opaque',
    scope: 'api',
    instance_url: url(),
    api_instance_url: url(),
    id: `https://login.salesforce.com/id/${organizationId()}/${org.settings.runAs}`,
    token_type: 'Bearer',
    issued_at: String(org.now().getTime()),
  };
}

function basicClient(authorization: string | null): { clientId: string; clientSecret: string } | null {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId: formDecoded(clientId), clientSecret: formDecoded(secret.join(':')) };
}

/** RFC 6749 2.3.1 form-encodes both halves. Clients that don't encode them are accepted too. */
function formDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function refuse(error: string, description: string, status = 400): Reply {
  return { status, body: { error, error_description: description } };
}
