import type { Config } from '../config/load.ts';
import type { ListenAddress } from '../config/monitoring.ts';
import { hasCredentials, type LoginSettings } from '../config/serve.ts';
import { UserError } from '../errors.ts';
import type { Log } from '../worker/log/log.ts';
import { serveMonitoring } from '../worker/monitor/http.ts';
import { Answers } from './answers.ts';
import { createApp } from './app.ts';
import { audit } from './audit-log.ts';
import { JwtVerifier } from './credentials/jwt.ts';
import { readTokens, ServiceTokens } from './credentials/service-tokens.ts';
import { Sessions } from './credentials/sessions.ts';
import { FailureLog } from './failure-log.ts';
import { AtOnce, RequestRate, VERIFIED_AT_ONCE } from './limits.ts';
import { type Listening, listen } from './listen.ts';
import { isLocalAddress } from './local-only.ts';
import { LoginCookies } from './login/cookies.ts';
import { LoginProvider } from './login/login-provider.ts';
import type { Login } from './login/routes.ts';
import type { ServeMetrics } from './metrics.ts';
import type { Person } from './people.ts';
import { statusReader } from './read-status.ts';
import { ServedIndex } from './served-index.ts';

export interface ServeOptions {
  readonly address: ListenAddress;
  /** A request without a credential may name any user. Only on this machine. */
  readonly isOpen: boolean;
  /** Whom the search page of an open server offers to search as. */
  readonly people: readonly Person[];
  /** Where metrics and health are served. Null: health only, with the searches. */
  readonly metrics: ListenAddress | null;
  readonly version: string;
  readonly log: Log;
  /** The time in milliseconds, for sessions. Default: this machine's clock. */
  readonly now?: () => number;
}

/**
 * Serves searches of the connection's index over HTTP until it is stopped. The index may be missing at first.
 *
 * @throws UserError if no credential would be accepted, an address cannot be used, or a file of tokens or of a secret
 *   is wrong
 */
export async function serve(config: Config, options: ServeOptions): Promise<Listening> {
  const { address, isOpen, people, metrics: metricsAddress, version, log, now } = options;
  const { jwt, tokensFile, url, origins, requestsPerMinute, searchesAtOnce } = config.serve;
  checkAddress(config, address, isOpen);
  // A wrong file stops the start. If it becomes wrong later, that is only logged.
  if (tokensFile !== null) await readTokens(tokensFile);
  await config.serve.login?.clientSecret();
  const tokens =
    tokensFile === null
      ? null
      : new ServiceTokens({ file: tokensFile, connection: config.connection }, (error) =>
          log.error('tokens_refused', `no service token is accepted: ${error.message}`),
        );
  const index = new ServedIndex(config, ({ userId, denied, unverified }) =>
    log.info('unconfirmed', 'Salesforce did not confirm hits', { userId, denied, unverified }),
  );
  const failures = new FailureLog(log);
  const searches = new AtOnce(searchesAtOnce);
  const verified = new AtOnce(VERIFIED_AT_ONCE);
  const rate = new RequestRate(requestsPerMinute);
  const metrics = metricsAddress === null ? null : await metricsOf(config, () => searches.open + verified.open);
  const answers = new Answers(index, {
    failures,
    searches,
    verified,
    readStatus: statusReader(config),
    onAsked(asked) {
      audit(log, asked);
      metrics?.asked(asked);
    },
  });
  const login = config.serve.login === null ? null : loginBy(config.serve.login, log, now);
  const verifier = jwt === null ? null : new JwtVerifier(jwt, (why) => failures.noteToken(why));
  const accepted = { jwt: verifier, tokens, sessions: login?.sessions ?? null, isOpen };
  const page = { isOpen, hasLogin: login !== null, people };
  const onReplied = metrics?.replied ?? null;
  const app = createApp({ answers, failures, rate, accepted, login, jwt, url, origins, page, version, onReplied });
  const listening = await listen(app.fetch, address, (error) =>
    log.error('request_failed', `the server cannot take connections: ${error.message}`),
  );
  const stop = async (): Promise<void> => {
    await listening.stop();
    await index.close();
  };
  if (metrics === null || metricsAddress === null) return { url: listening.url, stop };
  try {
    const stopMonitoring = await serveMonitoring(metricsAddress, {
      setting: '--metrics',
      metrics: metrics.exposition,
      notReady: async () => [await answers.notReady()].filter((why) => why !== null),
    });
    return { url: listening.url, stop: () => stop().finally(stopMonitoring) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Loads the library of metrics, which a server without metrics does not need. */
async function metricsOf({ connection }: Config, open: () => number): Promise<ServeMetrics> {
  const { createServeMetrics } = await import('./metrics.ts');
  return createServeMetrics(connection, open);
}

function loginBy(settings: LoginSettings, log: Log, now?: () => number): Login {
  const { url } = settings;
  return {
    provider: new LoginProvider(settings),
    sessions: new Sessions(now),
    cookies: new LoginCookies(url),
    url,
    log,
  };
}

function checkAddress({ file, serve }: Config, address: ListenAddress, isOpen: boolean): void {
  if (isOpen && hasCredentials(serve))
    throw new UserError(
      '--open trusts everybody on this machine, but the config file has credentials under serve: leave out --open.',
    );
  if (isOpen && !isLocalAddress(address.host))
    throw new UserError(
      `--open trusts everybody who can reach ${address.host}: use --listen 127.0.0.1:<port>, or set credentials under serve in the config file.`,
    );
  if (!isOpen && !hasCredentials(serve))
    throw new UserError(
      `${file} has no credentials for searches: set serve.login, serve.jwt or serve.tokens_file, or, for a try on this machine only, use --open.`,
    );
}
