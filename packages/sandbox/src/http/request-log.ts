import { closeSync, openSync, writeSync } from 'node:fs';
import type { Part } from './reply.ts';

/** A request as tests and operators see it: without headers, form or token. */
export interface LogEntry {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  /** The SOQL of the query, or of the continued cursor. */
  readonly query: string | null;
  /** The number of records sent. */
  readonly rows: number;
  /** The status of the reply; null until there is one, and if the connection was cut. */
  readonly status: number | null;
  /** The API calls counted. */
  readonly calls: number;
  /** The milliseconds of the org's time that it took, if any. */
  readonly ms?: number;
  /** The subrequests of a composite. */
  readonly parts?: readonly Part[];
}

/** The maximum number of requests in memory, because a server can run for weeks. */
const KEPT = 100_000;

/** Logs every request in order of arrival. With a file, it also writes a JSON line for each one when it is answered. */
export class RequestLog {
  readonly #entries = new Map<number, LogEntry>();
  #count = 0;
  readonly #file: number | null;

  constructor(file: string | null) {
    this.#file = file === null ? null : openSync(file, 'a', 0o600);
  }

  /** Adds a request that has arrived. The returned function completes its entry. */
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
