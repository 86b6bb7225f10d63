import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtSettings } from '../../config/serve.ts';
import { RequestProblem } from '../problem.ts';
import type { Caller } from './caller.ts';
import { permissionsOf, userOf } from './claims.ts';

/** Tokens are accepted this long after `exp`, because clocks differ. */
const CLOCK_TOLERANCE = '30s';

const RETRY_SECONDS = 5;

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
  readonly #onRefused: (code: string) => void;

  /** @param onRefused called with the library's code of why a token is not valid */
  constructor(settings: JwtSettings, onRefused: (code: string) => void) {
    this.#settings = settings;
    this.#onRefused = onRefused;
    this.#keys = createRemoteJWKSet(new URL(settings.jwksUrl));
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
      if (!isUnavailable(error)) {
        this.#onRefused(refusalOf(error));
        return null;
      }
      throw new RequestProblem(
        'keys_unavailable',
        'The keys of the identity provider could not be fetched, so the token could not be verified. Try again.',
        { retryAfterSeconds: RETRY_SECONDS },
        error,
      );
    }
  }
}

/** A code, and the claim that it is about: `ERR_JWT_CLAIM_VALIDATION_FAILED aud`. */
function refusalOf(error: unknown): string {
  const { code, claim } = error as { readonly code?: string; readonly claim?: string };
  return claim === undefined ? String(code) : `${code} ${claim}`;
}
