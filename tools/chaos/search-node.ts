import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/process/package-root.ts';
import { whenFree } from '../../src/process/ports.ts';
import { type Supervised, supervise } from '../../src/process/supervised.ts';
import { waitFor } from './wait.ts';

/** A real OpenSearch, as a process of its own that ends with this one. */
export interface SearchNode {
  readonly url: string;
  readonly process: Supervised;
  /** Sends a request, and returns the answer's JSON. Throws if the cluster refuses it. */
  ask<Answer>(method: string, path: string, body?: object): Promise<Answer>;
}

export interface SearchNodeOptions {
  /** Its data. Another process may use them later. */
  readonly data: string;
  readonly port: number;
  readonly log: string;
  /** Starts with half the work, and is slower later. */
  readonly isQuick: boolean;
}

const TOOL = join(packageRoot(), 'tools', 'opensearch');

/** Reports whether `tools/opensearch setup` was run. */
export function canStartSearchNode(): boolean {
  return spawnSync(TOOL, ['has']).status === 0;
}

/** Starts the OpenSearch that `tools/opensearch setup` made, and waits until it answers. */
export async function startSearchNode({ data, port, log, isQuick }: SearchNodeOptions): Promise<SearchNode> {
  await whenFree(port);
  const url = `http://127.0.0.1:${port}`;
  const quick = isQuick ? ['--quick'] : [];
  const process = await supervise(TOOL, ['run', ...quick, '--data', data, '--port', `${port}`], { log });

  async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status}`);
    return answer.json() as Promise<Answer>;
  }

  async function ready(): Promise<'ready' | null> {
    try {
      await ask('GET', '/_cluster/health?wait_for_status=yellow&timeout=1s');
      return 'ready';
    } catch {
      return null;
    }
  }

  await waitFor('OpenSearch to start', async () => {
    const ended = await Promise.race([process.exited.then(() => true), ready()]);
    if (ended === true) throw new Error(`OpenSearch ended; see ${log}`);
    return ended === 'ready';
  });
  return { url, process, ask };
}
