import type { Config } from '../config/load.ts';
import type { ListenAddress } from '../config/monitoring.ts';
import { hasCredentials } from '../config/serve.ts';
import { UserError } from '../errors.ts';
import type { Log } from '../worker/log/log.ts';
import { Answers } from './answers.ts';
import { createApp } from './app.ts';
import { JwtVerifier } from './credentials/jwt.ts';
import { readTokens, ServiceTokens } from './credentials/service-tokens.ts';
import { type Listening, listen } from './listen.ts';
import { isLocalAddress } from './local-only.ts';
import type { Person } from './people.ts';
import { statusReader } from './read-status.ts';
import { ServedIndex } from './served-index.ts';

export interface ServeOptions {
  readonly address: ListenAddress;
  /** A request without a credential may name any user. Only on this machine. */
  readonly isOpen: boolean;
  /** Whom the search page of an open server offers to search as. */
  readonly people: readonly Person[];
  readonly version: string;
  readonly log: Log;
}

/**
 * Serves searches of the connection's index over HTTP until it is stopped. The index may be missing at first.
 *
 * @throws UserError if no credential would be accepted, the address cannot be used, or the file of tokens is wrong
 */
export async function serve(
  config: Config,
  { address, isOpen, people, version, log }: ServeOptions,
): Promise<Listening> {
  const { jwt, tokensFile, url, requestsPerMinute, searchesAtOnce } = config.serve;
  checkAddress(config, address, isOpen);
  // A wrong file is an error at the start, and later a line in the log.
  if (tokensFile !== null) await readTokens(tokensFile);
  const tokens =
    tokensFile === null
      ? null
      : new ServiceTokens({ file: tokensFile, connection: config.connection }, (error) =>
          log.error('tokens_refused', `no service token is accepted: ${error.message}`),
        );
  const index = new ServedIndex(config, ({ userId, denied, unverified }) =>
    log.info('unconfirmed', 'Salesforce did not confirm hits', { userId, denied, unverified }),
  );
  const answers = new Answers(index, {
    log,
    limits: { requestsPerMinute, searchesAtOnce },
    readStatus: statusReader(config),
  });
  const accepted = { jwt: jwt === null ? null : new JwtVerifier(jwt), tokens, isOpen };
  const listening = await listen(
    createApp({ answers, accepted, jwt, url, page: { isOpen, hasLogin: false, people }, version }).fetch,
    address,
  );
  return {
    url: listening.url,
    async stop() {
      await listening.stop();
      await index.close();
    },
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
      `${file} has no credentials for searches: set serve.jwt or serve.tokens_file, or, for a try on this machine only, use --open.`,
    );
}
