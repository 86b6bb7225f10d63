import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, CredentialsError, LimitError, TransientError } from '../../src/salesforce/errors.ts';
import {
  type Answer,
  CREDENTIALS,
  clientOf,
  ORGANIZATION_ID,
  page,
  refusal,
  rejection,
  rowsOf,
  scriptedOrg,
  tokenAnswer,
  USER_ID,
} from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const oneRow = { json: page([{ Id: '001' }], 1) };
const expiredSession = refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');

function refused(error: string, description: string, status = 400): Answer {
  return { status, json: { error, error_description: description } };
}

describe('the token', () => {
  test('is requested with client credentials, form-encoded, and says who the connector is', async () => {
    const org = await scriptedOrg({});
    expect(await clientOf(org).authenticate()).toEqual({
      organizationId: ORGANIZATION_ID,
      userId: USER_ID,
      scope: 'api',
      instanceUrl: org.url,
      apiVersion: '67.0',
    });
    const [request] = org.tokenRequests;
    expect(request?.headers['content-type']).toContain('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: CREDENTIALS.clientId,
      client_secret: CREDENTIALS.clientSecret,
    });
  });

  test('may name its org and its user with ids of 15 characters', async () => {
    const org = await scriptedOrg({
      token: () => ({
        json: {
          ...(tokenAnswer(org.url).json as object),
          id: `https://login.salesforce.com/id/${ORGANIZATION_ID.slice(0, 15)}/${USER_ID.slice(0, 15)}`,
        },
      }),
    });
    expect(await clientOf(org).authenticate()).toMatchObject({ organizationId: ORGANIZATION_ID, userId: USER_ID });
  });

  test('is shared by all callers that wait for it', async () => {
    const org = await scriptedOrg({ api: () => oneRow });
    const client = clientOf(org);
    await Promise.all([client.authenticate(), rowsOf(client.query(SOQL)), rowsOf(client.query(SOQL))]);
    expect(org.tokenRequests).toHaveLength(1);
    expect(client.tokenRequests).toBe(1);
    expect(client.calls).toBe(2);
  });

  test('may be a JWT', async () => {
    const org = await scriptedOrg({ token: () => tokenAnswer(org.url, 'eyJ.x.y'), api: () => oneRow });
    await rowsOf(clientOf(org).query(SOQL));
    expect(org.seen[0]?.headers.authorization).toBe('Bearer eyJ.x.y');
  });

  test('is renewed once when its session ends in the middle', async () => {
    const org = await scriptedOrg({
      api: ({ headers }) => (headers.authorization === 'Bearer SECRET-TOKEN-1' ? expiredSession : oneRow),
    });
    const client = clientOf(org);
    expect(await rowsOf(client.query(SOQL))).toEqual([{ Id: '001' }]);
    expect(org.tokenRequests).toHaveLength(2);
  });

  test('is renewed by one request for all callers that saw the session end', async () => {
    const org = await scriptedOrg({
      api: ({ headers }) => (headers.authorization === 'Bearer SECRET-TOKEN-1' ? expiredSession : oneRow),
    });
    const client = clientOf(org);
    await Promise.all([1, 2, 3, 4].map(() => rowsOf(client.query(SOQL))));
    expect(org.tokenRequests).toHaveLength(2);
  });

  test('is given up if the org rejects the renewed one too', async () => {
    const org = await scriptedOrg({ api: () => expiredSession });
    const error = await rejection(rowsOf(clientOf(org).query(SOQL)));
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({ retry: 'give-up', errorCode: 'INVALID_SESSION_ID' });
    expect(org.tokenRequests).toHaveLength(2);
    expect(org.seen).toHaveLength(2);
  });

  test.each([
    ['This session is not valid for use with the REST API', 'Manage user data via APIs (api)'],
    ['Connected app is not attached to Agent', 'Create a separate External Client App for the connector'],
    ['BlackTab users cannot perform API operations', 'Run As'],
  ])('is not renewed on the 401 "%s"', async (message, step) => {
    const org = await scriptedOrg({ api: () => refusal(401, 'INVALID_SESSION_ID', message) });
    const error = await rejection(rowsOf(clientOf(org).query(SOQL)));
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({ retry: 'give-up', hint: expect.stringContaining(step) });
    expect(org.tokenRequests).toHaveLength(1);
    expect(org.seen).toHaveLength(1);
  });

  test('is in no property, error or inspection, and neither is the secret', async () => {
    const org = await scriptedOrg({
      api: () => refusal(400, 'MALFORMED_QUERY', 'unexpected token'),
      token: (seen, index) => (index < 1 ? tokenAnswer(org.url) : refused('odd', `you sent ${seen.body}`)),
    });
    const client = clientOf(org);
    const failures = [
      await rejection(rowsOf(client.query(SOQL))),
      await rejection(client.authenticate()),
      await rejection(rowsOf(clientOf({ url: 'http://127.0.0.1:1' }).query(SOQL))),
    ];
    for (const value of [client, ...failures]) {
      const shown = `${inspect(value, { depth: 12, showHidden: true, getters: true })} ${JSON.stringify(value)}`;
      expect(shown).not.toContain('SECRET-TOKEN');
      expect(shown).not.toContain(CREDENTIALS.clientSecret);
    }
  });
});

