import { isSameStream } from '../index/blocked.ts';
import type { Stream, StreamNotes } from '../index/port.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, RejectedQueryError, type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import { ANYTHING } from './soql.ts';

export interface Patience {
  readonly salesforce: Salesforce;
  readonly signal: AbortSignal;
  /** Which try of the activity this is, from 1; Temporal waits between them. */
  readonly attempt: number;
}

/** A refusal counts from this try on: some of Salesforce's servers refuse what others answer. */
const REFUSED_ATTEMPT = 3;

/** An error that should pass counts from this try on, after half a minute of waits between tries. */
const LATE_ATTEMPT = 6;

/**
 * Whether the org refuses this one query for good, or it cannot be read in time. An error that should pass counts if it
 * has lasted for many tries while the org answers other queries. Credentials, limits, lost rights and the network never
 * count: they are no fault of the query.
 *
 * @throws TransientError for a refusal that may be the last of its kind: the activity is tried again
 */
async function isRefusal({ salesforce, signal, attempt }: Patience, error: unknown): Promise<SalesforceError | null> {
  if (error instanceof RejectedQueryError) {
    // Without a status it is not one reply, but the end of many smaller and smaller queries.
    if (error.status === null || attempt >= REFUSED_ATTEMPT) return error;
    const { message, hint, status, errorCode } = error;
    throw new TransientError({ message, hint, status, errorCode });
  }
  if (attempt < LATE_ATTEMPT || !(error instanceof TransientError)) return null;
  if (error.errorCode === null && !(error instanceof IncompleteReadError)) return null;
  await salesforce.query(toSoql(ANYTHING), { signal }).next();
  return error;
}

/** Does the work of streams, and collects those that the org refuses. */
export class Refusals {
  readonly #patience: Patience;
  readonly #refused: (Stream & { readonly error: SalesforceError })[] = [];

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Answers null where the org refuses the stream, now or in an earlier piece of work. Other errors are thrown. */
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

  /** As the index notes them. */
  get blocked(): NonNullable<StreamNotes['blocked']> {
    return this.#refused.map(({ object, of, error }) => ({
      object,
      of,
      code: error.errorCode,
      message: error.message,
    }));
  }
}
