import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterLocation, connectCluster } from '../../src/index/opensearch/client.ts';
import { failureOf } from '../../src/index/opensearch/failures.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { freePort } from '../../src/process/ports.ts';
import { lastLines, type Supervised, supervise } from '../../src/process/supervised.ts';

/** A real OpenSearch: a process of its own, that ends with this one. */
export interface OpenSearchProcess {
  /** How its user signs in who may do anything. */
  readonly location: ClusterLocation;
  /** Its data, configuration and log. Another process may use them later. */
  readonly folder: string;
  readonly process: Supervised;
}

export interface OpenSearchOptions {
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** With TLS and logins: see tools/opensearch. */
  readonly isSecure?: boolean;
  /** Starts with half the work, and is slower later. Default: yes. A bench measures without it. */
  readonly isQuick?: boolean;
  /** Lines of its configuration: `http.max_content_length=1mb`. */
  readonly settings?: readonly string[];
}

const TOOL = join(packageRoot(), 'tools', 'opensearch');

/** A start takes ten seconds on a quiet machine, and minutes on a busy one. */
export const START_MS = 300_000;

/** Returns why this machine has no OpenSearch to start. Null: it has one. */
export function whyNoOpenSearch({ isSecure = false }: Pick<OpenSearchOptions, 'isSecure'> = {}): string | null {
  const { status } = spawnSync(TOOL, ['has', ...(isSecure ? ['--secure'] : [])]);
  return status === 0
    ? null
    : 'there is no OpenSearch to start: run `tools/opensearch setup`, which needs Maven and a JDK';
}

/** Starts an OpenSearch, and waits until it answers. */
export async function startOpenSearch(options: OpenSearchOptions): Promise<OpenSearchProcess> {
  const { folder, isSecure = false, isQuick = true, settings = [], port = await freePort() } = options;
  mkdirSync(folder, { recursive: true });
  const flags = [...(isSecure ? ['--secure'] : []), ...(isQuick ? ['--quick'] : [])];
  const lines = settings.flatMap((line) => ['--set', line]);
  const process = await supervise(TOOL, ['run', '--data', folder, '--port', `${port}`, ...flags, ...lines], {
    log: join(folder, 'log'),
  });
  try {
    const location = await whenReady(process, () => locationOf(folder, port, isSecure));
    return { location, folder, process };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

function locationOf(folder: string, port: number, isSecure: boolean): ClusterLocation {
  const none = { caFile: null, certFile: null, keyFile: null };
  if (!isSecure) return { url: `http://127.0.0.1:${port}`, tls: none, auth: { kind: 'none' } };
  return {
    url: `https://127.0.0.1:${port}`,
    tls: { ...none, caFile: join(folder, 'config', 'certificates', 'ca.pem') },
    auth: { kind: 'basic', username: 'connector', password: { file: join(folder, 'config', 'password') } },
  };
}

/** The files of the location exist a moment after the start. */
async function whenReady(process: Supervised, locationNow: () => ClusterLocation): Promise<ClusterLocation> {
  let hasEnded = false;
  void process.exited.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + START_MS;
  while (!hasEnded && Date.now() < deadline) {
    const location = locationNow();
    if (await answers(location)) return location;
    await delay(100);
  }
  const ended = hasEnded ? 'ended' : 'did not answer in time';
  throw new Error(`OpenSearch ${ended}:\n${await lastLines(process.log, 20)}`);
}

async function answers(location: ClusterLocation): Promise<boolean> {
  if (!isThere(location)) return false;
  const client = await connectCluster(location);
  try {
    await client.cluster.health({ wait_for_status: 'yellow', timeout: '1s' }, { requestTimeout: 5_000 });
    return true;
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return false;
  } finally {
    await client.close();
  }
}

function isThere({ auth }: ClusterLocation): boolean {
  if (auth.kind !== 'basic' || !('file' in auth.password)) return true;
  try {
    return readFileSync(auth.password.file, 'utf8') !== '';
  } catch {
    return false;
  }
}