describe('a refused token', () => {
  const myDomain = 'https://<MyDomain>.my.salesforce.com';
  test.each([
    ['a wrong key', 'invalid_client_id', 'client identifier invalid', CredentialsError, 'Consumer Key'],
    ['a wrong secret', 'invalid_client', 'invalid client credentials', CredentialsError, 'Consumer Secret'],
    [
      'no Run-As user',
      'invalid_grant',
      'no client credentials user enabled',
      CredentialsError,
      'Client Credentials Flow › Run As',
    ],
    ['a login. host', 'invalid_grant', 'request not supported on this domain', ConfigurationError, myDomain],
    [
      'a user not pre-authorized',
      'invalid_app_access',
      'user is not admin approved to access this app',
      CredentialsError,
      'permission set',
    ],
    [
      'the flow off',
      'unsupported_grant_type',
      'grant type not supported',
      CredentialsError,
      'Enable Client Credentials Flow',
    ],
    [
      'the flow off, with other words',
      'invalid_grant',
      'client credentials flow not enabled',
      CredentialsError,
      'Enable Client Credentials Flow',
    ],
    ['scope full', 'invalid_grant', 'no valid scopes', CredentialsError, 'Selected OAuth Scopes'],
    ['a passing fault', 'unknown_error', 'retry your request', TransientError, myDomain],
    ['too many logins', 'invalid_grant', 'login rate exceeded', LimitError, 'tries again later'],
    ['an inactive Run-As user', 'inactive_user', 'user is inactive', CredentialsError, 'Activate the integration user'],
    [
      'an inactive Run-As user, with other words',
      'invalid_grant',
      'inactive user',
      CredentialsError,
      'Activate the integration user',
    ],
    ['a locked user', 'invalid_grant', 'user is locked out', CredentialsError, 'unlock'],
    ['an inactive org', 'inactive_org', 'inactive organization', CredentialsError, 'Salesforce Support'],
    [
      'an inactive org, with other words',
      'invalid_grant',
      'inactive organization',
      CredentialsError,
      'Salesforce Support',
    ],
    ['a restricted IP address', 'invalid_grant', 'ip restricted', CredentialsError, 'Relax IP restrictions'],
    ['a restricted IP address', 'invalid_grant', 'ip restricted', CredentialsError, 'Login IP Ranges'],
    ['restricted login hours', 'invalid_grant', 'invalid login hours', CredentialsError, 'Login Hours'],
    [
      'an app that a refreshed sandbox lacks',
      'OAUTH_EC_APP_NOT_FOUND',
      'External client app is not installed in this org',
      CredentialsError,
      'refreshed',
    ],
    [
      'an app that the org lacks, with other words',
      'app_not_found',
      'External client app is not installed in this org',
      CredentialsError,
      'Create the app there',
    ],
    [
      'an app without its policies',
      'ecapp_policy_not_found',
      'policy not found',
      CredentialsError,
      'Create the app there',
    ],
    [
      'an app that has to be installed',
      'invalid_grant',
      'app must be installed into org',
      CredentialsError,
      'install its package',
    ],
    ['a blocked app', 'app_blocked', 'this app is blocked by admin', CredentialsError, 'Connected Apps OAuth Usage'],
    [
      'a blocked app, with other words',
      'OAUTH_APP_BLOCKED',
      'this app is blocked by admin',
      CredentialsError,
      'unblock',
    ],
    ['a session of too low assurance', 'invalid_session_level', 'session level', CredentialsError, 'High assurance'],
    [
      'a session policy',
      'invalid_grant',
      'high assurance session required',
      CredentialsError,
      'Session Security Level',
    ],
    [
      'the flow off, in a third form',
      'oauth_flow_disabled',
      'flow disabled',
      CredentialsError,
      'Enable Client Credentials Flow',
    ],
    ['an invalid scope', 'invalid_scope', 'the requested scope is invalid', CredentialsError, 'Selected OAuth Scopes'],
    ['a user who is not approved', 'invalid_grant', 'user is not admin approved', CredentialsError, 'permission set'],
    ['an org that is busy', 'temporarily_unavailable', 'try again', TransientError, 'tries again'],
    ['a server that fails', 'server_error', 'error', TransientError, 'status.salesforce.com'],
    ['a service that is away', 'service_unavailable', 'unavailable', TransientError, 'tries again'],
    ['a system that is down', 'system_down', 'down', TransientError, 'tries again'],
    ['too many logins, with other words', 'rate_limit_exceeded', 'wait', LimitError, 'tries again later'],
    ['a request to slow down', 'slow_down', 'wait', LimitError, 'tries again later'],
    ['an unknown cause', 'invalid_grant', 'something new', CredentialsError, 'Run As'],
    ['an unknown cause', 'odd_error', 'something new', CredentialsError, 'Login History'],
  ])('for %s names the step to fix', async (_cause, error, description, type, step) => {
    const org = await scriptedOrg({ token: () => refused(error, description) });
    const failure = await rejection(clientOf(org).authenticate());
    expect(failure).toBeInstanceOf(type);
    expect(failure).toMatchObject({ errorCode: error, hint: expect.stringContaining(step) });
    expect(org.tokenRequests).toHaveLength(type === TransientError ? 3 : 1);
  });

  test('is requested once more if the configured secret has changed meanwhile', async () => {
    const secrets = ['old', 'new'];
    const org = await scriptedOrg({
      token: ({ body }) =>
        body.includes('client_secret=new')
          ? tokenAnswer(org.url)
          : refused('invalid_client', 'invalid client credentials'),
    });
    const client = clientOf(org, {
      credentials: async () => ({ clientId: 'key', clientSecret: secrets.shift() ?? 'new' }),
    });
    expect((await client.authenticate()).userId).toBe(USER_ID);
    expect(org.tokenRequests).toHaveLength(2);
  });

  test('is final if the changed secret is wrong too', async () => {
    let reads = 0;
    const org = await scriptedOrg({ token: () => refused('invalid_client', 'invalid client credentials') });
    const client = clientOf(org, {
      credentials: async () => {
        reads += 1;
        return { clientId: 'key', clientSecret: `secret ${reads}` };
      },
    });
    expect(await rejection(client.authenticate())).toBeInstanceOf(CredentialsError);
    expect(org.tokenRequests).toHaveLength(2);
  });
});

