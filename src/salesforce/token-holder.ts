import { areSame, type Credentials, isJwt } from './credentials.ts';
import { CredentialsError } from './errors.ts';
import type { Exchange } from './http.ts';
import type { Meter } from './meter.ts';
import { unlessAborted } from './retry.ts';
import { requestToken, type Token } from './token.ts';

/**
 * The only token of a process. Concurrent callers share one request, which counts on the meters of the first. Only this
 * closure holds the token.
 */
export interface TokenHolder {
  /** Returns the current token, or a new one if there is none. */
  current(signal?: AbortSignal, meters?: readonly Meter[]): Promise<Token>;
  /** Returns a new token, unless another request has already renewed `rejected`. */
  renew(rejected: Token, signal?: AbortSignal, meters?: readonly Meter[]): Promise<Token>;
  /** Returns a new token in any case. */
  fresh(signal?: AbortSignal, meters?: readonly Meter[]): Promise<Token>;
  /** The user of the last token; null before the first. */
  readonly userId: string | null;
  /** Drops the token. The next request gets a new one, and so reads `instance_url` again. */
  forget(token: Token): void;
}

const WRONG_CLIENT = new Set(['invalid_client', 'invalid_client_id']);

/** Returns whether other credentials may help. The org can refuse a key of the JWT bearer flow for many reasons. */
function mayBeReplaced(tried: Credentials, error: unknown): boolean {
  return error instanceof CredentialsError && (isJwt(tried) || WRONG_CLIENT.has(error.errorCode ?? ''));
}

export interface TokenParts {
  readonly exchange: Exchange;
  readonly baseUrl: string;
  /** Called again if the org refuses the credentials. */
  readonly credentials: () => Promise<Credentials>;
  /** Returns the best known time of the org, ms since 1970. */
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
