import { performance } from 'node:perf_hooks';
import type { Salesforce } from '../salesforce/client.ts';
import { LostAccessError, RejectedQueryError, type SalesforceError, TransientError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { QueryPage } from '../salesforce/query.ts';
import { toSoql } from '../soql/query.ts';
import type { ReadQuery } from '../sync/query-many.ts';

/** The outcome of a tested query. `slow`: abandoned without an answer. `left-out`: never sent. */
export type Tried =
  | { readonly kind: 'answered'; readonly records: readonly SalesforceRecord[]; readonly seconds: number }
  | { readonly kind: 'refused'; readonly error: SalesforceError }
  | { readonly kind: 'slow'; readonly seconds: number }
  | { readonly kind: 'left-out' };

export interface TrialLimits {
  /** When to abandon a query, in ms. */
  readonly patienceMs: number;
  /** When to stop sending queries, in ms from the beginning of the trial. */
  readonly sendForMs: number;
}

/** In all, less than a minute. */
const LIMITS: TrialLimits = { patienceMs: 20_000, sendForMs: 30_000 };

/** An abandoned query continues in the org as a long-running request, and an org allows only a few of those. */
const MOST_GIVEN_UP = 2;

/** Tests queries that may be slow or refused. None can stop the others, or take more than its part of a minute. */
export class Trial {
  readonly #salesforce: Salesforce;
  readonly #limits: TrialLimits;
  readonly #begunAt = performance.now();
  #givenUp = 0;

  constructor(salesforce: Salesforce, limits: Partial<TrialLimits> = {}) {
    this.#salesforce = salesforce;
    this.#limits = { ...LIMITS, ...limits };
  }

  /**
   * The first page of each query, in order. It sends as many at once as may still be abandoned. Throws errors that are
   * not the query's: credentials, limits, the network.
   */
  async askAll(queries: readonly Pick<ReadQuery, 'soql' | 'all'>[]): Promise<Tried[]> {
    const tried: Tried[] = queries.map(() => ({ kind: 'left-out' }));
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < queries.length; at = next++) {
        const query = queries[at];
        if (query === undefined) return;
        const one = await this.#ask(query);
        tried[at] = one;
        if (one.kind === 'slow') return;
      }
    };
    await Promise.all(Array.from({ length: Math.max(0, MOST_GIVEN_UP - this.#givenUp) }, work));
    return tried;
  }

  async #ask({ soql, all = false }: Pick<ReadQuery, 'soql' | 'all'>): Promise<Tried> {
    const began = performance.now();
    if (began - this.#begunAt > this.#limits.sendForMs) return { kind: 'left-out' };
    try {
      const records = await this.within((signal) => firstPage(this.#salesforce.query(toSoql(soql), { all, signal })));
      const seconds = (performance.now() - began) / 1000;
      return records === null ? { kind: 'slow', seconds: Math.round(seconds) } : { kind: 'answered', records, seconds };
    } catch (error) {
      if (isRefusal(error)) return { kind: 'refused', error };
      throw error;
    }
  }

  /** Does work that asks the org; null: it took too long and was abandoned. */
  async within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const signal = AbortSignal.timeout(this.#limits.patienceMs);
    try {
      return await work(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      this.#givenUp += 1;
      return null;
    }
  }

  /** Asks for something other than a query. Some orgs do not answer it, or not in the documented form. */
  async ask<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Answered<T>> {
    const signal = AbortSignal.timeout(this.#limits.patienceMs);
    try {
      return { answer: await work(signal), refusal: null };
    } catch (error) {
      if (isRefusal(error) || error instanceof TransientError) return { answer: null, refusal: error };
      if (!signal.aborted) throw error;
      const seconds = Math.round(this.#limits.patienceMs / 1000);
      const late = new TransientError({ message: `no answer within ${seconds} seconds`, hint: '' });
      return { answer: null, refusal: late };
    }
  }
}

async function firstPage(pages: AsyncIterable<QueryPage>): Promise<QueryPage['records']> {
  for await (const { records } of pages) return records;
  return [];
}

/** The org's answer, or why there is none. One of the two is null. */
export interface Answered<T> {
  readonly answer: T | null;
  readonly refusal: SalesforceError | null;
}

/** Whether the org answers but refuses this query. */
function isRefusal(error: unknown): error is SalesforceError {
  if (error instanceof TransientError) return error.errorCode !== null;
  return error instanceof RejectedQueryError || error instanceof LostAccessError;
}
