import { join } from 'node:path';
import type { ObjectName } from '../src/objects/index.ts';
import { packageRoot } from '../src/package-root.ts';
import { type Kept, keep } from '../src/process/kept.ts';

export type Row = Readonly<Record<string, string | number | boolean | null>>;
export type Change = Readonly<Record<string, unknown>>;

/** A sandbox org in a process of its own, and what is asked of it beside Salesforce's API. */
export interface Org {
  readonly url: string;
  change(changes: readonly Change[]): Promise<void>;
  rows(object: string): Promise<Row[]>;
  readable(userId: string, object: ObjectName): Promise<string[]>;
  setFaults(faults: readonly unknown[]): Promise<void>;
  /** How often the faults have struck. */
  faultsFired(): Promise<number>;
  expireSessions(): Promise<void>;
  failTokens(fail: { status: number; error: string; error_description: string } | null): Promise<void>;
  /** Requests answered so far. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

/** Serves the folder on a free port. */
export async function serveOrg(folder: string, log: string): Promise<Org> {
  const script = join(packageRoot(), 'dist', 'sandbox', 'serve.js');
  const server: Kept = await keep(process.execPath, [script, '--', folder], { log, readFirstLine: true });
  const url = /http:\S+/.exec((await server.firstLine) ?? '')?.[0];
  if (url === undefined) throw new Error(`the sandbox org did not start; see ${log}`);

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /sandbox/${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  return {
    url,
    change: async (changes) => void (await call('POST', 'change', { changes })),
    rows: async (object) => (await call<{ rows: Row[] }>('GET', `rows/${object}`)).rows,
    readable: async (userId, object) =>
      (await call<{ ids: string[] }>('GET', `access?user=${userId}&object=${object}`)).ids,
    setFaults: async (faults) => void (await call('POST', 'faults', faults)),
    faultsFired: async () =>
      (await call<{ faults: { fired: number }[] }>('GET', 'faults')).faults.reduce((sum, { fired }) => sum + fired, 0),
    expireSessions: async () => void (await call('POST', 'sessions/expire')),
    failTokens: async (fail) => void (await call('POST', 'token', { fail })),
    requests: async () => (await call<unknown[]>('GET', 'requests')).length,
    stop: () => server.stop(),
  };
}
