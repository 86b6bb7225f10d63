import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Client, type ClientOptions, Connection, type Transport } from '@opensearch-project/opensearch';
import { UserError } from '../../errors.ts';
import type { EngineAuth, OpenSearchLocation } from '../location.ts';
import { explaining } from './connection.ts';
import { CredentialsLost } from './failures.ts';
import { readPassword, readTls } from './secrets.ts';

/** What it takes to send requests to a cluster. */
export type ClusterLocation = Pick<OpenSearchLocation, 'url' | 'tls' | 'auth'>;

const REQUEST_TIMEOUT_MS = 30_000;

/** Load balancers close idle connections after a minute or more. A request on such a connection would fail. */
const IDLE_CONNECTION_MS = 45_000;

/**
 * Returns a client of the cluster. It sends each request once, because only its caller knows which may be repeated.
 * Close it after use. This function sends nothing to the cluster.
 *
 * @throws UserError if a file, a variable or AWS's credentials cannot be read; never with a secret
 */
export async function connectCluster({ url, tls, auth }: ClusterLocation): Promise<Client> {
  const ssl = await readTls(tls);
  const keepAlive = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  return new Client({
    node: url,
    ssl,
    agent: ({ url: { protocol } }) =>
      protocol === 'https:' ? new HttpsAgent({ ...keepAlive, ...ssl }) : new HttpAgent(keepAlive),
    maxRetries: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // There is one address, which is used in any case.
    resurrectStrategy: 'none',
    ...(await signIn(auth)),
  });
}

async function signIn(auth: EngineAuth): Promise<ClientOptions> {
  if (auth.kind === 'none') return { Connection: explaining(Connection) };
  if (auth.kind === 'sigv4') return await signatures(auth);
  const password = await readPassword(auth.password);
  return { Connection: explaining(Connection), auth: { username: auth.username, password } };
}

async function signatures({
  region,
  service,
}: {
  readonly region: string;
  readonly service: string;
}): Promise<{ Connection: typeof Connection; Transport: typeof Transport }> {
  // They take time to load, and most clusters need no signatures.
  const [{ AwsSigv4Signer }, { defaultProvider }] = await Promise.all([
    import('@opensearch-project/opensearch/aws-v3'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const provide = defaultProvider();
  await provide().catch(() => {
    throw new UserError(
      'index.auth: AWS credentials are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE for this process, or give the machine a role.',
      'credential_missing',
    );
  });
  const signer = AwsSigv4Signer({
    region,
    // The library names two services, and signs for any.
    service: service as 'es',
    getCredentials: () =>
      provide().catch(() => {
        throw new CredentialsLost();
      }),
  });
  return { Connection: explaining(signer.Connection), Transport: signer.Transport };
}
