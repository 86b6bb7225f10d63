import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import type { LoginSettings } from '../../src/config/serve.ts';

/** The server's own address, as browsers know it. */
export const OWN = 'https://search.acme.example';

export const SECRET = 'a secret of the client that no log may show';

/** An OpenID provider on this machine. A person is the one whose name is typed. */
export interface OpenIdProvider {
  readonly issuer: string;
  readonly settings: LoginSettings;
  stop(): void;
}

/**
 * @param claims what the provider says of a person, beside `sub`
 * @param isForged another key signs than the one that the provider publishes
 */
export async function startOpenIdProvider({
  own = OWN,
  claims = {},
  isForged = false,
  ...settings
}: Partial<LoginSettings> & {
  readonly own?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly isForged?: boolean;
} = {}): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    return { ...(await exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  };
  const client = { redirect_uris: [`${own}/login/callback`], grant_types: ['authorization_code'] };
  const provider = new Provider(issuer, {
    clients: [
      { ...client, client_id: 'page', client_secret: SECRET },
      { ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
    ],
    // The claims of `email` are not in the ID token, but where the client asks for them.
    claims: { email: ['email', 'email_verified'] },
    scopes: ['openid', 'email', 'salesforce-connector:explain'],
    findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...claims }) }),
    jwks: { keys: [await key()] },
    cookies: { keys: ['signs the cookies of a test'] },
    ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 300, IdToken: 300, Interaction: 300, Session: 300 },
  });
  const published = JSON.stringify({ keys: isForged ? [publicPart(await key())] : [] });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (isForged && request.url === '/jwks') response.setHeader('content-type', 'application/json').end(published);
    else void answer(request, response);
  });
  return {
    issuer,
    settings: {
      issuer,
      clientId: 'page',
      clientSecret: async () => SECRET,
      claim: 'sub',
      as: 'federation_id',
      url: own,
      ...settings,
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function publicPart({ kty, n, e, kid, alg, use }: Record<string, unknown>): object {
  return { kty, n, e, kid, alg, use };
}
