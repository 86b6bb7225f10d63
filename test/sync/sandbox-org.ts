import { startServer } from '../../sandbox/http/server.ts';
import { openOrg } from '../../sandbox/org/open.ts';
import type { ObjectName } from '../../src/objects/index.ts';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly rows: number | null;
  readonly status: number;
  /** API calls that it cost. */
  readonly calls: number;
  /** The subrequests of a composite. */
  readonly parts?: readonly { readonly query: string | null }[];
}

export type Change = Record<string, unknown>;

/** A sandbox org that serves over HTTP, and what tests ask of it beside Salesforce's API. */
export interface SandboxOrg {
  readonly url: string;
  change(...changes: Change[]): Promise<void>;
  advanceClock(seconds: number): Promise<void>;
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  setFaults(faults: unknown[]): Promise<void>;
  /** How many requests a `hang` fault holds now. */
  held(): Promise<number>;
  release(): Promise<void>;
  failTokens(fail: { status: number; error: string; error_description: string } | null): Promise<void>;
  rows(object: string): Promise<Record<string, string | number | boolean | null>[]>;
  /** Every record of the object that the user may read. */
  readable(userId: string, object: ObjectName): Promise<string[]>;
  close(): Promise<void>;
}

/** Serves the folder on a free port. */
export async function sandboxOrg(folder: string): Promise<SandboxOrg> {
  const org = await openOrg(folder);
  const server = await startServer({ org, port: 0 });

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${server.url}/sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /sandbox/${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  return {
    url: server.url,
    change: async (...changes) => void (await call('POST', 'change', { changes })),
    advanceClock: async (seconds) => void (await call('POST', 'clock', { advance_seconds: seconds })),
    requests: () => call('GET', 'requests'),
    clearRequests: async () => void (await call('DELETE', 'requests')),
    setFaults: async (faults) => void (await call('POST', 'faults', faults)),
    held: async () => (await call<{ held: number }>('GET', 'faults')).held,
    release: async () => void (await call('POST', 'faults/release')),
    failTokens: async (fail) => void (await call('POST', 'token', { fail })),
    rows: async (object) =>
      (await call<{ rows: Record<string, string | number | boolean | null>[] }>('GET', `rows/${object}`)).rows,
    readable: async (userId, object) =>
      (await call<{ ids: string[] }>('GET', `access?user=${userId}&object=${object}`)).ids,
    async close() {
      await server.close();
      org.close();
    },
  };
}
