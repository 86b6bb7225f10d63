import { closeSync, openSync, writeSync } from 'node:fs';
import type { Part } from './reply.ts';

/** One request, as tests and operators see it: no headers, no form, no token. */
export interface LogEntry {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  /** The SOQL: of the query, or of the cursor that is continued. */
  readonly query: string | null;
  /** Records sent. */
  readonly rows: number;
  /** Status of the reply; null while there is none yet, and for ever where the connection was cut. */
  readonly status: number | null;
  /** API calls counted. */
  readonly calls: number;
  /** What it took of the org's time, in milliseconds, where that was something. */
  readonly ms?: number;
  /** The subrequests of a composite. */
  readonly parts?: readonly Part[];
}

/** A server that runs for weeks keeps the last requests only. */
const KEPT = 100_000;

/** Every request in order of arrival; with a file, also one JSON line each when it is answered. */
export class RequestLog {
  readonly #entries = new Map<number, LogEntry>();
  #count = 0;
  readonly #file: number | null;

  constructor(file: string | null) {
    this.#file = file === null ? null : openSync(file, 'a', 0o600);
  }

  /** Notes a request that has arrived; the returned function completes its entry. */
  arrived(method: string, path: string, query: string | null): (outcome: Partial<LogEntry>) => void {
    this.#count += 1;
    const n = this.#count;
    let entry: LogEntry = { n, method, path, query, rows: 0, status: null, calls: 0 };
    this.#entries.set(n, entry);
    this.#entries.delete(n - KEPT);
    return (outcome) => {
      entry = { ...entry, ...outcome };
      if (this.#entries.has(n)) this.#entries.set(n, entry);
      if (this.#file !== null) writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    };
  }

  entries(): readonly LogEntry[] {
    return [...this.#entries.values()];
  }

  clear(): void {
    this.#entries.clear();
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}
