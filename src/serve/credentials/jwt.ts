import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtSettings } from '../../config/serve.ts';
import type { UserReference } from '../../index/port/reader.ts';
import { recordId18 } from '../../lib/record-ids.ts';
import { type Caller, NAME_KINDS, PERMISSIONS } from './caller.ts';

/** Claims may be read this long after their end: clocks differ. */
const CLOCK_TOLERANCE = '30s';

/** Scopes of a token that permit more than searches: `salesforce-connector:explain`. */
export const SCOPE = 'salesforce-connector:';

/** The identity provider's keys could not be fetched. */
export class KeysUnavailableError extends Error {
  override name = 'KeysUnavailableError';
}

/** Verifies the JWTs of one identity provider. */
export class JwtVerifier {
  readonly #settings: JwtSettings;
  readonly #keys: JWTVerifyGetKey;

  constructor(settings: JwtSettings, keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(settings.jwksUrl))) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /**
   * Returns who has the token. Null: it is not valid here, or names no user.
   *
   * @throws KeysUnavailableError if the provider's keys cannot be fetched
   */
  async callerOf(token: string): Promise<Caller | null> {
    const payload = await this.#verified(token);
    const user = payload === null ? null : userOf(payload, this.#settings);
    return payload === null || user === null ? null : { name: 'jwt', user, permissions: permissionsOf(payload) };
  }

  async #verified(token: string): Promise<JWTPayload | null> {
    const { issuer, audience, algorithms, claim } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ['exp', claim],
        clockTolerance: CLOCK_TOLERANCE,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError && !UNAVAILABLE.some((kind) => error instanceof kind)) return null;
      throw new KeysUnavailableError('The keys of the identity provider could not be fetched.', { cause: error });
    }
  }
}

const UNAVAILABLE = [errors.JWKSTimeout, errors.JWKSInvalid];

/** Returns the user whom the claim names. Null: nobody. A name never counts as one of another kind. */
function userOf(payload: JWTPayload, { claim, as }: JwtSettings): UserReference | null {
  const value = payload[claim];
  if (typeof value !== 'string' || value === '') return null;
  if (as === 'salesforce') return salesforceUser(value);
  if (as === 'email' && payload.email_verified !== true) return null;
  return { kind: NAME_KINDS[as], name: value };
}

/**
 * Reads an identity URL, like `https://login.salesforce.com/id/00D…/005…`. It names the organization and the user; the
 * index checks both. Source: Salesforce Help, "Identity URLs".
 */
function salesforceUser(value: string): UserReference | null {
  const [, organization, user] = /^https:\/\/[^/?#]+\/id\/(00D\w+)\/(005\w+)$/.exec(value) ?? [];
  const organizationId = recordId18(organization ?? '');
  const name = recordId18(user ?? '');
  return organizationId === null || name === null ? null : { kind: 'id', name, organizationId };
}

/** Returns what the token's scopes permit: RFC 8693 writes them as a text, some providers as a list. */
function permissionsOf({ scope, scp }: JWTPayload): Caller['permissions'] {
  const scopes = [scope, scp].flatMap((each) =>
    typeof each === 'string' ? each.split(' ') : Array.isArray(each) ? each : [],
  );
  return PERMISSIONS.filter((permission) => scopes.includes(`${SCOPE}${permission}`));
}
