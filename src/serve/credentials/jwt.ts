import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtSettings } from '../../config/serve.ts';
import type { Caller } from './caller.ts';
import { permissionsOf, userOf } from './claims.ts';

/** Claims may be read this long after their end: clocks differ. */
const CLOCK_TOLERANCE = '30s';

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
    return payload === null || user === null
      ? null
      : { kind: 'jwt', name: 'jwt', user, permissions: permissionsOf(payload) };
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
