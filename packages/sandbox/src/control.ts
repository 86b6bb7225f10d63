export type Row = Readonly<Record<string, string | number | boolean | null>>;
export type Change = Readonly<Record<string, unknown>>;

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly rows: number | null;
  /** The status of the reply; null until there is one, and if the connection was cut. */
  readonly status: number | null;
  /** The API calls that it cost. */
  readonly calls: number;
  /** The milliseconds of the org's time that it took, by the cost model. */
  readonly ms?: number;
  /** The subrequests of a composite. */
  readonly parts?: readonly { readonly query: string | null; readonly ms?: number }[];
}

/** Calls a sandbox org's own endpoints, for tests, benchmarks and chaos runs. README.md describes them. */
export interface OrgControl {
  readonly url: string;
  change(...changes: readonly Change[]): Promise<void>;
  /** Makes changes that are stamped now and become visible after the delay. */
  changeLate(visibleAfterSeconds: number, ...changes: readonly Change[]): Promise<void>;
  advanceClock(seconds: number): Promise<void>;
  /** Returns the org's time in milliseconds since 1970. */
  now(): Promise<number>;
  /** Sets what queries cost from now on. With null they take no time. */
  setCosts(costs: object | null): Promise<void>;
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  setFaults(faults: readonly unknown[]): Promise<void>;
  /** Returns how often each fault of the list has fired. */
  fired(): Promise<number[]>;
  /** Returns the number of requests that a `hang` fault holds. */
  held(): Promise<number>;
  release(): Promise<void>;
  failTokens(fail: { status: number; error: string; error_description: string } | null): Promise<void>;
  expireSessions(): Promise<void>;
  rows(object: string): Promise<Row[]>;
  /** Returns the ids of the object's records that the user may read. */
  readable(userId: string, object: string): Promise<string[]>;
}

/** Reports a call that the sandbox refused. `status` is the HTTP status. */
export class ControlError extends Error {
  override name = 'ControlError';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Controls the sandbox org at the URL. Each call throws `ControlError` if the org refuses it. */
export function orgControl(url: string): OrgControl {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new ControlError(`${method} /sandbox/${path}: ${response.status} ${text}`, response.status);
    return JSON.parse(text) as T;
  }

  return {
    url,
    change: async (...changes) => void (await call('POST', 'change', { changes })),
    changeLate: async (visible_after_seconds, ...changes) =>
      void (await call('POST', 'change', { changes, visible_after_seconds })),
    advanceClock: async (seconds) => void (await call('POST', 'clock', { advance_seconds: seconds })),
    now: async () => Date.parse((await call<{ now: string }>('GET', 'clock')).now),
    setCosts: async (costs) => void (await call('POST', 'costs', costs)),
    requests: () => call('GET', 'requests'),
    clearRequests: async () => void (await call('DELETE', 'requests')),
    setFaults: async (faults) => void (await call('POST', 'faults', faults)),
    fired: async () => (await call<{ faults: { fired: number }[] }>('GET', 'faults')).faults.map(({ fired }) => fired),
    held: async () => (await call<{ held: number }>('GET', 'faults')).held,
    release: async () => void (await call('POST', 'faults/release')),
    failTokens: async (fail) => void (await call('POST', 'token', { fail })),
    expireSessions: async () => void (await call('POST', 'sessions/expire')),
    rows: async (object) => (await call<{ rows: Row[] }>('GET', `rows/${object}`)).rows,
    readable: async (userId, object) =>
      (await call<{ ids: string[] }>('GET', `access?user=${userId}&object=${object}`)).ids,
  };
}
