import type { Config } from '../config/load.ts';
import { UserNotServedError } from '../index/port/errors.ts';
import type { RecordExplanation } from '../index/port/inspector.ts';
import type { AsUser, IndexReader, OnUnconfirmed } from '../index/port/reader.ts';
import { type Explainer, explainerInThread } from '../index/thread/explain-in-thread.ts';
import { openIndexReaderInThreads } from '../index/thread/search-in-threads.ts';
import { salesforceVerifier } from '../salesforce/verifier.ts';

/** A check is true for this long, so that many who ask cost one. */
const CHECKED_MS = 1_000;

/** Nobody has this id, so looking for the user is all that a check does. */
const NOBODY = { as: { kind: 'id', name: '005000000000000AAA' } } as const;

/** The index that a server answers from. It is opened by the first request that it can answer. */
export class ServedIndex {
  readonly #config: Config;
  readonly #onUnconfirmed: OnUnconfirmed;
  readonly #explainer: Explainer;
  #opening: Promise<IndexReader> | null = null;
  #checking: { readonly at: number; readonly done: Promise<void> } | null = null;

  constructor(config: Config, onUnconfirmed: OnUnconfirmed) {
    this.#config = config;
    this.#onUnconfirmed = onUnconfirmed;
    this.#explainer = explainerInThread(config);
  }

  /** Throws as `openIndex` does: the next call tries again. */
  reader(): Promise<IndexReader> {
    const { index, baseUrl } = this.#config;
    this.#opening ??= openIndexReaderInThreads({
      index,
      baseUrl,
      verifier: salesforceVerifier(this.#config),
      onUnconfirmed: this.#onUnconfirmed,
    }).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** Throws as a search does if none can be answered now. */
  check(): Promise<void> {
    const now = performance.now();
    if (this.#checking === null || now - this.#checking.at > CHECKED_MS)
      this.#checking = { at: now, done: this.#look() };
    return this.#checking.done;
  }

  /** Explains for an operator. Throws as `IndexInspector.explain` does. */
  explain(recordId: string, user: AsUser): Promise<RecordExplanation> {
    return this.#explainer.explain(recordId, user);
  }

  async close(): Promise<void> {
    await this.#explainer.close();
    await (await this.#opening?.catch(() => null))?.close();
  }

  async #look(): Promise<void> {
    try {
      await (await this.reader()).search('', NOBODY);
    } catch (error) {
      if (!(error instanceof UserNotServedError)) throw error;
    }
  }
}
