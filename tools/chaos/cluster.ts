import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/process/ports.ts';
import { type ClusterProxy, startClusterProxy } from './cluster-proxy.ts';
import { startSearchNode } from './search-node.ts';

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
  const startNode = () => startSearchNode({ data, port, log: join(folder, 'opensearch.log'), isQuick: true });
  let node = await startNode();

  async function kill(): Promise<void> {
    process.kill(node.process.pid, 'SIGKILL');
    await node.process.exited;
  }

  return {
    proxy,
    kill,
    async start() {
      node = await startNode();
    },
    copy() {
      rmSync(copy, { recursive: true, force: true });
      cpSync(data, copy, { recursive: true });
    },
    putBack() {
      rmSync(data, { recursive: true, force: true });
      cpSync(copy, data, { recursive: true });
    },
    async setReadOnly(isReadOnly) {
      await node.ask('PUT', '/_all/_settings', { 'index.blocks.read_only_allow_delete': isReadOnly ? true : null });
    },
    async deleteContent() {
      const indexes = Object.keys(await node.ask<object>('GET', '/_all/_settings'));
      for (const index of indexes.filter((name) => /-(?:documents|members)-/.test(name)))
        await node.ask('DELETE', `/${index}`);
    },
    async stop() {
      await node.process.stop();
      await proxy.close();
    },
  };
}
