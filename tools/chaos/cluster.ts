import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/process/package-root.ts';
import { freePort, whenFree } from '../../src/process/ports.ts';
import { type Supervised, supervise } from '../../src/process/supervised.ts';
import { type ClusterProxy, startClusterProxy } from './cluster-proxy.ts';
import { waitFor } from './wait.ts';

/** An OpenSearch of a world, as a process, behind a proxy. */
export interface SearchCluster {
  readonly proxy: ClusterProxy;
  /** Ends it without a warning. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Copies its data, while it is stopped. */
  copy(): void;
  /** Replaces its data by the copy, while it is stopped. */
  putBack(): void;
  /** Lets it refuse writes, as it does itself if its disk is nearly full; or take them again. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Deletes the indexes that have content. */
  deleteContent(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(folder: string): Promise<SearchCluster> {
  mkdirSync(folder, { recursive: true });
  const [data, copy] = [join(folder, 'opensearch'), join(folder, 'opensearch-copy')];
  const port = await freePort();
  const proxy = await startClusterProxy(() => port);
  const url = `http://127.0.0.1:${port}`;
  let server: Supervised | null = null;

  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status}`);
    return answer.json();
  }

  async function start(): Promise<void> {
    await whenFree(port);
    const tool = join(packageRoot(), 'tools', 'opensearch');
    server = await supervise(tool, ['run', '--quick', '--data', data, '--port', `${port}`], {
      log: join(folder, 'opensearch.log'),
    });
    const { exited } = server;
    await waitFor('OpenSearch to start', async () => {
      const ended = await Promise.race([exited.then(() => true), ready()]);
      if (ended === true) throw new Error(`OpenSearch ended; see ${join(folder, 'opensearch.log')}`);
      return ended === 'ready';
    });
  }

  async function ready(): Promise<'ready' | null> {
    try {
      await ask('GET', '/_cluster/health?wait_for_status=yellow&timeout=1s');
      return 'ready';
    } catch {
      return null;
    }
  }

  async function kill(): Promise<void> {
    if (server === null) return;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  }

  await start();
  return {
    proxy,
    kill,
    start,
    copy() {
      rmSync(copy, { recursive: true, force: true });
      cpSync(data, copy, { recursive: true });
    },
    putBack() {
      rmSync(data, { recursive: true, force: true });
      cpSync(copy, data, { recursive: true });
    },
    async setReadOnly(isReadOnly) {
      await ask('PUT', '/_all/_settings', { 'index.blocks.read_only_allow_delete': isReadOnly ? true : null });
    },
    async deleteContent() {
      const indexes = Object.keys((await ask('GET', '/_all/_settings')) as object);
      for (const index of indexes.filter((name) => /-(?:documents|members)-/.test(name)))
        await ask('DELETE', `/${index}`);
    },
    async stop() {
      await server?.stop();
      await proxy.close();
    },
  };
}
