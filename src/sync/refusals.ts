import type { Stream } from '../facts/warnings.ts';
import { isSameStream } from '../index/model/blocked.ts';
import type { StreamNotes } from '../index/port/progress.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, RejectedQueryError, type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import { ANYTHING } from './soql.ts';

export interface Patience {
  readonly salesforce: Salesforce;
  readonly signal: AbortSignal;
  /** The number of this try of the activity, from 1. Temporal waits between tries. */
  readonly attempt: number;
}

/** A refusal counts from this try on, because some of Salesforce's servers refuse what others answer. */
const REFUSED_ATTEMPT = 3;

/** A temporary error counts from this try on, after half a minute of waits between tries. */
const LATE_ATTEMPT = 6;

/**
 * Returns the error if the org permanently refuses this one query, or if it cannot be read in time; otherwise null. A
 * temporary error counts if it has lasted for many tries while the org answers other queries. Credentials, limits, lost
 * rights and the network never count, because the query is not their cause.
 *
 * @throws TransientError for a refusal that may not be permanent, so that the activity is retried
 */
async function isRefusal({ salesforce, signal, attempt }: Patience, error: unknown): Promise<SalesforceError | null> {
  if (error instanceof RejectedQueryError) {
    // Without a status, the error is not one reply, but the end of a series of ever smaller queries.
    if (error.status === null || attempt >= REFUSED_ATTEMPT) return error;
    const { message, hint, status, errorCode } = error;
    throw new TransientError({ message, hint, status, errorCode });
  }
  if (attempt < LATE_ATTEMPT || !(error instanceof TransientError)) return null;
  if (error.errorCode === null && !(error instanceof IncompleteReadError)) return null;
  await salesforce.query(toSoql(ANYTHING), { signal }).next();
  return error;
}

/** Runs the work of streams, and collects the streams that the org refuses. */
export class Refusals {
  readonly #patience: Patience;
  readonly #refused: (Stream & { readonly error: SalesforceError })[] = [];

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Runs the work. Returns null if the org refuses the stream, now or in an earlier call. Throws other errors. */
  async guard<T>(stream: Stream, work: () => Promise<T>): Promise<T | null> {
    if (this.has(stream)) return null;
    try {
      return await work();
    } catch (error) {
      const refusal = await isRefusal(this.#patience, error);
      if (refusal === null) throw error;
      this.#refused.push({ object: stream.object, of: stream.of, error: refusal });
      return null;
    }
  }

  has(stream: Stream): boolean {
    return this.#refused.some((refused) => isSameStream(refused, stream));
  }

  /** The refused streams, in the index's form. */
  get blocked(): NonNullable<StreamNotes['blocked']> {
    return this.#refused.map(({ object, of, error }) => ({
      object,
      of,
      code: error.errorCode,
      message: error.message,
    }));
  }
}
