import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { LoginSettings } from '../../config/serve.ts';
import { type Caller, PERMISSIONS } from '../credentials/caller.ts';
import { type Claims, permissionsOf, SCOPE, userOf } from '../credentials/claims.ts';
import { RequestProblem } from '../problem.ts';
import { rejectsClient } from './provider-problem.ts';

/** A person waits for the answer. */
const TIMEOUT_SECONDS = 10;

const PERMISSION_SCOPES = PERMISSIONS.map((permission) => `${SCOPE}${permission}`);

/** Ties the callback to the browser that began the login. */
export interface BegunLogin {
  readonly state: string;
  readonly nonce: string;
  /** The secret of PKCE. */
  readonly verifier: string;
}

/** The OpenID provider where employees log in. Its calls throw what the library throws. */
export class LoginProvider {
  readonly #settings: LoginSettings;
  #client: Promise<Configuration> | null = null;

  constructor(settings: LoginSettings) {
    this.#settings = settings;
  }

  /** Returns where the browser goes to log in, and what to keep until it comes back. */
  async begin(): Promise<{ readonly address: string; readonly begun: BegunLogin }> {
    const client = await this.#connected();
    const begun = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const address = buildAuthorizationUrl(client, {
      redirect_uri: this.#callback,
      scope: scopesFor(client.serverMetadata().scopes_supported).join(' '),
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
    });
    return { address: address.href, begun };
  }

  /**
   * Returns who has logged in.
   *
   * @param query what the provider sent back
   * @throws RequestProblem if the provider names no user
   */
  async finish(query: string, { state, nonce, verifier }: BegunLogin): Promise<Caller> {
    const client = await this.#connected();
    try {
      const tokens = await authorizationCodeGrant(client, new URL(`${this.#callback}${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
      });
      const claims: Claims = tokens.claims() ?? {};
      const user = userOf(claims, this.#settings) ?? (await this.#userFrom(client, claims, tokens.access_token));
      if (user === null) throw nobody();
      const permissions = permissionsOf({ ...claims, scp: [claims.scp, tokens.scope?.split(' ')].flat() });
      return { kind: 'login', name: 'login', user, permissions };
    } catch (error) {
      // The secret may have been changed since it was read.
      if (rejectsClient(error)) this.#client = null;
      throw error;
    }
  }

  get #callback(): string {
    return `${this.#settings.url}/login/callback`;
  }

  /** Some providers keep all claims but `sub` out of the ID token, and tell them only when asked. */
  async #userFrom(client: Configuration, { sub }: Claims, accessToken: string): Promise<Caller['user']> {
    if (client.serverMetadata().userinfo_endpoint === undefined) return null;
    return userOf(await fetchUserInfo(client, accessToken, String(sub)), this.#settings);
  }

  /** Reads the provider's metadata once. If that fails, the next login tries again. */
  #connected(): Promise<Configuration> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<Configuration> {
    const { issuer, clientId } = this.#settings;
    const secret = await this.#settings.clientSecret();
    const server = new URL(issuer);
    return discovery(server, clientId, {}, secret === null ? None() : authBy(secret), {
      timeout: TIMEOUT_SECONDS,
      // The library would trust TLS alone. The signature is checked too.
      execute: [enableNonRepudiationChecks, ...(server.protocol === 'http:' ? [allowInsecureRequests] : [])],
    });
  }
}

/** Sends the secret as the provider takes it. Every provider takes it in the header unless it says otherwise. */
function authBy(secret: string): ClientAuth {
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const auth = methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
    return auth(server, ...rest);
  };
}

/** A provider refuses scopes that it does not know. */
function scopesFor(supported: readonly string[] | undefined): readonly string[] {
  const known = supported === undefined ? ['profile', 'email'] : ['profile', 'email', ...PERMISSION_SCOPES];
  return ['openid', ...known.filter((scope) => supported?.includes(scope) ?? true)];
}

function nobody(): RequestProblem {
  return new RequestProblem(
    'login_refused',
    'The identity provider does not say which Salesforce user you are, or has not verified your e-mail address. Ask your administrator.',
  );
}