describe('a URL that is not a token endpoint', () => {
  const html = '<html>Log in</html>';
  test.each([
    ['a login page with status 200', { text: html }],
    ['a missing page', { status: 404, text: html }],
    ['JSON of something else', { json: { hello: 'world' } }],
    [
      'a token of no org',
      { json: { access_token: 'x', instance_url: 'https://x.example', id: 'https://x.example/me' } },
    ],
    [
      'a redirect to login.salesforce.com',
      { status: 302, text: '', headers: { Location: 'https://login.salesforce.com/' } },
    ],
  ] satisfies [string, Answer][])(
    'answers %s, and the error says that base_url must be the My Domain URL',
    async (_name, answer) => {
      const org = await scriptedOrg({ token: () => answer });
      const error = await rejection(clientOf(org).authenticate());
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({
        retry: 'give-up',
        hint: expect.stringContaining('base_url must be the My Domain URL'),
      });
      expect(org.tokenRequests).toHaveLength(1);
    },
  );

  test.each([
    ['a maintenance page', { status: 503, text: html }],
    ['an empty 406', { status: 406, text: '' }],
    ['a truncated token', { text: '{"access_token":"x', headers: { 'Content-Type': 'application/json' } }],
  ] satisfies [string, Answer][])('may answer %s for a moment', async (_name, answer) => {
    const org = await scriptedOrg({ token: (_seen, index) => (index < 2 ? answer : tokenAnswer(org.url)) });
    expect((await clientOf(org).authenticate()).organizationId).toBe(ORGANIZATION_ID);
    expect(org.tokenRequests).toHaveLength(3);
  });

  test('too many requests are a login limit', async () => {
    const org = await scriptedOrg({ token: () => ({ status: 429, text: html }) });
    expect(await rejection(clientOf(org).authenticate())).toMatchObject({ name: 'LimitError', limit: 'login' });
  });

  test('a secret never follows a redirect to another host', async () => {
    const other = await scriptedOrg({});
    const org = await scriptedOrg({
      token: () => ({ status: 307, text: '', headers: { Location: `${other.url}/services/oauth2/token` } }),
    });
    expect(await rejection(clientOf(org).authenticate())).toBeInstanceOf(ConfigurationError);
    expect(other.tokenRequests).toEqual([]);
  });
});
