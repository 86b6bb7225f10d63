/** How the connector signs in to the org, by the names of OAuth's flows. */
export type Flow = 'client_credentials' | 'jwt';

/** The app's key and secret. The org picks the token's user: the app's Run-As user. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * A key object of node:crypto, which reveals nothing of its key when printed. Typed here so that the library's types do
 * not depend on Node.js's.
 */
export interface PrivateKey {
  readonly asymmetricKeyDetails?: { readonly modulusLength?: number };
  equals(other: PrivateKey): boolean;
}

/** A private key whose certificate the app has. The token is for the user with this name, whom the app must admit. */
export interface JwtCredentials {
  readonly clientId: string;
  readonly username: string;
  /** RSA, at least 2048 bits. */
  readonly privateKey: PrivateKey;
  /**
   * The assertion's audience. If missing, the org's own address, so that nobody can use the assertion at another org.
   */
  readonly audience?: string;
}

export type Credentials = ClientCredentials | JwtCredentials;

export function isJwt(credentials: Credentials): credentials is JwtCredentials {
  return 'privateKey' in credentials;
}

export function areSame(one: Credentials, other: Credentials): boolean {
  if (one.clientId !== other.clientId) return false;
  if (isJwt(one) !== isJwt(other)) return false;
  if (isJwt(one) && isJwt(other))
    return (
      one.username === other.username && one.audience === other.audience && one.privateKey.equals(other.privateKey)
    );
  return (one as ClientCredentials).clientSecret === (other as ClientCredentials).clientSecret;
}
