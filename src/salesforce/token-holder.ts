import { areSame, type Credentials, isJwt } from './credentials.ts';
import { CredentialsError } from './errors.ts';
import type { Exchange } from './http.ts';
import type { Meter } from './meter.ts';
import { unlessAborted } from './retry.ts';
import { requestToken, type Token } from './token.ts';

/**
 * The one token of a process. Whoever waits for it shares one request, which counts on the meters of whoever began it; it
 * is kept in this closure and nowhere else.
 */
export interface TokenHolder {
  /** The token at hand, or a new one. */
  current(signal?: AbortSignal, meters?: readonly Meter[]): Promise<Token>;
  /** A new token, unless another request has renewed `rejected` meanwhile. */
  renew(rejected: Token, signal?: AbortSignal, meters?: readonly Meter[]): Promise<Token>;
  /** A new token in any case. */
  fresh(signal?: AbortSignal, meters?: readonly Meter[]): Promise<Token>;
  /** Whom the last token belongs to; null before the first. */
  readonly userId: string | null;
  /** The next request asks for a new token, and so reads `instance_url` again. */
  forget(token: Token): void;
}

const WRONG_CLIENT = new Set(['invalid_client', 'invalid_client_id']);

/** Whether other credentials may help. A key of the JWT bearer flow can be refused for many stated reasons. */
function mayBeReplaced(tried: Credentials, error: unknown): boolean {
  return error instanceof CredentialsError && (isJwt(tried) || WRONG_CLIENT.has(error.errorCode ?? ''));
}

export interface TokenParts {
  readonly exchange: Exchange;
  readonly baseUrl: string;
  /** Asked again where the org refuses what it gave. */
  readonly credentials: () => Promise<Credentials>;
  /** The org's time as far as it is known, ms since 1970. */
  readonly orgTime: () => number;
}

export function createTokenHolder({ exchange, baseUrl, credentials, orgTime }: TokenParts): TokenHolder {
  let known: Credentials | null = null;
  let token: Token | null = null;
  let userId: string | null = null;
  let flight: Promise<Token> | null = null;

  async function login(meters: readonly Meter[]): Promise<Token> {
    const counted: Exchange = (request) => {
      for (const meter of meters) meter.tokenRequested();
      return exchange(request);
    };
    const tried = known ?? (await credentials());
    known = tried;
    try {
      return await requestToken(counted, baseUrl, tried, orgTime());
    } catch (error) {
      if (!mayBeReplaced(tried, error)) throw error;
      const replaced = await credentials();
      if (areSame(replaced, tried)) throw error;
      known = replaced;
      return await requestToken(counted, baseUrl, replaced, orgTime());
    }
  }

  function fresh(signal?: AbortSignal, meters: readonly Meter[] = []): Promise<Token> {
    flight ??= login(meters)
      .then((got) => {
        token = got;
        userId = got.userId;
        return got;
      })
      .finally(() => {
        flight = null;
      });
    return unlessAborted(flight, signal);
  }

  return {
    fresh,
    get userId() {
      return userId;
    },
    async current(signal, meters) {
      return token ?? (await fresh(signal, meters));
    },
    async renew(rejected, signal, meters) {
      return token !== null && token !== rejected ? token : await fresh(signal, meters);
    },
    forget(old) {
      if (token === old) token = null;
    },
  };
}
