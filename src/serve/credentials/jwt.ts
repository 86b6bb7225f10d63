import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtSettings } from '../../config/serve.ts';
import { RequestProblem } from '../problem.ts';
import type { Caller } from './caller.ts';
import { permissionsOf, userOf } from './claims.ts';

/** Claims may be read this long after their end: clocks differ. */
const CLOCK_TOLERANCE = '30s';

/** What the library throws if the keys cannot be fetched. Its own class, without a subclass, is for a bad HTTP status. */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error.code === errors.JOSEError.code ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid;

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
   * @throws RequestProblem if the provider's keys cannot be fetched
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
      if (!isUnavailable(error)) return null;
      throw new RequestProblem(
        'keys_unavailable',
        'The keys of the identity provider could not be fetched, so the token could not be verified. Try again.',
      );
    }
  }
}
