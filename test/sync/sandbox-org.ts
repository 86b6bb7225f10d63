import { openAccess } from '../../sandbox/access/access.ts';
import { readableFields, readableIds } from '../../sandbox/access/readable.ts';
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
  /** Changes that are stamped now and seen only so much later. */
  changeLate(visibleAfterSeconds: number, ...changes: Change[]): Promise<void>;
  advanceClock(seconds: number): Promise<void>;
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  setFaults(faults: unknown[]): Promise<void>;
  /** How often each fault of the list has fired. */
  fired(): Promise<number[]>;
  /** How many requests a `hang` fault holds now. */
  held(): Promise<number>;
  release(): Promise<void>;
  failTokens(fail: { status: number; error: string; error_description: string } | null): Promise<void>;
  rows(object: string): Promise<Record<string, string | number | boolean | null>[]>;
  /** Every record of the object that the user may read. */
  readable(userId: string, object: ObjectName): string[];
  /** Every field of the object that the user may read. */
  readableFields(userId: string, object: ObjectName): string[];
  close(): Promise<void>;
}

/** Serves the folder on a free port. */
export async function sandboxOrg(folder: string): Promise<SandboxOrg> {
  const org = await openOrg(folder);
  const access = openAccess(org);
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
    changeLate: async (visible_after_seconds, ...changes) =>
      void (await call('POST', 'change', { changes, visible_after_seconds })),
    advanceClock: async (seconds) => void (await call('POST', 'clock', { advance_seconds: seconds })),
    requests: () => call('GET', 'requests'),
    clearRequests: async () => void (await call('DELETE', 'requests')),
    setFaults: async (faults) => void (await call('POST', 'faults', faults)),
    fired: async () => (await call<{ faults: { fired: number }[] }>('GET', 'faults')).faults.map(({ fired }) => fired),
    held: async () => (await call<{ held: number }>('GET', 'faults')).held,
    release: async () => void (await call('POST', 'faults/release')),
    failTokens: async (fail) => void (await call('POST', 'token', { fail })),
    rows: async (object) =>
      (await call<{ rows: Record<string, string | number | boolean | null>[] }>('GET', `rows/${object}`)).rows,
    readable: (userId, object) => readableIds(org, access, userId, object),
    readableFields: (userId, object) => readableFields(org, access, userId, object),
    async close() {
      await server.close();
      org.close();
    },
  };
}

/** What the org logged of the work: the API calls that it counted, and the queries, those of composites among them. */
export interface Logged {
  readonly calls: number;
  readonly queries: readonly string[];
}

/** Does the work, and answers what it answers beside what the org logged of it. */
export async function logged<T extends object>(org: SandboxOrg, work: () => Promise<T>): Promise<T & Logged> {
  await org.clearRequests();
  const done = await work();
  const requests = await org.requests();
  const queries = requests.flatMap(({ query, parts = [] }) => [query, ...parts.map((part) => part.query)]);
  return {
    ...done,
    calls: requests.reduce((sum, { calls }) => sum + calls, 0),
    queries: queries.filter((query) => query !== null),
  };
}
